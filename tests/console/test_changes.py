"""Switches, cases and findings in a browser: each control changes what it says, in the sandbox."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.console import Console


def test_switch_is_set_and_put_back(console: Console, page: Page) -> None:
    console.open("switches")
    page.get_by_label("augment.last_cursor", exact=True).select_option("null")
    console.says("augment.last_cursor is set.")
    assert console.admin.get("/policy")["augment"]["last_cursor"]["value"] == "null"
    console.sees("1 switch differs from the default")
    expect(page.locator("[data-switch]").first).to_have_attribute("data-switch", "augment.last_cursor")
    console.press("Back to the default: augment.last_cursor")
    expect(page.locator(".item.changed")).to_have_count(0)
    assert console.admin.get("/policy")["augment"]["last_cursor"]["value"] == "empty"


def test_switch_keeps_the_type_of_its_option(console: Console, page: Page) -> None:
    console.open("switches?vendor=augment")
    page.get_by_label("augment.publication_hour", exact=True).select_option("5")
    console.says("is set")
    assert console.admin.get("/policy")["augment"]["publication_hour"]["value"] == 5


def test_fields_are_renamed(console: Console, page: Page) -> None:
    console.open("switches?vendor=jetbrains-ide&search=names")
    names = page.get_by_label("New names of fields, jetbrains-ide.names")
    names.fill("items=rows, enabledUsers")
    console.press("Rename, jetbrains-ide.names")
    console.says("Write old=new")
    names.fill("items=rows, enabledUsers=licensed")
    names.press("Enter")
    console.sees("Now: items=rows, enabledUsers=licensed.")
    assert console.admin.get("/policy")["jetbrains-ide"]["names"]["value"] == {
        "items": "rows",
        "enabledUsers": "licensed",
    }


def test_switch_shows_its_evidence_and_description(console: Console, page: Page) -> None:
    console.open("switches?search=augment.last_cursor")
    item = page.locator("[data-switch='augment.last_cursor']")
    expect(item).to_contain_text("observed")
    expect(item).to_contain_text("clients have met all three")


def test_switches_are_found_by_a_search(console: Console, page: Page) -> None:
    console.open("switches")
    page.get_by_label("Search").fill("zero_limit")
    expect(page.locator("[data-switch]")).to_have_count(1)
    page.get_by_label("Search").fill("no such switch")
    console.sees("No switch matches.")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_label("Search")).to_have_value("")


def test_all_switches_are_reset(console: Console, page: Page) -> None:
    console.admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    console.open("switches")
    console.press("Reset all…")
    console.press("Reset")
    expect(page.locator(".item.changed")).to_have_count(0)
    assert console.admin.get("/policy")["augment"]["last_cursor"]["value"] == "empty"


def test_cases_are_found_by_words_and_vendor(console: Console, page: Page) -> None:
    console.open("cases")
    page.get_by_label("Search").press_sequentially("02:00 empty")
    expect(page.locator("[data-case='C001']")).to_be_visible()
    page.get_by_label("Vendor").select_option("tabnine")
    expect(page.locator("[data-case='C001']")).to_have_count(0)
    page.get_by_label("Search").fill("no such case")
    console.sees("No case matches.")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("[data-case]")).to_have_count(30)
    console.press("Show more")
    expect(page.locator("[data-case]")).to_have_count(60)


def test_case_is_set_up_in_a_new_sandbox(console: Console, page: Page) -> None:
    console.open("cases?search=C001")
    console.press("Set up C001 in a new sandbox")
    console.sees(re.compile("^What to do in sandbox"))
    made = console.admin.get("/sandboxes")["sandboxes"][1]
    assert made["now"] == "2025-10-21T01:59:00Z"
    expect(page.get_by_role("region", name="commands of the case")).to_contain_text(f"id={made['id']}")
    console.sees("What must come back")
    console.sees('metadata.effective_date is "2025-10-20"')


def test_case_is_run_on_demand(console: Console, page: Page) -> None:
    console.open("cases?case=C001")
    console.press("Run C001")
    expect(page.locator("[data-case='C001']").get_by_role("status")).to_have_text("passed")


@pytest.mark.in_process("there is a socket that can be cut in the other mode")
def test_case_that_cannot_be_run_says_why(console: Console, page: Page) -> None:
    console.open("cases?case=C059")
    console.press("Run C059")
    result = page.locator("[data-case='C059']").get_by_role("status")
    expect(result).to_contain_text("skipped")
    expect(result).to_contain_text("reset needs a socket")


def test_findings_appear_with_their_requests(console: Console, page: Page) -> None:
    console.open("findings")
    console.sees("No requests to check yet.")
    console.admin.vendor()
    console.sees("No findings.")
    for _ in range(2):
        console.admin.vendor("/analytics/v0/dau?page_size=1000")
    finding = page.locator("[data-rule='refused-question-again']")
    expect(finding).to_contain_text("Instead: read the error and change the request")
    finding.get_by_role("link", name="3").click()
    expect(page.get_by_role("region", name="Request 3", exact=True)).to_be_visible()

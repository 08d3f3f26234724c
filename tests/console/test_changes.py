"""Faults, defects, switches, cases and findings in a browser: each control changes what it says, in the sandbox."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from analytics_mockserver.client import Client
from tests.console.console import Console

SITUATIONS: dict[str, dict[str, Any]] = {
    "429 on the next page": {"skip": 1, "times": 1, "phase": "before", "effect": {"rate_limited": True}},
    "503 twice": {"times": 2, "phase": "before", "effect": {"status": 503}},
    "Every third fails": {"phase": "before", "steps": ["pass", "pass", {"status": 503}], "then": "repeat"},
    "HTML from a gateway": {"times": 1, "phase": "before", "effect": {"html": 502}},
    "Cut connection": {"times": 1, "phase": "before", "effect": {"reset": True}},
    "Few requests left": {
        "phase": "before",
        "effect": {"headers": {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "3"}},
    },
    "Wrong Content-Type": {"times": 1, "phase": "before", "effect": {"headers": {"Content-Type": "text/html"}}},
    "Empty 204": {"times": 1, "phase": "before", "effect": {"status": 204, "empty": True}},
    "Empty 200": {"times": 1, "phase": "before", "effect": {"status": 200, "empty": True}},
    "Error under a 200": {"times": 1, "phase": "before", "effect": {"status": 200, "error": True}},
    "Chunks without an end": {"times": 1, "phase": "before", "effect": {"chunked": True, "cut_after_bytes": 100}},
    "Truncated gzip": {"times": 1, "phase": "before", "effect": {"gzip": True, "truncate_bytes": 60}},
    "Dead pooled connection": {"times": 1, "phase": "before", "effect": {"close_idle": True}},
    "Slow": {"phase": "before", "effect": {"delay_seconds": 3}},
}


def armed(console: Console) -> list[dict[str, Any]]:
    """The armed rules, without what the server adds."""
    rules: list[dict[str, Any]] = console.admin.get("/faults")["rules"]
    return [{name: value for name, value in rule.items() if name not in {"id", "hits"}} for rule in rules]


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation_arms_a_fault(console: Console, name: str) -> None:
    console.open("faults")
    console.press(name, exact=False)
    console.says("Armed: fault-1")
    assert armed(console) == [SITUATIONS[name]]


def test_fault_is_limited_to_the_chosen_operation(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_label("Vendor").select_option("augment")
    page.get_by_label("Operation").select_option("getDau")
    console.press("503 twice", exact=False)
    console.says("Armed")
    assert armed(console) == [{"vendor": "augment", "operation": "getDau", **SITUATIONS["503 twice"]}]


def test_hits_are_counted_live_until_the_fault_is_disarmed(console: Console) -> None:
    console.open("faults")
    console.sees("No faults are armed.")
    console.press("503 twice", exact=False)
    console.sees("0 hits of 2")
    assert [console.admin.vendor(), console.admin.vendor()] == [503, 503]
    console.sees("2 hits of 2, spent")
    console.press("Disarm fault-1")
    console.sees("No faults are armed.")
    assert armed(console) == []


def test_all_faults_are_disarmed_at_once(console: Console) -> None:
    console.open("faults")
    console.press("503 twice", exact=False)
    console.press("Slow", exact=False)
    console.sees("2 armed faults")
    console.press("Disarm all…")
    console.press("Disarm")
    console.sees("No faults are armed.")


FORMS: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "status": ("Error status", "500", {"status": 500}),
    "html": ("HTML page of a gateway", "504", {"html": 504}),
    "rate limited": ("Rate limited (429)", None, {"rate_limited": True}),
    "reset": ("Cut connection", None, {"reset": True}),
    "truncated": ("Truncated body", "10", {"truncate_bytes": 10}),
    "stalled": ("Body that stalls for 5 seconds", "10", {"stall_seconds": 5, "after_bytes": 10}),
    "malformed": ("Malformed JSON", None, {"malformed_json": True}),
    "error": ("Error with any status", "202", {"status": 202, "error": True}),
    "empty": ("Empty answer", "500", {"status": 500, "empty": True}),
    "compressed": ("Compressed body", None, {"gzip": True}),
    "truncated and compressed": ("Truncated compressed body", "9", {"gzip": True, "truncate_bytes": 9}),
    "chunked": ("Chunked body", None, {"chunked": True}),
    "chunked without an end": ("Chunked body without its end", "0", {"chunked": True, "cut_after_bytes": 0}),
    "closed": ("Connection closed after the answer", None, {"close_idle": True}),
}


@pytest.mark.parametrize(("name", "value", "effect"), FORMS.values(), ids=FORMS)
def test_form_arms_each_effect(
    console: Console, page: Page, name: str, value: str | None, effect: dict[str, Any]
) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option(name)
    if value is not None:
        page.locator(".panel-form .field").nth(1).locator("input").fill(value)
    console.press("Arm")
    console.says("Armed: fault-1")
    assert armed(console) == [{"phase": "before", "effect": effect}]


def test_form_arms_every_part_of_a_rule(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Only a delay or headers")
    page.get_by_label("Delay, in seconds").fill("0.5")
    page.get_by_label("Path").fill("/analytics/*")
    page.get_by_label("At most so many times").fill("3")
    page.get_by_label("First skip").fill("2")
    page.get_by_label("Share of the requests").fill("0.25")
    page.get_by_label("When").select_option("after")
    console.press("Arm")
    console.says("Armed: fault-1")
    rule = {"vendor": "augment", "path": "/analytics/*", "times": 3, "skip": 2, "share": 0.25, "phase": "after"}
    assert armed(console) == [{**rule, "effect": {"delay_seconds": 0.5}}]
    console.sees("0.5 s later")
    console.sees("augment · /analytics/* · after 2 requests · a share of 0.25 · after the request was processed")


def test_form_adds_headers_to_any_effect(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Compressed body")
    page.get_by_role("textbox", name="Headers").fill("Retry-After 5")
    console.press("Arm")
    console.says("Write each header on a line of its own, as in Retry-After: 5.")
    page.get_by_role("textbox", name="Headers").fill("Retry-After: 5\n\nX-Time : 10:30 \n")
    console.press("Arm")
    console.says("Armed: fault-1")
    effect = {"gzip": True, "headers": {"Retry-After": "5", "X-Time": "10:30"}}
    assert armed(console) == [{"phase": "before", "effect": effect}]
    console.sees("Compressed body, Retry-After: 5, X-Time: 10:30")


def test_armed_fault_is_shown_in_words(console: Console) -> None:
    effects = [
        {"status": 200, "error": True, "code": "X", "message": "m"},
        {"status": 204, "empty": True, "close_idle": True},
        {"chunked": True, "cut_after_bytes": 1, "stall_seconds": 2, "after_bytes": 0},
    ]
    with Client(console.url) as client:
        client.faults.replace([{"effect": effect} for effect in effects])
    console.open("faults")
    console.sees("Status 200, Error of the vendor, X, “m”")
    console.sees("Status 204, No body, Connection closed after the answer")
    console.sees("Chunked body, No last chunk, cut after 1 byte, Body stalls for 2 s after 0 bytes")


def test_rule_that_is_refused_is_explained(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Only a delay or headers")
    console.press("Arm")
    console.says("has no effect; give at least one of")
    console.press("Dismiss")
    expect(page.locator("#notices")).to_be_empty()


def test_defect_is_armed_and_disarmed(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment&part=defects")
    name = console.admin.get("/defects")["known"][0]["name"]
    page.get_by_label(re.compile(f"^{name}")).check()
    console.says(f"Armed: {name}")
    assert console.admin.get("/defects")["armed"] == [name]
    page.get_by_label(re.compile(f"^{name}")).uncheck()
    console.says(f"Disarmed: {name}")
    assert console.admin.get("/defects")["armed"] == []


def test_defects_are_those_of_the_chosen_vendor(console: Console, page: Page) -> None:
    console.open("faults?vendor=tabnine")
    known = [each["name"] for each in console.admin.get("/defects")["known"] if each["vendor"] == "tabnine"]
    expect(page.get_by_role("region", name="Defects").locator("strong")).to_have_count(len(known))
    assert page.get_by_role("region", name="Defects").locator("strong").all_text_contents() == known


def test_defect_is_armed_at_a_path_and_disarmed(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment&part=defects")
    page.get_by_label("Defect in a field").select_option("field-null")
    page.get_by_label("Where in the answer").fill("users[].user_mail")
    console.press("Arm at this path")
    console.says("no answer of any vendor has 'users[].user_mail'; near it: users[].user_email")
    page.get_by_label("Where in the answer").fill("users[0].user_email")
    console.press("Arm at this path")
    console.says("Armed: field-null at users[0].user_email")
    assert console.admin.get("/defects")["armed"] == [{"name": "field-null", "at": "users[0].user_email"}]
    console.press("Disarm field-null at users[0].user_email")
    console.says("Disarmed: field-null at users[0].user_email")
    assert console.admin.get("/defects")["armed"] == []


def test_defect_of_several_vendors_is_listed_once(console: Console, page: Page) -> None:
    console.open("faults?part=defects")
    page.get_by_label(re.compile("^cursor-repeats")).check()
    console.says("Armed: cursor-repeats")
    assert console.admin.get("/defects")["armed"] == ["cursor-repeats"]


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

"""The overview in a browser: sandboxes, the clock, and a tile for each vendor."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.admin.driver import Admin
from tests.console.console import Console

TILE = "article:has(h2:text-is('Augment Code Analytics API'))"


@pytest.fixture
def console(console: Console) -> Console:
    """The console, on its overview."""
    console.open()
    return console


def now(admin: Admin, sandbox: str = "default") -> str:
    """The time in a sandbox."""
    moment: str = admin.get(f"/sandboxes/{sandbox}/clock")["now"]
    return moment


def test_overview_has_a_tile_for_each_vendor(console: Console, page: Page) -> None:
    titles = [each["title"] for each in console.admin.get("/overview")["vendors"]]
    assert page.locator(".tile h2").all_text_contents() == titles


def test_tile_shows_the_token_and_how_far_the_data_go(console: Console) -> None:
    tile = console.page.locator(TILE)
    expect(tile).to_contain_text("mock-augment-acme")
    expect(tile).to_contain_text("Data through 20 Oct 2025")
    expect(tile).to_contain_text("22 Oct 2025, 02:00:00 UTC")


def test_token_and_command_are_copied(console: Console, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=console.url)
    console.press("Copy: token for Augment Code Analytics API")
    console.says("Copied: token for Augment Code Analytics API")
    assert page.evaluate("navigator.clipboard.readText()") == "mock-augment-acme"
    console.press("Copy: curl command for Augment Code Analytics API")
    console.says("Copied: curl command")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"curl -H 'Authorization: Bearer mock-augment-acme' {console.url}/analytics/v0/dau-count"


def test_copy_works_without_the_clipboard_of_secure_pages(console: Console, page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    console.open()
    console.press("Copy: token for Augment Code Analytics API")
    console.says("Copied: token")


def test_request_is_sent_from_each_tile(console: Console, page: Page) -> None:
    for vendor in console.admin.get("/overview")["vendors"]:
        console.press(f"Send this request to {vendor['title']}")
        console.says(re.compile(f"{re.escape(vendor['title'])} answered with (200|400)"))
    expect(page.locator(".head")).to_contain_text(re.compile("[45] requests"))


def test_gauge_shows_what_is_left_of_the_limit(console: Console, page: Page) -> None:
    console.admin.done("PUT", "/limits", {"augment": {"per_minute": 60, "burst": 5}})
    gauge = page.locator(TILE).get_by_role("meter")
    expect(gauge).to_have_attribute("aria-valuenow", "5")
    console.admin.vendor()
    expect(gauge).to_have_attribute("aria-valuenow", "4")
    expect(page.locator(TILE)).to_contain_text("stands still while the clock is frozen")
    console.admin.done("POST", "/clock/advance", {"seconds": 1})
    expect(gauge).to_have_attribute("aria-valuenow", "5")
    expect(page.locator(TILE)).to_contain_text("60 a minute")


def test_each_class_of_operations_has_a_gauge_of_its_own(console: Console, page: Page) -> None:
    console.admin.done("PUT", "/limits", {"augment": "documented", "augment.cost": {"per_minute": 60, "burst": 7}})
    own = page.locator(TILE).get_by_role("meter", name="Rate limit of Augment Code Analytics API", exact=True)
    cost = page.locator(TILE).get_by_role("meter", name="Rate limit of Augment Code Analytics API (augment.cost)")
    expect(own).to_have_attribute("aria-valuenow", "20")
    expect(cost).to_have_attribute("aria-valuenow", "7")
    console.admin.vendor("/analytics/v0/credit-usage-by-user")
    expect(cost).to_have_attribute("aria-valuenow", "6")
    expect(own).to_have_attribute("aria-valuenow", "20")
    expect(page.locator(TILE)).to_contain_text("6 of 7 requests left · augment.cost · ")
    console.admin.done("PUT", "/limits", {"augment": "documented", "augment.cost": "off"})
    expect(page.locator(TILE).get_by_role("meter")).to_have_count(1)


def test_tile_counts_what_differs_from_the_defaults(console: Console, page: Page) -> None:
    console.admin.send("POST", "/faults", {"vendor": "augment", "effect": {"status": 503}})
    console.admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    page.locator(TILE).get_by_role("link", name="1 fault", exact=True).wait_for()
    page.locator(TILE).get_by_role("link", name="1 switch changed").click()
    assert page.url.endswith("#/switches?vendor=augment")


def test_clock_is_moved_by_an_hour_and_a_day(console: Console) -> None:
    console.press("+1 hour")
    console.sees("21 Oct 2025, 11:30:00 UTC")
    console.press("+1 day")
    console.sees("22 Oct 2025, 11:30:00 UTC")
    assert now(console.admin) == "2025-10-22T11:30:00Z"


def test_clock_is_set_to_one_minute_before_the_next_data(console: Console) -> None:
    console.press("One minute before the next data arrive")
    console.sees("21 Oct 2025, 23:59:00 UTC")
    assert console.admin.get("/clock") == {"now": "2025-10-21T23:59:00Z", "frozen": True}


def test_clock_is_set_run_and_frozen(console: Console, page: Page) -> None:
    page.get_by_label("Time in UTC").fill("2025-11-03T08:15:00")
    console.press("Set")
    console.sees("3 Nov 2025, 08:15:00 UTC")
    console.press("Run")
    console.sees("running")
    assert console.admin.get("/clock")["frozen"] is False
    console.press("Freeze")
    console.sees("frozen")
    shown = now(console.admin)
    assert console.admin.get("/clock")["frozen"] is True
    assert datetime.fromisoformat(shown) >= datetime.fromisoformat("2025-11-03T08:15:00Z")


def test_time_that_no_clock_can_show_is_refused_in_words(console: Console, page: Page) -> None:
    page.get_by_label("Time in UTC").fill("2900-01-01T00:00:00")
    console.press("Set")
    console.says("the clock must stay between")
    assert now(console.admin) == "2025-10-21T10:30:00Z"


def test_sandbox_is_created_chosen_and_deleted(console: Console, page: Page) -> None:
    console.press("New sandbox…")
    page.get_by_label("Organization").select_option("initech")
    page.get_by_label("Seed").fill("7")
    page.get_by_label("Time (UTC)").fill("2025-10-20T09:00:00")
    page.locator("dialog").get_by_label("Clock").select_option("true")
    page.get_by_label("Deleted after").fill("600")
    console.press("Create")
    console.shows("Initech & Sons (Ltd.)")
    (made,) = [each for each in console.admin.get("/sandboxes")["sandboxes"] if each["id"] != "default"]
    assert (made["organization"], made["seed"], made["now"]) == ("initech", 7, "2025-10-20T09:00:00Z")
    expect(page.get_by_label("Sandbox", exact=True)).to_have_value(made["id"])
    page.get_by_label("Sandbox", exact=True).select_option("default")
    console.shows("Acme Rockets")
    page.go_back()
    console.shows("Initech & Sons (Ltd.)")
    console.press("Delete…")
    console.press("Delete")
    console.shows("Acme Rockets")
    assert [each["id"] for each in console.admin.get("/sandboxes")["sandboxes"]] == ["default"]


@pytest.mark.parametrize(("choice", "profile"), [("flaky", "flaky"), ("None", None), ("As the server", None)])
def test_profile_of_a_new_sandbox_is_chosen_and_shown(
    console: Console, page: Page, choice: str, profile: str | None
) -> None:
    advice = console.admin.get("/profiles/flaky")["advice"]
    console.press("New sandbox…")
    page.get_by_label("Profile").select_option(choice)
    expect(page.get_by_role("dialog").get_by_text(f"A good client {advice}")).to_have_count(1 if profile else 0)
    console.press("Create")
    console.says("Created: ")
    (made,) = [each for each in console.admin.get("/sandboxes")["sandboxes"] if each["id"] != "default"]
    assert made["profile"] == profile
    shown = f"{made['id']} (acme{', flaky' if profile else ''})"
    expect(page.get_by_label("Sandbox", exact=True).locator("option:checked")).to_have_text(shown)
    expect(page.locator(".head")).to_contain_text(
        f"sandbox {made['id']} · {'profile flaky · ' if profile else ''}0 requests"
    )


def test_bad_field_of_a_new_sandbox_is_explained(console: Console, page: Page) -> None:
    console.press("New sandbox…")
    page.get_by_label("Time (UTC)").fill("2900-01-01T00:00:00")
    console.press("Create")
    console.says("the clock must stay between")
    expect(page.get_by_role("dialog")).to_be_visible()
    console.press("Cancel")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_reset_asks_before_it_resets(console: Console) -> None:
    console.admin.done("POST", "/clock/advance", {"days": 1})
    console.press("Reset…")
    console.press("Cancel")
    assert now(console.admin) == "2025-10-22T10:30:00Z"
    console.press("Reset…")
    console.press("Reset")
    console.says("The sandbox is as it was made.")
    assert now(console.admin) == "2025-10-21T10:30:00Z"

"""The audit in a browser: started, watched, left and cancelled, also by the keyboard alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mockserver.audit import run
from tests.admin.jobs import Gate, gate_before
from tests.console.console import Console
from tests.console.test_accessibility import violations
from tests.contract.audits import GROUPS, NAMES

FIRST = next(iter(GROUPS.values()))[0].name
"""The invariant that is checked first."""

DEFECT, VIOLATED = "dau-count-off-by-one", "augment-counts-are-lists"
SUMMARY = re.compile(f"^{len(NAMES)} invariants, 0 violated, ")


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate before the check of each invariant."""
    with gate_before(run, "check") as gate:
        yield gate


def test_audit_is_run_on_demand(console: Console, page: Page) -> None:
    console.open("findings")
    console.press("Run the audit")
    console.sees(SUMMARY)
    expect(page.locator("[data-invariant]")).to_have_count(0)
    console.press_enter_on(page.get_by_text(f"{len(NAMES)} invariants without a violation"))
    expect(page.get_by_role("listitem").first).to_have_text(f"passed {FIRST}")
    assert console.admin.get("/requests") == {"requests": []}


def test_violation_is_shown_with_its_requests(console: Console, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=console.url)
    console.admin.done("PUT", "/defects", {"armed": [DEFECT]})
    console.open("findings")
    console.press_enter_on(page.get_by_role("button", name="Run the audit"))
    item = page.locator(f"[data-invariant='{VIOLATED}']")
    expect(item).to_contain_text("dau-count of a day is the number of rows of the whole dau list.")
    [found] = [each for each in console.admin.get("/audits/audit-1")["invariants"] if each["name"] == VIOLATED]
    expect(item).to_contain_text(f"Found: {found['detail']}")
    console.press_enter_on(item.get_by_text("Requests compared"))
    path = found["requests"][-1]["path"]
    expect(item.get_by_text(f"GET {path}")).to_be_visible()
    item.get_by_role("button", name=f"Copy as curl: {path}").click()
    console.says(f"Copied: {path}")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"curl -H 'Authorization: Bearer mock-augment-acme' '{console.url}{path}'"


def test_audit_shows_its_progress_and_is_cancelled_by_the_keyboard(console: Console, page: Page, gate: Gate) -> None:
    console.open("findings")
    start = page.get_by_role("button", name="Run the audit")
    console.press_enter_on(start)
    assert gate.entered.wait(10)
    expect(console.progress("audit")).to_have_js_property("max", len(NAMES))
    console.sees(f"0 of {len(NAMES)}: {FIRST}")
    expect(start).to_be_focused()
    console.press_enter_on(page.get_by_role("button", name="Cancel: audit"))
    expect(console.progress("audit")).to_have_count(0)
    expect(start).to_be_focused()
    assert console.admin.get("/audits") == {"audits": []}


def test_audit_goes_on_while_the_view_is_left(console: Console, page: Page, gate: Gate) -> None:
    console.open("findings")
    console.press("Run the audit")
    page.get_by_role("link", name="Cases").click()
    console.shows("Cases")
    page.get_by_role("link", name="Findings").click()
    expect(console.progress("audit")).to_be_visible()
    gate.open()
    console.sees(SUMMARY)


def test_audit_of_a_sandbox_that_is_reset_is_gone(console: Console, gate: Gate) -> None:
    console.open("findings")
    console.press("Run the audit")
    assert gate.entered.wait(10)
    console.admin.done("POST", "/reset")
    expect(console.progress("audit")).to_have_count(0)
    console.press("Run the audit")
    expect(console.progress("audit")).to_be_visible()


def test_second_audit_of_a_sandbox_is_explained(console: Console, gate: Gate) -> None:
    console.open("findings")
    assert console.admin.send("POST", "/audits").status == 201
    assert gate.entered.wait(10)
    console.press("Run the audit")
    console.says("this sandbox is being audited already, by audit-1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/limits", {"augment": {"per_minute": 5, "burst": 5}}),
        ("/policy", {"augment": {"publication_hour": 6}}),
    ],
)
def test_findings_are_read_again_when_settings_change(console: Console, page: Page, path: str, body: Any) -> None:
    console.open("findings")
    console.sees("No requests to check yet.")
    with page.expect_response(re.compile("/lint$")) as read:
        console.admin.done("PATCH", path, body)
    assert read.value.ok


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_audit_violates_no_rule_of_accessibility(console: Console, page: Page, gate: Gate, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    console.admin.done("PUT", "/defects", {"armed": [DEFECT]})
    console.open("findings")
    console.press("Run the audit")
    expect(console.progress("audit")).to_be_visible()
    assert violations(page) == []
    gate.open()
    page.get_by_text("Requests compared").first.click()
    page.get_by_text("invariants without a violation").click()
    assert violations(page) == []

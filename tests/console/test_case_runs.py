"""Runs of cases in a browser: started, watched, left and cancelled, also by the keyboard alone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.admin.jobs import set_waiting_case
from tests.console.console import Console
from tests.console.test_accessibility import violations


def test_case_shows_its_step_and_is_cancelled_by_the_keyboard(console: Console, page: Page, tmp_path: Path) -> None:
    set_waiting_case(console.admin, tmp_path)
    console.open("cases")
    start = page.get_by_role("button", name="Run C001")
    console.press_enter_on(start)
    console.sees("1 of 3: GET /analytics/v0/dau")
    expect(console.progress("run of C001")).to_have_js_property("value", 1)
    assert len(console.admin.get("/sandboxes")["sandboxes"]) == 2
    console.press_enter_on(page.get_by_role("button", name="Cancel: run of C001"))
    expect(console.progress("run of C001")).to_have_count(0)
    expect(start).to_be_focused()
    assert len(console.admin.get("/sandboxes")["sandboxes"]) == 1


def test_case_goes_on_while_the_view_is_left(console: Console, page: Page, tmp_path: Path) -> None:
    set_waiting_case(console.admin, tmp_path)
    console.open("cases")
    console.press("Run C001")
    expect(console.progress("run of C001")).to_be_visible()
    page.get_by_role("link", name="Findings").click()
    console.shows("Findings")
    page.get_by_role("link", name="Cases").click()
    console.sees("1 of 3: GET /analytics/v0/dau")
    sandbox = console.admin.get("/sandboxes")["sandboxes"][1]["id"]
    console.admin.done("PUT", f"/sandboxes/{sandbox}/faults", {"rules": []})
    expect(page.locator("[data-case='C001']").get_by_role("status")).to_have_text("passed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_running_case_violates_no_rule_of_accessibility(
    console: Console, page: Page, tmp_path: Path, scheme: Any
) -> None:
    set_waiting_case(console.admin, tmp_path)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    console.open("cases")
    console.press("Run C001")
    expect(console.progress("run of C001")).to_be_visible()
    assert violations(page) == []

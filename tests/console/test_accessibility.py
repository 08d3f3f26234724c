"""The accessibility of each view, as axe checks it, in light and dark."""

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.console.console import Console

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

PAGES = [
    "overview",
    "requests",
    "requests?request=1",
    "requests?vendor=tabnine",
    "faults",
    "switches",
    "cases",
    "cases?case=C001",
    "findings",
    "nowhere",
]


def violations(page: Page) -> list[str]:
    """The rules that a page violates, each with the elements concerned."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}" for each in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", PAGES)
def test_view_violates_no_rule_of_accessibility(console: Console, page: Page, view: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for _ in range(2):
        console.admin.vendor("/analytics/v0/dau?page_size=1000")
    console.admin.send("POST", "/faults", {"effect": {"status": 503}})
    console.admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    console.open(view, loaded=view != "nowhere")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_empty_views_violate_no_rule_of_accessibility(console: Console, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for view in ("requests", "faults", "findings"):
        console.open(view)
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_and_messages_violate_no_rule_of_accessibility(console: Console, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    console.open()
    console.press("+1 hour")
    console.press("One minute before the next data arrive")
    page.get_by_label("Time in UTC").fill("2900-01-01T00:00:00")
    console.press("Set")
    console.says("the clock must stay between")
    assert violations(page) == []
    console.press("New sandbox…")
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []

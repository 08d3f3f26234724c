"""The accessibility of each view, as axe checks it, in light and dark."""

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.conftest import SERVED
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
SWAGGER_UI = {
    "heading-order": "tags are h3, right below the h1 of the title",
    "nested-interactive": "the summary of an operation is a button with links in it",
    "region": "the description of the API stands outside its main element",
}
"""The rules that the markup of Swagger UI itself violates."""


def violations(page: Page, *known: str) -> list[str]:
    """The rules that a page violates, each with the elements concerned; those that are known are left out."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found["violations"]
        if each["id"] not in known
    ]


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*SERVED, "admin"])
def test_api_docs_violate_no_rule_of_accessibility_but_those_of_swagger_ui(
    url: str, page: Page, name: str, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{url}/_mock/docs/{name}")
    page.locator(".opblock").first.wait_for()
    assert violations(page, *SWAGGER_UI) == []

"""The API docs in a browser: each OpenAPI file is rendered offline, and its requests can be tried."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mockserver import server
from mockserver.app import create_app
from tests.admin.sandboxes import made
from tests.conftest import SERVED, SETTINGS
from tests.console.console import Console


def operations(page: Page) -> Any:
    """The operations that Swagger UI shows."""
    return page.locator(".opblock")


@pytest.mark.parametrize("name", [*SERVED, "admin"])
def test_file_is_rendered_without_anything_from_elsewhere(console: Console, page: Page, name: str) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"{console.url}/_mock/docs/{name}")
    operations(page).first.wait_for()
    assert {url for url in urls if not url.startswith((console.url, "data:"))} == set()
    expect(page.locator("#connection")).to_be_empty()


@pytest.mark.parametrize(
    ("name", "operation"),
    [("augment", "getDauCount"), ("tabnine", "getOrganization"), ("jetbrains-console", "getUsersAdoptionV1")],
)
def test_request_is_tried_with_the_seeded_token(console: Console, page: Page, name: str, operation: str) -> None:
    sandbox = made(console.admin)
    page.goto(f"{console.url}/_mock/docs/{name}?sandbox={sandbox['id']}")
    page.locator(".authorize.locked").wait_for()
    block = page.locator(f"[id$='-{operation}']")
    block.locator(".opblock-summary-control").click()
    for parameter, value in (("fromDate", "2025-10-01"), ("toDate", "2025-10-10")):
        field = block.locator(f"tr[data-param-name='{parameter}'] input")
        if field.count():
            field.fill(value)
    block.get_by_role("button", name="Execute").click()
    expect(block.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    entries = console.admin.get(f"/sandboxes/{sandbox['id']}/requests")["requests"]
    assert [each["operation"] for each in entries][-1] == operation


def test_control_plane_is_tried_too(console: Console, page: Page) -> None:
    page.goto(f"{console.url}/_mock/docs/admin")
    block = page.locator("[id$='-getClock']")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Execute").click()
    expect(block.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")


def test_docs_lead_to_the_other_files_and_to_the_console(console: Console, page: Page) -> None:
    console.open("overview")
    page.get_by_role("navigation").get_by_role("link", name="API docs").click()
    page.get_by_role("link", name="Tabnine Usage Metrics API").click()
    operations(page).first.wait_for()
    assert page.url == f"{console.url}/_mock/docs/tabnine"
    page.get_by_role("link", name="← Console").click()
    console.shows("Acme Rockets")


def test_docs_ask_for_the_admin_token(page: Page) -> None:
    with server.in_thread(create_app(replace(SETTINGS, admin_token="secret"))) as running:
        page.goto(f"{running.url}/_mock/docs/augment")
        page.get_by_role("textbox", name="Token").fill("secret")
        page.get_by_role("button", name="Continue").click()
        operations(page).first.wait_for()


def test_unknown_sandbox_is_explained(console: Console, page: Page) -> None:
    page.goto(f"{console.url}/_mock/docs/augment?sandbox=nowhere")
    expect(page.locator("#connection")).to_contain_text("there is no sandbox 'nowhere'")


def test_docs_are_dark_where_the_console_is(console: Console, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{console.url}/_mock/docs/augment")
    expect(page.locator("html")).to_have_class("dark-mode")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).not_to_have_class("dark-mode")

"""Fixtures for the console in a browser: a server of its own for each test, and a page that must report no error."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mockserver import server
from tests.admin.driver import Admin
from tests.console.console import Console
from tests.contract.watch import Watch
from tests.optional_programs import BROWSER

CHANGES_FOCUS = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "Asia/Tokyo"}
"""A time zone far from UTC, so that a time in it would be noticed."""

MILLISECONDS_MAXIMUM = 30_000
"""How long a test waits for what it expects; only one that fails, or a busy machine, takes that long."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module: while Playwright runs, the main thread has an event loop."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER.path())
        yield started
        started.close()


@pytest.fixture
def admin(app: Flask) -> Admin:
    """A client of the control plane of the console's server."""
    return Admin(app, {"Host": "127.0.0.1:8080"})


@pytest.fixture
def url(app: Flask, watch: Watch) -> Iterator[str]:
    """The URL of a server for the app. Faults and defects make answers that need not be described."""
    with server.in_thread(app) as running:
        yield running.url
    watch.take()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that reports no error, also none of the Content-Security-Policy."""
    context = browser.new_context(**CHANGES_FOCUS)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(MILLISECONDS_MAXIMUM)
    expect.set_options(timeout=MILLISECONDS_MAXIMUM)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: errors.append(f"a dialog of the browser: {dialog.message}"))
    yield page
    context.close()
    assert [error for error in errors if not error.startswith("Failed to load resource")] == []


@pytest.fixture
def console(page: Page, url: str, admin: Admin) -> Console:
    """The console, which no view is opened of yet."""
    return Console(page, url, admin)

"""The time until the console's overview can be used, in a browser that has nothing of it yet; with Chromium only."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser, sync_playwright

from benchmarks.table import Figure
from mockserver import server
from mockserver.app import create_app
from mockserver.settings import Settings

_RUNS = 9
_SETTINGS = Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC), freeze=True)


def figures() -> Iterator[Figure]:
    """The median for a small and a large organization; nothing where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for organization in ("acme", "hooli"):
            with server.in_thread(create_app(replace(_SETTINGS, organization=organization))) as running:
                opened = [_open(browser, running.url) for _ in range(_RUNS)]
            note = f"the first of all took {opened[0]:.0f} ms"
            yield Figure(f"overview of {organization} in the console", median(opened), "ms", 500, note=note)
        browser.close()


def _open(browser: Browser, url: str) -> float:
    """The milliseconds until each vendor's button can be pressed."""
    context = browser.new_context()
    page = context.new_page()
    start = perf_counter()
    page.goto(f"{url}/_mock/", wait_until="commit")
    page.locator("main:not([aria-busy]) .tile button").first.wait_for()
    took = 1000 * (perf_counter() - start)
    context.close()
    return took

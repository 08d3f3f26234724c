"""The documentation in a browser: no error under its policy, search, and accessibility in light and dark."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mockserver import console
from tests.console.console import Console
from tests.console.test_accessibility import violations
from tests.server.programs import ROOT

PAGES = ["index.html", "tutorial.html", "how-to/console.html", "reference/settings.html", "search.html"]
HEADING = "Find hidden assumptions with a sweep"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--doctree-dir", str(folder / "doctrees")]
    subprocess.run([*command, str(ROOT / "docs"), str(folder / "site")], check=True)
    return folder / "site"


@pytest.fixture
def site(built: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[str]:
    """The URL of the site."""
    monkeypatch.setattr(console, "SITE", built)
    console._files.cache_clear()  # noqa: SLF001
    yield f"{url}/_mock/docs/"
    console._files.cache_clear()  # noqa: SLF001


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_violates_no_rule_of_accessibility(site: str, page: Page, name: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}{name}")
    assert violations(page) == []


def test_site_is_dark_where_the_system_is(site: str, page: Page) -> None:
    body = page.locator("body")
    page.emulate_media(color_scheme="dark")
    page.goto(site)
    expect(body).to_have_css("background-color", "rgb(22, 22, 28)")
    page.emulate_media(color_scheme="light")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")


def test_page_loads_nothing_from_elsewhere(site: str, page: Page) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"{site}how-to/console.html")
    expect(page.get_by_role("img")).to_be_visible()
    assert len(urls) > 1
    assert [url for url in urls if not url.startswith(site)] == []


def test_search_finds_a_page(site: str, page: Page) -> None:
    page.goto(f"{site}how-to/audit.html")
    page.get_by_role("search").get_by_role("textbox").fill("sweep")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("main").get_by_role("link", name=HEADING).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADING)


@pytest.mark.usefixtures("site")
def test_console_leads_to_the_documentation(console: Console, page: Page) -> None:
    console.open("overview")
    page.get_by_role("navigation").get_by_role("link", name="Documentation").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("analytics-mockserver")

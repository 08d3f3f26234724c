"""What holds for the whole console: links, the keyboard, the phone, the token, a lost server, and hostile text."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from mockserver import server
from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.admin.sandboxes import made
from tests.conftest import SETTINGS
from tests.console.console import VIEWS, Console

HOSTILE = "<img src=x onerror=alert(1)>"
BYTES_MAXIMUM = 200_000
REQUESTS_MAXIMUM = 12


@pytest.mark.parametrize("view", VIEWS)
def test_view_has_a_link(console: Console, page: Page, view: str) -> None:
    console.open(view)
    console.shows(VIEWS[view])
    expect(page.get_by_role("navigation").locator("[aria-current]")).to_have_text(view.capitalize())
    assert page.title().endswith("mockserver")


def test_navigation_leads_to_every_view_and_back(console: Console, page: Page) -> None:
    console.open()
    for view, heading in VIEWS.items():
        page.get_by_role("link", name=view.capitalize(), exact=True).click()
        console.shows(heading)
    page.go_back()
    console.shows("Cases")


def test_links_keep_the_sandbox(console: Console, page: Page) -> None:
    sandbox = made(console.admin, organization="initech")
    console.open(f"requests?sandbox={sandbox['id']}")
    expect(page.get_by_label("Sandbox", exact=True)).to_have_value(sandbox["id"])
    page.get_by_role("link", name="Overview").click()
    console.shows("Initech & Sons (Ltd.)")


def test_unknown_view_leads_to_the_overview(console: Console, page: Page) -> None:
    console.open("nowhere", loaded=False)
    console.sees("There is no view “nowhere”.")
    page.get_by_role("link", name="Go to the overview").click()
    console.shows("Acme Rockets")


def test_deleted_sandbox_leads_to_the_default_one(console: Console, page: Page) -> None:
    sandbox = made(console.admin)
    console.open(f"overview?sandbox={sandbox['id']}")
    console.admin.send("DELETE", f"/sandboxes/{sandbox['id']}")
    console.sees(f"The sandbox {sandbox['id']} does not exist any more.")
    page.get_by_role("link", name="Go to the default sandbox").click()
    console.shows("Acme Rockets")
    expect(page.get_by_text("does not exist any more")).to_have_count(0)


def test_first_page_is_small(console: Console, page: Page) -> None:
    sent: list[Request] = []
    page.on("requestfinished", lambda request: sent.append(request))  # noqa: PLW0108 (Playwright sets an attribute on it)
    page.goto("about:blank")
    page.goto(f"{console.url}/_mock/")
    console.shows("Acme Rockets")
    expect(page.get_by_label("Sandbox", exact=True).locator("option")).to_have_count(1)
    first = [request for request in sent if request.url.startswith(console.url)][: REQUESTS_MAXIMUM + 1]
    assert len(first) <= REQUESTS_MAXIMUM, [request.url for request in first]
    assert sum(request.sizes()["responseBodySize"] for request in first) <= BYTES_MAXIMUM


def test_page_loads_nothing_from_elsewhere(console: Console, page: Page) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    for view in VIEWS:
        console.open(view)
    assert {url for url in urls if not url.startswith((console.url, "about:"))} == set()


def is_poll(request: Request) -> bool:
    """Return whether a request goes to the control plane, and not for a file of the page."""
    return "/_mock/" in request.url and "/console/" not in request.url and request.resource_type == "fetch"


@pytest.mark.parametrize("view", VIEWS)
def test_page_asks_at_most_once_a_second(console: Console, page: Page, view: str) -> None:
    page.clock.install()
    console.open(view)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if is_poll(request) else None)
    page.clock.run_for(10_500)
    assert len(sent) <= 11


def test_page_asks_nothing_while_its_tab_is_hidden(console: Console, page: Page) -> None:
    page.clock.install()
    console.open()
    sent: list[Request] = []
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    page.evaluate(f"{hide} document.dispatchEvent(new Event('visibilitychange')); }}", True)  # noqa: FBT003
    page.on("request", lambda request: sent.append(request) if is_poll(request) else None)
    page.clock.run_for(60_000)
    assert sent == []
    with page.expect_request("**/overview"):
        page.evaluate(f"{hide} document.dispatchEvent(new Event('visibilitychange')); }}", False)  # noqa: FBT003
        page.clock.run_for(1_000)


def test_lost_server_is_reported_until_it_is_back(console: Console, page: Page, app: Any) -> None:
    with server.in_thread(app) as running:
        port = int(running.url.rpartition(":")[2])
        console = replace(console, url=running.url)
        console.open()
    console.sees(f"No answer from 127.0.0.1:{port}. The page tries again by itself.")
    console.press("+1 hour")
    console.says("No answer from")
    with server.in_thread(app, port):
        expect(page.locator("#connection")).to_be_empty()
        console.press("+1 hour")
        console.sees("21 Oct 2025, 11:30:00 UTC")


def test_view_that_could_not_be_loaded_is_loaded_later(console: Console, page: Page, app: Any) -> None:
    with server.in_thread(app) as running:
        port = int(running.url.rpartition(":")[2])
        console = replace(console, url=running.url)
        console.open()
    page.get_by_role("link", name="Switches", exact=True).click()
    console.sees("The page tries again by itself.")
    with server.in_thread(app, port):
        console.shows("Switches")


@pytest.fixture
def guarded(page: Page) -> Iterator[Console]:
    """The console of a server with an admin token."""
    app = create_app(replace(SETTINGS, admin_token="s3cret-ÄÖ"))
    admin = Admin(app, {"Authorization": "Bearer " + "s3cret-ÄÖ".encode().decode("latin-1")})
    with server.in_thread(app) as running:
        yield Console(page, running.url, admin)


def test_admin_token_is_asked_for_once_in_a_tab(guarded: Console, page: Page) -> None:
    guarded.open(loaded=False)
    guarded.sees("The server was started with an admin token.")
    page.get_by_role("textbox", name="Token").fill("wrong")
    guarded.press("Continue")
    guarded.sees("The server does not accept this token.")
    page.get_by_role("textbox", name="Token").fill("s3cret-ÄÖ")
    page.get_by_role("textbox", name="Token").press("Enter")
    guarded.shows("Acme Rockets")
    for view, heading in VIEWS.items():
        guarded.open(view)
        guarded.shows(heading)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_admin_token_is_asked_for_in_another_tab(guarded: Console, page: Page) -> None:
    guarded.open(loaded=False)
    page.get_by_role("textbox", name="Token").fill("s3cret-ÄÖ")
    guarded.press("Continue")
    guarded.shows("Acme Rockets")
    other = page.context.new_page()
    other.goto(f"{guarded.url}/_mock/")
    expect(other.get_by_role("dialog", name="Admin token")).to_be_visible()


def test_console_is_used_with_the_keyboard_alone(console: Console, page: Page) -> None:
    console.open()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    names = ["New sandbox…", "Reset…", "+1 hour", "+1 day"]
    assert [name for name in reached if name in names] == names
    page.get_by_role("button", name="+1 hour").focus()
    page.keyboard.press("Enter")
    console.sees("21 Oct 2025, 11:30:00 UTC")
    expect(page.get_by_role("button", name="+1 hour")).to_be_focused()
    page.get_by_role("button", name="New sandbox…").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="New sandbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="New sandbox…")).to_be_focused()


def test_focus_is_visible(console: Console, page: Page) -> None:
    console.open()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_focus_stays_while_the_list_grows(console: Console, page: Page) -> None:
    console.admin.vendor()
    console.open("requests")
    page.locator("tbody a").first.focus()
    console.admin.vendor()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").nth(1).get_by_role("link")).to_be_focused()


@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_no_view_is_wider_than_the_screen(console: Console, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    console.admin.vendor()
    console.admin.send("POST", "/faults", {"effect": {"status": 503, "message": "x" * 500}})
    for view in ("overview", "requests?request=1", "faults", "switches", "cases?case=C001", "findings"):
        console.open(view)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view


def test_theme_is_chosen_and_kept(console: Console, page: Page) -> None:
    console.open()
    page.emulate_media(color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Theme").select_option("dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    console.open()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_label("Theme").select_option("System")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_nothing_moves_for_those_who_want_it_so(console: Console, page: Page) -> None:
    console.open()
    page.emulate_media(reduced_motion="reduce")
    console.admin.done("PUT", "/limits", {"augment": {"per_minute": 60, "burst": 5}})
    fill = page.locator(".fill").first
    fill.wait_for(state="attached")
    assert fill.evaluate("(each) => getComputedStyle(each).transitionDuration") == "0s"


def test_hostile_names_are_shown_as_text(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "hostile.yaml"
    file.write_text(f'slug: hostile\nname: "{HOSTILE}"\ndomain: hostile.example\npeople: 10\n', encoding="utf-8")
    app = create_app(replace(SETTINGS, organization_file=file))
    with server.in_thread(app) as running:
        console = Console(page, running.url, Admin(app, {"Host": "127.0.0.1"}))
        console.open()
        console.shows(HOSTILE)
        console.press("New sandbox…")
        assert HOSTILE in (page.get_by_label("Organization").text_content() or "")
        assert page.locator("img[src=x]").count() == 0


def test_hostile_requests_and_faults_are_shown_as_text(console: Console, page: Page) -> None:
    console.admin.app.test_client().post(
        f"/analytics/v0/{HOSTILE}?{HOSTILE}={HOSTILE}",
        data=HOSTILE,
        headers={"Authorization": "Bearer mock-augment-acme"},
    )
    console.admin.send("POST", "/faults", {"vendor": "augment", "effect": {"status": 503, "message": HOSTILE}})
    console.admin.done("PUT", "/policy", {"jetbrains-ide": {"names": {"items": HOSTILE}}})
    console.open("requests?request=1")
    panel = page.get_by_role("region", name="Request 1", exact=True)
    expect(panel).to_contain_text(HOSTILE)
    for view in ("faults", "switches", "findings", f"cases?search={HOSTILE}", HOSTILE, f"overview?sandbox={HOSTILE}"):
        console.open(view, loaded=False)
        expect(page.get_by_role("main")).to_contain_text("")
        assert page.locator("img[src=x]").count() == 0
    console.sees(f"The sandbox {HOSTILE} does not exist any more.")


def test_page_without_scripts_says_where_the_resources_are(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    assert "needs JavaScript" in (page.text_content("body") or "")
    context.close()

"""Takes the screenshots of the documentation, in docs/images: the console's overview and its charts.

`python -m tools.screenshots` needs Chromium. What is shown is the same each time; how letters look depends on the fonts
of the machine.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from flask import Flask
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from mockserver import server
from mockserver.app import create_app
from mockserver.settings import Settings

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
BYTES_MAXIMUM: Final = 150_000
SETTINGS: Final = Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC), freeze=True)
ADDRESS: Final = "http://localhost:8080"
"""What the browser shows as the address, whatever port the server has."""


def main() -> int:
    """Return 0 if both images were written, else 1, with the reason on stderr."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium: install the package chromium, and repeat", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    app = create_app(SETTINGS)
    _prepare(app)
    with server.in_thread(app) as running, _browser(chromium, running.url) as page:
        _take(page, "#/overview", ".tile .command", FOLDER / "console.png")
        _take(page, "#/charts", "figure:nth-of-type(11) svg", FOLDER / "charts.png")
    large = [path for path in FOLDER.glob("*.png") if path.stat().st_size > BYTES_MAXIMUM]
    for path in large:
        print(f"{path.name} has more than {BYTES_MAXIMUM} bytes", file=sys.stderr)
    return 1 if large else 0


@contextmanager
def _browser(chromium: str, url: str) -> Iterator[Page]:
    """A page, light and 1280 pixels wide, of a browser that finds the server at ADDRESS."""
    rule = f"--host-resolver-rules=MAP {ADDRESS.partition('://')[2]} {url.partition('://')[2]}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[rule])
        view = {"width": 1280, "height": 1080}
        yield browser.new_page(viewport=view, color_scheme="light", locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
        browser.close()


def _prepare(app: Flask) -> None:
    """Some requests, one of which meets a rate limit, and one armed fault."""
    client, local = app.test_client(), {"Host": "localhost"}
    limited, *_, failing = client.get("/_mock/overview", headers=local).get_json()["vendors"]
    client.put("/_mock/limits", json={limited["name"]: {"per_minute": 6, "burst": 4}}, headers=local)
    for vendor in (*[limited] * 3, failing, *[limited] * 2):
        sample = vendor["sample_request"]
        authorization = f"{sample['token']['scheme']} {sample['token']['token']}"
        client.get(sample["path"], headers={**local, "Authorization": authorization})
    rule = {"vendor": failing["name"], "times": 2, "effect": {"status": 503}}
    client.post("/_mock/faults", json=rule, headers=local)


def _take(page: Page, view: str, awaited: str, path: Path) -> None:
    """A screenshot of a view, once something of it is there and nothing of it is being loaded."""
    page.goto(f"{ADDRESS}/_mock/{view}")
    page.locator(awaited).first.wait_for()
    page.locator("main:not(:has([aria-busy]))").wait_for()
    image = Image.open(BytesIO(page.screenshot(animations="disabled")))
    image.convert("RGB").quantize(256).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())

"""The documentation as it is served: the site if it was built, and otherwise a page that says how to build it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from mockserver import console
from mockserver.app import create_app
from tests.conftest import SETTINGS
from tests.console.test_serving import BROWSER, get

FILES = {
    "index.html": "<h1>Index</h1>",
    "how-to/sweep.html": "<h1>Sweep</h1>",
    "_static/docs.css": "body {}",
    "_images/console.png": "picture",
    "objects.inv": "not a page",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the documentation, which is empty at first."""
    monkeypatch.setattr(console, "SITE", tmp_path)
    console._files.cache_clear()  # noqa: SLF001
    yield tmp_path
    console._files.cache_clear()  # noqa: SLF001


@pytest.fixture
def built(site: Path) -> None:
    """A site with a few files."""
    for name, text in FILES.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("site")
def test_without_the_site_a_page_says_how_to_build_it(app: Flask) -> None:
    response = get(app, "/_mock/docs/")
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "<code>make docs</code>" in response.text
    assert response.headers["Content-Security-Policy"] == console.HEADERS["Content-Security-Policy"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html"),
        ("index.html", "text/html"),
        ("how-to/sweep.html", "text/html"),
        ("_static/docs.css", "text/css"),
        ("_images/console.png", "image/png"),
    ],
)
def test_file_of_the_site_has_its_type(app: Flask, path: str, kind: str) -> None:
    response = get(app, f"/_mock/docs/{path}", "*/*")
    assert (response.status_code, response.mimetype) == (200, kind)
    assert response.text == FILES[path or "index.html"]


@pytest.mark.usefixtures("built")
def test_site_may_only_load_its_own_files_and_search_in_itself(app: Flask) -> None:
    policy = get(app, "/_mock/docs/").headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'self'"
    assert {"form-action 'self'", "frame-ancestors 'none'"} < {*policy}
    assert not [rule for rule in policy if "unsafe" in rule or "data:" in rule or "http" in rule]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["objects.inv", "sweep.html", "_static", "../__init__.py", "..%2f__init__.py"])
def test_other_file_is_a_problem(app: Flask, path: str) -> None:
    response = get(app, f"/_mock/docs/{path}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


@pytest.mark.usefixtures("built")
def test_pages_of_the_openapi_files_keep_their_paths(app: Flask) -> None:
    assert "swagger-ui-bundle.js" in get(app, "/_mock/docs/admin").text


@pytest.mark.usefixtures("built")
def test_site_can_only_be_read(app: Flask) -> None:
    response = get(app, "/_mock/docs/how-to/sweep.html", method="POST")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.usefixtures("built")
def test_site_needs_no_admin_token_and_is_refused_to_other_origins() -> None:
    app = create_app(replace(SETTINGS, admin_token="secret"))
    assert get(app, "/_mock/docs/", BROWSER).status_code == 200
    assert get(app, "/_mock/docs/", Origin="http://evil.example").status_code == 403

"""The console as it is served: who gets the page, its headers, and its files."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mockserver import console
from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FOLDER = console.__path__[0] + "/files"


def get(app: Flask, path: str, accept: str | None = BROWSER, method: str = "GET", **headers: Any) -> TestResponse:
    """The response to a request for a page."""
    sent = {"Host": "127.0.0.1:8080", **headers, **({} if accept is None else {"Accept": accept})}
    return app.test_client().open(path, method=method, headers=sent)


ACCEPTS = {
    "a browser": (BROWSER, "text/html"),
    "HTML alone": ("text/html", "text/html"),
    "HTML in capitals": ("TEXT/HTML", "text/html"),
    "HTML after JSON": ("application/json, text/html;q=0.1", "text/html"),
    "anything": ("*/*", "application/json"),
    "any text": ("text/*", "application/json"),
    "JSON": ("application/json", "application/json"),
    "no HTML": ("text/html;q=0, */*", "application/json"),
    "nothing named": (None, "application/json"),
    "an empty header": ("", "application/json"),
}


@pytest.mark.parametrize("path", ["/", "/_mock/"])
@pytest.mark.parametrize(("accept", "kind"), ACCEPTS.values(), ids=ACCEPTS)
def test_page_is_for_those_who_name_html(app: Flask, path: str, accept: str | None, kind: str) -> None:
    response = get(app, path, accept)
    assert (response.status_code, response.mimetype, response.headers["Vary"]) == (200, kind, "Accept")


@pytest.mark.parametrize("path", ["/", "/_mock/"])
def test_head_of_the_page_has_its_headers_and_no_body(app: Flask, path: str) -> None:
    head, page = get(app, path, method="HEAD"), get(app, path)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(page.data))
    assert head.headers["Content-Security-Policy"] == page.headers["Content-Security-Policy"]


def test_page_may_be_framed_by_nobody_and_load_only_its_own_files(app: Flask) -> None:
    policy = get(app, "/_mock/").headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'self'"
    assert "frame-ancestors 'none'" in policy
    assert not [rule for rule in policy if "unsafe" in rule or "http" in rule or "*" in rule]


def test_page_has_no_inline_script_or_style(app: Flask) -> None:
    page = get(app, "/_mock/").text
    assert "<style" not in page
    assert "style=" not in page
    assert [line for line in page.splitlines() if "<script" in line and "src=" not in line] == []


@pytest.mark.parametrize(
    ("name", "kind"), [("app.js", "text/javascript"), ("console.css", "text/css"), ("icon.svg", "image/svg+xml")]
)
def test_file_has_its_type_and_the_headers_of_the_page(app: Flask, name: str, kind: str) -> None:
    response = get(app, f"/_mock/console/{name}", "*/*")
    assert (response.status_code, response.mimetype) == (200, kind)
    assert {header: response.headers[header] for header in console.HEADERS} == console.HEADERS


def test_unchanged_file_is_not_sent_again(app: Flask) -> None:
    first = get(app, "/_mock/console/app.js")
    assert "no-cache" in first.headers["Cache-Control"]
    again = get(app, "/_mock/console/app.js", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "", "../__init__.py", "..%2f__init__.py", "app.js/", "%00", "a/app.js"])
def test_unknown_file_is_a_problem(app: Flask, name: str) -> None:
    response = get(app, f"/_mock/console/{name}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_file_can_only_be_read(app: Flask, method: str) -> None:
    response = get(app, "/_mock/console/app.js", method=method)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/_mock/"])
def test_page_cannot_be_posted_to(app: Flask, path: str) -> None:
    assert get(app, path, method="POST").status_code == 405


@pytest.mark.parametrize("path", ["/", "/_mock/", "/_mock/console/app.js"])
def test_page_needs_no_admin_token(path: str) -> None:
    app = create_app(replace(SETTINGS, admin_token="secret"))
    assert get(app, path).status_code == 200
    assert get(app, "/_mock/", "application/json").status_code == 401
    assert get(app, "/_mock/overview").status_code == 401


@pytest.mark.parametrize("path", ["/", "/_mock/", "/_mock/console/app.js"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}], ids=str)
def test_page_is_refused_to_others(app: Flask, path: str, headers: dict[str, str]) -> None:
    assert get(app, path, **headers).status_code == 403


def test_page_is_in_no_journal(app: Flask) -> None:
    get(app, "/_mock/")
    get(app, "/_mock/overview", "application/json")
    assert Admin(app, {"Host": "127.0.0.1:8080"}).get("/requests") == {"requests": []}


@pytest.mark.parametrize("name", ["augment", "tabnine", "jetbrains-ide", "jetbrains-console", "admin"])
def test_each_openapi_file_has_a_page(app: Flask, name: str) -> None:
    response = get(app, f"/_mock/docs/{name}", "*/*")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'; ")


@pytest.mark.parametrize("path", ["", "/nothing", "/augment/", "/admin/x", "/docs.html", "/_static/", "/../app.py"])
def test_unknown_document_is_a_problem(app: Flask, path: str) -> None:
    response = get(app, f"/_mock/docs{path}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_page_of_a_document_can_only_be_read(app: Flask) -> None:
    assert get(app, "/_mock/docs/admin", method="DELETE").status_code == 405


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js"])
def test_files_of_swagger_ui_are_served(app: Flask, name: str) -> None:
    assert len(get(app, f"/_mock/console/{name}").data) > 100_000

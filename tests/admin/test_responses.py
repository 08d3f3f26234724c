"""Errors: problem details for everything that belongs to no vendor, and no traceback in any response."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from mockserver.admin import admin_context
from mockserver.app import create_app
from tests.admin.driver import PROBLEM, Admin, Answer
from tests.conftest import SETTINGS


@pytest.fixture(scope="module")
def app() -> Flask:
    """One app for every test here: none of them leaves anything behind."""
    return create_app(SETTINGS)


NOWHERE = [
    "/nowhere",
    "/_mock//clock",
    "//_mock/clock",
    "/_mockery",
    "/_MOCK/clock",
    "/analytics",
    "/analytics/v1/dau-count",
    "/favicon.ico",
    "/%E2%80%AE",
]


def not_found(admin: Admin, path: str) -> Answer:
    got = admin.sent("GET", path, b"", admin.headers)
    assert got.status == 404
    assert got.headers["Content-Type"] == PROBLEM
    assert got.json["type"] == "about:blank"
    assert (got.json["title"], got.json["status"]) == ("Not Found", 404)
    return got


@pytest.mark.parametrize("path", NOWHERE)
def test_unknown_path_is_404_and_lists_the_mounts(admin: Admin, path: str) -> None:
    got = not_found(admin, path)
    assert "/analytics/v0 (Augment Code Analytics API)" in got.detail
    assert got.detail.endswith("and the control plane at /_mock/")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/_mock/clocks", " (did you mean /_mock/clock?)"),
        ("/_mock/fault", " (did you mean /_mock/faults?)"),
        ("/_mock/clock/", " (did you mean /_mock/clock?)"),
        ("/_mock/sandboxes/default/clocks", " (did you mean /_mock/sandboxes/{sandbox}/clock?)"),
        ("/_mock/" + "y" * 1000, ""),
    ],
)
def test_unknown_resource_is_404_and_names_the_nearest_one(admin: Admin, path: str, hint: str) -> None:
    got = not_found(admin, path)
    assert got.detail == f"there is nothing at {path}{hint}; GET /_mock/ lists the resources of the control plane"


@pytest.mark.parametrize("path", ["/_mock/%00", "/_mock/%ff", "/_mock/clock/advance/now"])
def test_unusual_resource_is_404_like_any_other(admin: Admin, path: str) -> None:
    assert not_found(admin, path).detail.startswith("there is nothing at /_mock/")


ALLOWED = {
    "/clock": "GET, HEAD, PUT",
    "/clock/advance": "POST",
    "/limits": "GET, HEAD, PATCH, PUT",
    "/policy": "GET, HEAD, PATCH, PUT",
    "/requests": "DELETE, GET, HEAD",
    "/reset": "POST",
    "/health": "GET, HEAD",
    "/organizations/acme": "GET, HEAD",
}


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize(("path", "allow"), ALLOWED.items())
def test_wrong_method_is_405_with_allow(admin: Admin, method: str, path: str, allow: str) -> None:
    if method in allow.split(", "):
        assert admin.send(method, path).status != 405
    else:
        refusal = admin.refused(method, path, status=405)
        assert refusal.headers["Allow"] == allow
        assert refusal.detail == f"{method} is not allowed here; allowed: {allow}"


def test_root_allows_get_only(admin: Admin) -> None:
    assert admin.sent("POST", "/", b"", admin.headers).headers["Allow"] == "GET, HEAD"


def test_bug_is_logged_once_and_hidden_from_the_client(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    admin = Admin(create_app(SETTINGS), {"Host": "localhost"})
    with admin.app.app_context():
        changed = replace(admin_context.context(), openapi=tmp_path)
    admin.app.extensions[admin_context.EXTENSION] = changed
    with caplog.at_level(logging.ERROR):
        refusal = admin.refused("GET", "/openapi/augment.yaml", status=500)
    assert refusal.json == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "the server failed; its log has the reason",
    }
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is FileNotFoundError


@pytest.mark.parametrize("path", ["/clock", "/nowhere", "/requests?limit=0", "/openapi/admin.yaml"])
def test_answers_are_not_cached_or_sniffed(admin: Admin, path: str) -> None:
    headers = admin.send("GET", path).headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")

"""The server and browsers: names, foreign pages and preflights over sockets."""

from collections.abc import Iterator

import pytest

from tests.server import programs
from tests.server.programs import line, opened

DASHBOARD = "http://localhost:3000"
TOKEN = "Authorization: Bearer mock-augment-acme"
PATH = "/analytics/v0/dau-count"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a server that allows the pages of one origin."""
    flags = ("--port", "0", "--cors-origin", DASHBOARD, "--limits", "off")
    with programs.started("-m", "mockserver", "serve", *flags) as program:
        yield line(program).split()[2].rstrip(";")


def answer(url: str, method: str, path: str, *headers: str) -> tuple[int, dict[str, str]]:
    """The status and the headers of the answer to a request with exactly these headers."""
    with opened(url) as connection:
        connection.sendall("\r\n".join((f"{method} {path} HTTP/1.1", *headers, "Connection: close", "", "")).encode())
        status, head, _ = programs.answer(connection)
    return status, dict(each.split(": ", 1) for each in head.split("\r\n")[1:] if ": " in each)


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8080", "api.augmentcode.com"])
def test_own_name_is_accepted(url: str, host: str) -> None:
    assert answer(url, "GET", PATH, f"Host: {host}", TOKEN)[0] == 200


@pytest.mark.parametrize("path", [PATH, "/_mock/health", "/nowhere"])
def test_foreign_name_is_refused(url: str, path: str) -> None:
    assert answer(url, "GET", path, "Host: evil.example", TOKEN)[0] == 403


@pytest.mark.parametrize("header", ["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"])
@pytest.mark.parametrize("path", [PATH, "/_mock/health", "/nowhere"])
def test_foreign_page_is_refused(url: str, path: str, header: str) -> None:
    assert answer(url, "GET", path, "Host: localhost", TOKEN, header)[0] == 403


def test_preflight_of_an_allowed_origin_is_answered(url: str) -> None:
    asked = ("Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization")
    status, headers = answer(url, "OPTIONS", PATH, "Host: localhost", f"Origin: {DASHBOARD}", *asked)
    assert status == 204
    assert {name: value for name, value in headers.items() if name.startswith(("access-control", "vary"))} == {
        "access-control-allow-origin": DASHBOARD,
        "access-control-allow-methods": "get, head",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "600",
        "access-control-expose-headers": "*",
        "vary": "origin",
    }


@pytest.mark.parametrize(("headers", "status"), [((TOKEN,), 200), ((), 401)])
def test_allowed_origin_reads_every_answer(url: str, headers: tuple[str, ...], status: int) -> None:
    got, names = answer(url, "GET", PATH, "Host: localhost", f"Origin: {DASHBOARD}", *headers)
    assert (got, names["access-control-allow-origin"]) == (status, DASHBOARD)

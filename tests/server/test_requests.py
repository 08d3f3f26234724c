"""What clients send: requests in any form and in parts, ahead of answers, malformed, too large or too late."""

import json
import threading
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.gateway import socket_features
from mockserver.gateway.socket_features import BodyProblem
from mockserver.server import message, reader
from mockserver.server.reader import Memory, Reader
from tests.server import programs
from tests.server.programs import answer, opened, received, request, send
from tests.server.served import app

CLOSE = "Connection: close\r\n"


def problem_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An app that answers with what is wrong with the body of a request."""
    body = str(socket_features.body_problem(environ)).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.mark.parametrize(
    ("parts", "end"),
    [
        pytest.param([b"GET /\r\n\r\n"], b'"status": 400', id="no version"),
        pytest.param(
            [b"GET /a", b" HTTP/1.1\r\nHo", b"st: a\r\n" + CLOSE.encode() + b"\r\n"], b"GET /a 0", id="in parts"
        ),
        pytest.param([request("http://mock/whole", headers=CLOSE)], b"GET /whole 0", id="a whole URL"),
        pytest.param(
            [request("/echo", "POST", "Expect: 100-continue\r\nContent-Length: 4\r\n" + CLOSE), b"body"],
            b"body>",
            id="a body that is waited for",
        ),
    ],
)
def test_request_is_read_in_any_form(parts: list[bytes], end: bytes) -> None:
    with server.in_thread(app) as running, opened(running.url) as connection:
        for part in parts:
            connection.sendall(part)
            threading.Event().wait(0.05)
        assert end in received(connection).replace(b"\r\n1\r\n>", b">")


def test_body_that_does_not_come_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_features, "BODY_SECONDS", 0.05)
    with server.in_thread(problem_app) as running, opened(running.url) as connection:
        connection.sendall(request("/", "POST", "Content-Length: 10\r\n"))
        assert answer(connection)[2] == str(BodyProblem.TIMEOUT)
        assert connection.recv(1) == b""


def test_body_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_features, "READ_MAXIMUM", 10)
    with server.in_thread(problem_app) as running:
        raw = request("/", "POST", "Content-Length: 100000\r\n") + bytes(100_000)
        assert send(running.url, raw)[2] == str(BodyProblem.TOO_LARGE)


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        pytest.param(b"GET evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "the target of a request is", id="authority"),
        pytest.param(b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "the target of", id="CONNECT"),
        pytest.param(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "the target of a request is", id="an asterisk"),
        pytest.param(b"GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", "the target of a request is", id="another scheme"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", "a request has one Host header", id="no Host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "a request has one Host", id="two Hosts"),
        pytest.param(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "the version of HTTP is 1.0 or 1.1", id="version 2"),
        pytest.param(b"GET /\r\n\r\n", "the version of HTTP is 1.0 or 1.1", id="version 0.9"),
        pytest.param(b"G{T / HTTP/1.1\r\nHost: a\r\n\r\n", "Bad Request", id="no method"),
        pytest.param(b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "Bad Request", id="a control character"),
    ],
)
def test_request_that_cannot_be_passed_on_gets_problem_details(raw: bytes, detail: str) -> None:
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(raw)
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n")
    assert b"Connection: close" in head
    problem = json.loads(body)
    assert (problem["status"], problem["detail"].startswith(detail)) == (400, True)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_unknown_method_is_read_in_parts(size: int) -> None:
    raw = request("/a", "BREW", "Content-Length: 2\r\n") + b"hi" + request("/b", headers=CLOSE)
    with server.in_thread(app) as running, opened(running.url) as connection:
        for start in range(0, len(raw), size):
            connection.sendall(raw[start : start + size])
            threading.Event().wait(0.002)
        text = received(connection)
    assert b"BREW /a 0" in text
    assert text.endswith(b"GET /b 0")


def test_upgrade_is_passed_over() -> None:
    """Java's client asks for HTTP/2 in this way, also with a body."""
    upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    raw = request("/echo", "POST", f"{upgrade}Content-Length: 4\r\n") + b"body"
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(raw + request("/x", headers=upgrade) + request("/next", headers=CLOSE))
        text = received(connection)
    assert b"<body>" in text
    assert b"GET /x 0" in text
    assert text.endswith(b"GET /next 0")


@pytest.mark.parametrize("method", ["GET", "POST", "CONNECT", "BREW", "G\u00c9T"])
@pytest.mark.parametrize("upgrade", ["", "Connection: Upgrade\r\nUpgrade: h2c\r\n"], ids=["plain", "upgrade"])
@pytest.mark.parametrize("target", ["/a", "/\u00e9"])
def test_request_that_is_read_again_is_read_once_more_at_most(method: str, upgrade: str, target: str) -> None:
    """The parser stops at CONNECT and at an upgrade, and knows few methods; nothing may send it round in circles."""
    read = Reader(Memory())
    read.feed(f"{method} {target} HTTP/1.1\r\nHost: a\r\n{upgrade}\r\n".encode("latin-1"))
    (found,) = read.complete
    assert (found.method, found.target.decode()) == (method, target.replace("\u00e9", "%E9"))


def test_client_may_send_many_requests_ahead() -> None:
    """After so many, the connection is closed as announced."""
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(100 * request("/"))
        text = received(connection)
    assert text.count(b"GET / 0") == 64
    assert text.count(b"Connection: close") == 1


def test_bodies_of_all_requests_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BODIES_MAXIMUM", 50)
    with server.in_thread(problem_app) as running, ExitStack() as stack:
        half = request("/", "POST", "Content-Length: 60\r\n") + bytes(40)
        waiting = stack.enter_context(opened(running.url))
        waiting.sendall(half)
        threading.Event().wait(0.1)
        assert send(running.url, half)[2] == str(BodyProblem.BUSY)
        waiting.close()
        threading.Event().wait(0.1)
        assert send(running.url, request("/", "POST", "Content-Length: 40\r\n") + bytes(40))[2] == "None"


def test_client_may_send_its_next_request_while_it_waits() -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def wait(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        arrived.set()
        assert go_on.wait(programs.PATIENCE)
        return app(environ, start_response)

    with server.in_thread(wait) as running, opened(running.url) as connection:
        connection.sendall(request("/1"))
        assert arrived.wait(programs.PATIENCE)
        connection.sendall(request("/2"))
        threading.Event().wait(0.05)
        connection.sendall(request("/3", headers=CLOSE))
        threading.Event().wait(0.05)
        go_on.set()
        text = received(connection)
    assert [text.count(f"GET /{number} 0".encode()) for number in (1, 2, 3)] == [1, 1, 1]


def test_connection_of_http_1_0_is_kept_on_request() -> None:
    with server.in_thread(app) as running, opened(running.url) as connection:
        for number in (1, 2):
            connection.sendall(f"GET /{number} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".encode())
            _, head, body = answer(connection)
            assert ("connection: keep-alive" in head, body) == (True, f"GET /{number} 0")


def test_large_header_is_refused() -> None:
    with server.in_thread(app) as running:
        assert send(running.url, request("/", headers=f"X: {140_000 * 'y'}\r\n"))[0] == 431


def test_endless_header_is_refused() -> None:
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        with suppress(ConnectionError):
            for _ in range(200):
                connection.sendall(b"y" * 1000)
                threading.Event().wait(0.0005)
        assert connection.recv(30).startswith(b"HTTP/1.1 431 ")


def test_endless_chunk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is all extension, so that its body would stay small."""
    monkeypatch.setattr(socket_features, "READ_MAXIMUM", 10)
    with server.in_thread(problem_app) as running, opened(running.url) as connection:
        connection.sendall(request("/", "POST", "Transfer-Encoding: chunked\r\n") + b"1;" + b"x" * 200_000)
        assert answer(connection)[2] == str(BodyProblem.TOO_LARGE)


def test_request_before_a_malformed_one_is_answered() -> None:
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(request("/first") + b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n")
        text = received(connection)
    assert (text.count(b"GET /first 0"), text.count(b"HTTP/1.1 400 Bad Request")) == (1, 1)


def test_few_names_of_headers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "_KEYS_MAXIMUM", 0)
    seen: dict[str, Any] = {}

    def record(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.update(environ)
        return app(environ, start_response)

    with server.in_thread(record) as running:
        send(running.url, request("/", headers="X-Never-Seen-Before: 1\r\nX_Under: 2\r\n"))
    assert (seen["HTTP_X_NEVER_SEEN_BEFORE"], "HTTP_X_UNDER" in seen) == ("1", False)

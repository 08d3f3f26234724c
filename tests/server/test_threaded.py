"""The threaded server beside HTTP: clients that leave or stall, apps that fail, and what runs out."""

import errno
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.gateway import socket_features
from mockserver.gateway.socket_features import BodyProblem
from mockserver.server import threaded
from tests.server import programs
from tests.server.programs import answer, opened, received, request, send
from tests.server.served import app

CLOSE = "Connection: close\r\n"


def reset(connection: socket.socket) -> None:
    """Close a connection so that the other side gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def problem_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An app that answers with what is wrong with the body of a request."""
    body = str(socket_features.body_problem(environ)).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.mark.parametrize(
    ("parts", "end"),
    [
        pytest.param([b"GET /\r\n\r\n"], b"400}", id="no version"),
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


@pytest.mark.parametrize("leave", [socket.socket.close, reset], ids=["closes", "resets"])
def test_app_can_see_that_its_client_has_left(leave: Callable[[socket.socket], None]) -> None:
    seen: list[bool] = []
    arrived, left, done = threading.Event(), threading.Event(), threading.Event()

    def watch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_gone = environ[socket_features.IS_GONE]
        seen.append(is_gone())
        arrived.set()
        assert left.wait(programs.PATIENCE)
        while not is_gone():
            pass
        seen.append(True)
        done.set()
        return app(environ, start_response)

    with server.in_thread(watch) as running:
        connection = opened(running.url)
        connection.sendall(request("/"))
        assert arrived.wait(programs.PATIENCE)
        leave(connection)
        left.set()
        assert done.wait(programs.PATIENCE)
    assert seen == [False, True]


def test_client_that_resets_while_it_is_read_is_left() -> None:
    with server.in_thread(app) as running:
        connection = opened(running.url)
        connection.sendall(b"GET / HT")
        reset(connection)
        assert send(running.url, request("/next"))[0] == 200


def test_app_that_fails_before_its_answer_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        raise RuntimeError("a secret of the app")

    with server.in_thread(fail) as running:
        status, _, body = send(running.url, request("/"))
    assert status == 500
    assert "secret" not in body
    assert "a request failed in the server" in caplog.messages


def test_app_that_fails_in_its_answer_breaks_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    """It cannot begin another answer by then."""

    def fail(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "10")])
        yield b"half"
        late: Any = (RuntimeError, RuntimeError("too late"), None)
        start_response("500 Failed", [], late)

    with server.in_thread(fail) as running, opened(running.url) as connection:
        connection.sendall(request("/"))
        assert received(connection).endswith(b"half")
    assert "a request failed in the server" in caplog.messages


def test_failed_connection_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("not foreseen")

    with server.in_thread(app) as running:
        with monkeypatch.context() as patch, opened(running.url) as connection:
            patch.setattr(threaded._Connection, "handle", fail)  # noqa: SLF001 (nothing foreseen gets this far)
            assert connection.recv(1) == b""
        assert send(running.url, request("/next"))[0] == 200
    assert "a connection failed" in caplog.messages


def test_no_more_connections_are_one_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    accept, failures = socketserver.TCPServer.get_request, iter(range(3))

    def exhausted(self: socketserver.TCPServer) -> Any:
        if next(failures, None) is not None:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(self)

    monkeypatch.setattr(socketserver.TCPServer, "get_request", exhausted)
    monkeypatch.setattr(threaded, "_ACCEPT_PAUSE", 0.01)
    with server.in_thread(app) as running:
        assert send(running.url, request("/"))[0] == 200
    assert caplog.messages == ["no connection can be accepted until others end: Too many open files"]


def test_other_errors_of_accepting_are_passed_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    accept, failures = socketserver.TCPServer.get_request, iter(range(1))

    def aborted(self: socketserver.TCPServer) -> Any:
        if next(failures, None) is not None:
            raise ConnectionAbortedError
        return accept(self)

    monkeypatch.setattr(socketserver.TCPServer, "get_request", aborted)
    with server.in_thread(app) as running:
        assert send(running.url, request("/"))[0] == 200
    assert caplog.messages == []


def test_connection_of_a_closed_server_serves_no_further_request() -> None:
    arrived, closed = threading.Event(), threading.Event()

    def wait(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        arrived.set()
        assert closed.wait(programs.PATIENCE)
        return app(environ, start_response)

    running = server.in_thread(wait)
    with opened(running.url) as connection:
        connection.sendall(request("/last"))
        assert arrived.wait(programs.PATIENCE)
        running.close()
        closed.set()
        assert answer(connection)[2] == "GET /last 0"
        assert connection.recv(1) == b""

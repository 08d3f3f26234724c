"""The server beside HTTP: clients that leave or stall, apps that fail, and what runs out."""

import errno
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import psutil
import pytest

from mockserver import server
from mockserver.gateway import socket_features
from mockserver.server import connection as connections
from mockserver.server.reader import Reader
from tests.server import programs
from tests.server.programs import answer, line, opened, received, request, reset, send
from tests.server.served import app

CLOSE = "Connection: close\r\n"


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


def test_client_that_resets_while_it_is_answered_is_left(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged, at whatever moment it leaves."""
    with server.in_thread(app) as running:
        for number in range(200):
            connection = opened(running.url)
            connection.sendall(request("/", headers=CLOSE))
            threading.Event().wait(number * 0.00002)
            reset(connection)
        assert send(running.url, request("/next"))[0] == 200
    assert caplog.messages == []


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
    def fail(*_: object) -> None:
        raise RuntimeError("not foreseen")

    with server.in_thread(app) as running:
        with monkeypatch.context() as patch:
            patch.setattr(Reader, "on_url", fail)
            with opened(running.url) as connection:
                connection.sendall(request("/"))
                assert connection.recv(1) == b""
        assert send(running.url, request("/next"))[0] == 200
    (message,) = caplog.messages
    assert message.startswith("a connection failed: Fatal error")


def test_no_more_connections_are_one_line_in_the_log() -> None:
    """As the system reports it: a server that may open few files, and more connections than that."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))"
    run = "import sys, runpy; sys.argv[1:] = ['0']; runpy.run_module('tests.server.served', {}, '__main__')"
    with programs.started("-c", f"{limited}; {run}") as program:
        url = line(program)
        connections = [opened(url) for _ in range(60)]
        before = psutil.Process(program.pid).cpu_times()
        threading.Event().wait(1.5)
        after = psutil.Process(program.pid).cpu_times()
        assert after.user + after.system - before.user - before.system < 0.5
        for connection in connections:
            connection.close()
        assert send(url, request("/"))[0] == 200
        program.terminate()
        code, _, err = programs.ended(program)
    assert (code, err) == (0, "no connection can be accepted until others end: Too many open files\n")


def chunks_app(size: int, count: int, sent: list[int]) -> Any:
    """An app that makes its answer in chunks, and tells how many were made and whether it was closed (-1)."""

    def stream() -> Iterator[bytes]:
        try:
            for number in range(count):
                sent.append(number)
                yield bytes(size)
        finally:
            sent.append(-1)

    def answer_in_chunks(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return stream()

    return answer_in_chunks


def test_answer_without_a_length_is_sent_in_chunks() -> None:
    with server.in_thread(chunks_app(3, 2, [])) as running, opened(running.url) as connection:
        connection.sendall(request("/", headers=CLOSE))
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == 2 * b"3\r\n\0\0\0\r\n" + b"0\r\n\r\n"


def test_answer_without_a_length_ends_an_http_1_0_connection() -> None:
    with server.in_thread(chunks_app(3, 2, [])) as running, opened(running.url) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert b"Connection: close" in head
    assert body == bytes(6)


def test_client_that_does_not_read_stops_the_making_of_its_answer() -> None:
    """Only some chunks are made ahead; once it leaves, the app is told."""
    sent: list[int] = []
    with server.in_thread(chunks_app(100_000, 1000, sent)) as running:
        with opened(running.url) as connection:
            connection.sendall(request("/"))
            assert connection.recv(1) == b"H"
            made = -1
            while made != len(sent):
                made = len(sent)
                threading.Event().wait(0.3)
            assert made < 200
            reset(connection)
        while sent[-1] != -1:
            threading.Event().wait(0.01)


def test_answer_of_204_has_no_type_and_no_length() -> None:
    def nothing(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("204 NO CONTENT", [("Content-Type", "text/html"), ("Content-Length", "0")])
        return [b""]

    with server.in_thread(nothing) as running, opened(running.url) as connection:
        connection.sendall(request("/", headers=CLOSE))
        head = received(connection).lower()
    assert head.startswith(b"http/1.1 204 no content\r\n")
    assert b"content-" not in head


def test_header_with_a_line_break_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    def split(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("X-A", "1\r\nX-B: 2")])
        return [b"body"]

    with server.in_thread(split) as running:
        status, head, _ = send(running.url, request("/"))
    assert status == 500
    assert "x-b" not in head
    assert "a request failed in the server" in caplog.messages


def test_answer_is_not_longer_than_declared() -> None:
    def long(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "4")])
        return [b"body and more"]

    with server.in_thread(long) as running, opened(running.url) as connection:
        connection.sendall(request("/") + request("/", headers=CLOSE))
        text = received(connection)
    assert text.count(b"\r\n\r\nbody") == 2
    assert b"more" not in text


@pytest.mark.parametrize("headers", ["", CLOSE], ids=["kept", "closed"])
@pytest.mark.parametrize("count", [0, 1, 50], ids=["whole", "one part", "many parts"])
def test_slow_client_gets_all_of_a_large_answer(monkeypatch: pytest.MonkeyPatch, headers: str, count: int) -> None:
    """It reads a little at a time, and takes longer than a client that reads nothing may."""
    monkeypatch.setattr(connections, "SEND_SECONDS", 1.0)
    size = 16_000_000

    def whole(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [bytes(size)]

    served = chunks_app(size // count, count, []) if count else whole
    with server.in_thread(served) as running, opened(running.url) as connection:
        connection.sendall(request("/", headers=headers))
        read = 0
        while read < size:
            piece = connection.recv(1_000_000)
            assert piece
            read += len(piece)
            threading.Event().wait(0.1)
        if not headers:
            connection.sendall(request("/", "HEAD", CLOSE))
            while connection.recv(1_000_000):
                pass


def test_connection_that_cannot_be_shut_down_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client has reset it, and the event loop has not seen that yet."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOTCONN, "not connected")

    with server.in_thread(app) as running, opened(running.url) as connection:
        monkeypatch.setattr(socket.socket, "shutdown", fail)
        connection.sendall(request("/", headers=CLOSE))
        assert received(connection).endswith(b"GET / 0")


def test_client_that_leaves_while_more_is_made_is_left() -> None:
    made, left, closed = threading.Event(), threading.Event(), threading.Event()

    def stream() -> Iterator[bytes]:
        try:
            yield b"first"
            made.set()
            assert left.wait(programs.PATIENCE)
            yield b"second"
        finally:
            closed.set()

    def slow(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return stream()

    with server.in_thread(slow) as running:
        connection = opened(running.url)
        connection.sendall(request("/"))
        assert made.wait(programs.PATIENCE)
        reset(connection)
        threading.Event().wait(0.1)
        left.set()
        assert closed.wait(programs.PATIENCE)


def test_app_that_fails_when_it_is_closed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Body:
        """A body whose close fails."""

        def __iter__(self) -> Iterator[bytes]:
            return iter((b"hi",))

        def close(self) -> None:
            raise RuntimeError("cannot close")

    def closing(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return Body()

    with server.in_thread(closing) as running:
        assert send(running.url, request("/"))[0] == 200
    assert "a request failed in the server" in caplog.messages


def test_app_learns_that_its_client_left_before_it_had_the_answer() -> None:
    """However the answer is made: at once, or in parts."""
    for size in (20_000_000, 65_536):
        abandoned, chunk = threading.Event(), bytes(size)

        def endless(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            environ[socket_features.ABANDONED] = abandoned.set  # noqa: B023 (called within the turn)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return iter(lambda: chunk, b"")  # noqa: B023 (as above)

        with server.in_thread(endless) as running:
            connection = opened(running.url)
            connection.sendall(request("/"))
            assert connection.recv(1) == b"H"
            assert not abandoned.is_set()
            reset(connection)
            assert abandoned.wait(programs.PATIENCE)


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

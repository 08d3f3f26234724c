"""HTTP/1.1, byte by byte: many requests on one connection, and bodies of all forms."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from mockserver import server
from mockserver.server import connection as connections
from tests.server.programs import answer, opened, received, request, send
from tests.server.served import app

CHUNKED = "Transfer-Encoding: chunked\r\n"
CLOSE = "Connection: close\r\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a server answers."""
    with server.in_thread(app) as running:
        yield running.url


def test_connection_serves_many_requests(url: str) -> None:
    with opened(url) as connection:
        for number in range(5):
            connection.sendall(request(f"/{number}"))
            status, head, body = answer(connection)
            assert (status, body) == (200, f"GET /{number} 0")
            assert "connection: close" not in head


def test_requests_sent_at_once_are_answered_in_order(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(request("/1") + request("/2") + request("/3", headers=CLOSE))
        text = received(connection)
    assert [text.index(f"GET /{number} 0".encode()) for number in (1, 2, 3)] == sorted(
        text.index(f"GET /{number} 0".encode()) for number in (1, 2, 3)
    )


def test_connection_is_closed_on_request(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(request("/", headers=CLOSE))
        assert b"\r\nconnection: close\r\n" in received(connection).lower()


def test_http_1_0_connection_is_closed(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(b"GET /old HTTP/1.0\r\n\r\n")
        assert received(connection).endswith(b"GET /old 0")


def test_client_that_waits_gets_one_100_continue(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(request("/echo", "POST", "Expect: 100-continue\r\nContent-Length: 4\r\n" + CLOSE))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"body")
        text = received(connection)
    assert b"100 Continue" not in text
    assert b"200 OK" in text
    assert text.count(b"<") == 1


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(b"4\r\nbody\r\n0\r\n\r\n", id="one chunk"),
        pytest.param(b"2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n", id="two chunks"),
        pytest.param(b'4;name="a;b"\r\nbody\r\n0;last\r\n\r\n', id="extensions"),
        pytest.param(b"4\r\nbody\r\n0\r\nX-Checksum: 1\r\nX-More: 2\r\n\r\n", id="trailers"),
    ],
)
def test_chunked_body_is_read_to_its_end(url: str, chunks: bytes) -> None:
    with opened(url) as connection:
        connection.sendall(request("/echo", "POST", CHUNKED) + chunks + request("/next", headers=CLOSE))
        text = received(connection)
    assert b"<" in text
    assert b"body" in text
    assert text.endswith(b"GET /next 0")


def test_unread_body_does_not_spoil_the_next_request(url: str) -> None:
    with opened(url) as connection:
        connection.sendall(request("/unread", "PATCH", "Content-Length: 10000\r\n") + bytes(10_000))
        assert answer(connection)[2] == "PATCH /unread 0"
        connection.sendall(request("/next"))
        assert answer(connection)[2] == "GET /next 0"


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        pytest.param(b"GET /\r\n\r\n", {400}, id="no version"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", {400}, id="a length that is no number"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: a\r\n" + CHUNKED.encode() + b"\r\nx\r\n", {200, 400}, id="no chunk"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: wishful\r\n\r\n", {400, 501}, id="an encoding"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n" + 200_000 * b"X: y\r\n", {400, 431}, id="a million headers"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300), {400}, id="TLS"),
    ],
)
def test_malformed_request_is_refused_and_the_server_lives(url: str, raw: bytes, statuses: set[int]) -> None:
    with opened(url) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            text = received(connection)
        except OSError:
            text = b""
    assert not text or int(text.split()[1]) in statuses
    assert b"Traceback" not in text
    assert send(url, request("/next"))[0] == 200


def test_slow_clients_do_not_block_others(url: str) -> None:
    """Hundreds of them: with half a head, or with a whole one and no body."""
    half = [opened(url) for _ in range(300)]
    try:
        for connection in half:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert send(url, request("/quick"))[2] == "GET /quick 0"
    finally:
        for connection in half:
            connection.close()


def test_half_a_head_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.05)
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost")
        assert received(connection).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_idle_connection_is_closed_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.05)
    with server.in_thread(app) as running, opened(running.url) as connection:
        assert received(connection) == b""


@pytest.mark.parametrize("sends_no_more", [False, True], ids=["open", "half-closed"])
def test_client_that_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch, *, sends_no_more: bool) -> None:
    monkeypatch.setattr(connections, "SEND_SECONDS", 0.05)
    large = 50_000_000

    def flood(_: object, start_response: object) -> list[bytes]:
        assert callable(start_response)
        start_response("200 OK", [("Content-Length", str(large))])
        return [bytes(large)]

    with server.in_thread(flood) as running, opened(running.url) as connection:
        connection.sendall(request("/"))
        if sends_no_more:
            connection.shutdown(socket.SHUT_WR)
        threading.Event().wait(0.5)
        data = b""
        with suppress(ConnectionError):
            data = received(connection)
    assert len(data) < large


def test_closing_the_server_closes_idle_connections() -> None:
    with server.in_thread(app) as running, opened(running.url) as connection:
        connection.sendall(request("/"))
        answer(connection)
        running.close()
        assert connection.recv(1) == b""

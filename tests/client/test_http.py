"""Tests of the transport: connections that are kept, closed, proxied, interrupted or never answered."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse

import pytest

from analytics_mockserver.client import HttpTransport, NoAnswer, Response
from analytics_mockserver.client.http import is_loopback

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Behavior = Callable[[socket.socket, int], None]
"""What a server does with a connection; the number counts the connections from 1."""


@contextmanager
def listening(behave: Behavior) -> Iterator[str]:
    """A server that handles each connection with `behave`; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            number = 0
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                number += 1
                threading.Thread(target=behave, args=(connection, number), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def answer_forever(connection: socket.socket, _: int) -> None:
    """Answer every request on a connection that stays open."""
    with connection:
        while connection.recv(65536):
            connection.sendall(OK)


def answer_once(connection: socket.socket, _: int) -> None:
    """Answer one request, then close the connection without saying so."""
    with connection:
        connection.recv(65536)
        connection.sendall(OK)


def get(transport: HttpTransport, path: str = "/", method: str = "GET") -> Response:
    return transport(method, path, {}, b"")


def test_connection_is_kept_between_requests() -> None:
    opened: list[int] = []

    def behave(connection: socket.socket, number: int) -> None:
        opened.append(number)
        answer_forever(connection, number)

    with listening(behave) as url, closing(HttpTransport(url)) as transport:
        assert [get(transport).text for _ in range(3)] == ["ok"] * 3
    assert opened == [1]


def test_values_of_a_repeated_header_are_joined() -> None:
    def behave(connection: socket.socket, _: int) -> None:
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 503 No\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n")

    with listening(behave) as url, closing(HttpTransport(url)) as transport:
        assert get(transport).headers == {"x-a": "1, 2", "content-length": "0"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_connection_closed_while_idle_is_replaced(method: str) -> None:
    with listening(answer_once) as url, closing(HttpTransport(url)) as transport:
        assert get(transport).status == 200
        kept: HTTPConnection = transport._open[threading.current_thread()]  # noqa: SLF001 (waiting for its end)
        kept.sock.settimeout(5)
        assert kept.sock.recv(1, socket.MSG_PEEK) == b""
        assert get(transport, method=method).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_request_is_sent_twice(method: str) -> None:
    """The server closes a kept connection at the very moment at which a request arrives."""
    received: list[bytes] = []

    def behave(connection: socket.socket, _: int) -> None:
        with connection:
            received.append(connection.recv(65536))
            connection.sendall(OK)
            received.append(connection.recv(65536))

    with listening(behave) as url, closing(HttpTransport(url)) as transport:
        get(transport)
        with pytest.raises(NoAnswer, match="gives no whole answer"):
            get(transport, method=method)
    assert len(received) == 2


def test_missing_server_gives_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoAnswer, match=f"^no server can be reached at http://127.0.0.1:{port}: Connection refused$"):
        get(HttpTransport(f"http://127.0.0.1:{port}"))


def test_silent_server_is_given_up_after_the_timeout() -> None:
    def behave(connection: socket.socket, _: int) -> None:
        with connection:
            while connection.recv(65536):
                pass

    with (
        listening(behave) as url,
        closing(HttpTransport(url, timeout=0.05)) as transport,
        pytest.raises(NoAnswer, match=r"sent nothing for 0\.05 s"),
    ):
        get(transport)


def test_answer_that_ends_early_is_no_answer() -> None:
    def behave(connection: socket.socket, _: int) -> None:
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf")

    with (
        listening(behave) as url,
        closing(HttpTransport(url)) as transport,
        pytest.raises(NoAnswer, match="gives no whole answer"),
    ):
        get(transport)


def test_interrupted_answer_does_not_disturb_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(answer_forever) as url, closing(HttpTransport(url)) as transport:
        with monkeypatch.context() as patch:
            patch.setattr(HTTPResponse, "read", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                get(transport)
        assert get(transport).text == "ok"


def test_threads_have_connections_of_their_own() -> None:
    opened: list[int] = []

    def behave(connection: socket.socket, number: int) -> None:
        opened.append(number)
        answer_forever(connection, number)

    with listening(behave) as url, closing(HttpTransport(url)) as transport:
        threads = [threading.Thread(target=get, args=(transport,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(opened) == [1, 2, 3, 4]


def test_connection_of_an_ended_thread_is_closed() -> None:
    with listening(answer_forever) as url, closing(HttpTransport(url)) as transport:
        thread = threading.Thread(target=get, args=(transport,))
        thread.start()
        thread.join()
        get(transport)
        assert [*transport._open] == [threading.current_thread()]  # noqa: SLF001 (nothing else shows it)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST", "mock.localhost", "0.0.0.0"])
def test_no_proxy_is_used_for_a_loopback_address(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "")
    assert HttpTransport(f"http://{host}:80")._proxy is None  # noqa: SLF001 (no network is needed)
    assert HttpTransport(f"https://{host}:80")._proxy is None  # noqa: SLF001 (no network is needed)


def test_other_hosts_are_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    targets: list[bytes] = []

    def behave(connection: socket.socket, _: int) -> None:
        with connection:
            targets.append(connection.recv(65536).split(b"\r\n")[0])
            connection.sendall(OK)

    with listening(behave) as proxy:
        monkeypatch.setenv("http_proxy", proxy.removeprefix("http://"))
        monkeypatch.setenv("no_proxy", "inside.example")
        with closing(HttpTransport("http://mock.example:8080/below")) as transport:
            get(transport, "/path?query=1")
        assert targets == [b"GET http://mock.example:8080/below/path?query=1 HTTP/1.1"]
        assert HttpTransport("http://inside.example")._proxy is None  # noqa: SLF001 (no network is needed)


def test_https_goes_through_the_proxy_as_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    targets: list[bytes] = []

    def behave(connection: socket.socket, _: int) -> None:
        with connection:
            targets.append(connection.recv(65536).split(b"\r\n")[0])
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    with listening(behave) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        with pytest.raises(NoAnswer, match="403"):
            get(HttpTransport("https://mock.example"))
    assert targets[0].startswith(b"CONNECT mock.example:443")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://127.0.0.1", "http://"])
def test_invalid_url_is_rejected(url: str) -> None:
    with pytest.raises(ValueError, match="is not the URL of a server"):
        HttpTransport(url)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.9.9.9", True), ("::1", True), ("::", True), ("10.0.0.1", False), ("acme", False)]
)
def test_loopback_is_recognized_by_address_or_name(host: str, expected: bool) -> None:  # noqa: FBT001 (a table)
    assert is_loopback(host) is expected

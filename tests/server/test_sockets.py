"""The socket: a taken port has its own error, and the URL reaches it."""

import socket

import pytest

from mockserver.server import sockets


def test_port_0_is_a_free_port() -> None:
    with sockets.listen("127.0.0.1", 0) as one, sockets.listen("127.0.0.1", 0) as other:
        assert sockets.url("127.0.0.1", one) != sockets.url("127.0.0.1", other)


def test_taken_port_error_has_advice() -> None:
    with sockets.listen("127.0.0.1", 0) as first, pytest.raises(sockets.PortTaken, match="choose another port"):
        sockets.listen("127.0.0.1", first.getsockname()[1])


def test_foreign_address_is_not_a_taken_port() -> None:
    with pytest.raises(OSError, match="assign") as caught:
        sockets.listen("192.0.2.7", 0)
    assert not isinstance(caught.value, sockets.PortTaken)


def test_answers_are_not_delayed_by_acknowledgements() -> None:
    with sockets.listen("127.0.0.1", 0) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("host", "start"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://localhost:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::", "http://[::1]:"),
        ("::1", "http://[::1]:"),
    ],
)
def test_url_reaches_the_socket(host: str, start: str) -> None:
    with sockets.listen("127.0.0.1", 0) as listening:
        assert sockets.url(host, listening) == f"{start}{listening.getsockname()[1]}"

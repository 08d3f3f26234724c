"""Promises about the socket: a taken port has its own error, and a URL can be asked for as it is."""

import socket

import pytest

from mockserver.server import sockets


def test_port_0_is_a_free_port() -> None:
    with sockets.listen("127.0.0.1", 0) as one, sockets.listen("127.0.0.1", 0) as other:
        assert sockets.url("127.0.0.1", one) != sockets.url("127.0.0.1", other)


def test_a_taken_port_says_what_to_do() -> None:
    with sockets.listen("127.0.0.1", 0) as first, pytest.raises(sockets.PortTaken, match="choose another port"):
        sockets.listen("127.0.0.1", first.getsockname()[1])


def test_an_address_of_another_machine_is_no_taken_port() -> None:
    with pytest.raises(OSError, match="assign") as caught:
        sockets.listen("192.0.2.7", 0)
    assert not isinstance(caught.value, sockets.PortTaken)


def test_answers_are_not_held_back_for_an_acknowledgement() -> None:
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
def test_a_url_reaches_the_socket_from_this_machine(host: str, start: str) -> None:
    with sockets.listen("127.0.0.1", 0) as listening:
        assert sockets.url(host, listening) == f"{start}{listening.getsockname()[1]}"

"""The sockets: a taken port has its own error, the URL reaches them, and IPv4 and IPv6 are served together."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from mockserver.server import sockets
from mockserver.server.running import Running
from tests.server import programs
from tests.server.programs import line, opened, request, send
from tests.server.served import app


def has_ipv6() -> bool:
    """Whether this machine has the address ::1."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


HERE = ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]
"""The loopback addresses of this machine."""


@pytest.fixture
def opened_sockets() -> Iterator[ExitStack]:
    """Closes at the end of a test what was entered."""
    with ExitStack() as stack:
        yield stack


def listen(stack: ExitStack, host: str, port: int = 0) -> list[socket.socket]:
    """Listening sockets that are closed with the test."""
    return [stack.enter_context(each) for each in sockets.listen(host, port)]


def port_of(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def reaches(address: str, port: int) -> bool:
    """Whether a connection to an address is accepted."""
    try:
        socket.create_connection((address, port), timeout=programs.PATIENCE).close()
    except OSError:
        return False
    return True


def test_port_0_is_a_free_port(opened_sockets: ExitStack) -> None:
    [one], [other] = (listen(opened_sockets, "127.0.0.1") for _ in range(2))
    assert sockets.url("127.0.0.1", one) != sockets.url("127.0.0.1", other)


def test_taken_port_error_has_advice(opened_sockets: ExitStack) -> None:
    [first] = listen(opened_sockets, "127.0.0.1")
    with pytest.raises(sockets.PortTaken, match="choose another port"):
        sockets.listen("127.0.0.1", port_of(first))


def test_foreign_address_is_not_a_taken_port() -> None:
    with pytest.raises(OSError, match="assign") as caught:
        sockets.listen("192.0.2.7", 0)
    assert not isinstance(caught.value, sockets.PortTaken)


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
def test_url_reaches_the_socket(opened_sockets: ExitStack, host: str, start: str) -> None:
    [listening] = listen(opened_sockets, "127.0.0.1")
    assert sockets.url(host, listening) == f"{start}{port_of(listening)}"


REACHED = {"localhost": HERE, "LOCALHOST": HERE, "127.0.0.1": HERE[:1], "0.0.0.0": HERE[:1]}
REACHED |= {"::": HERE, "::1": HERE[1:]} if HERE[1:] else {}


@pytest.mark.parametrize(("host", "reached"), REACHED.items())
def test_localhost_and_all_addresses_are_of_both_families(
    opened_sockets: ExitStack, host: str, reached: list[str]
) -> None:
    port = port_of(listen(opened_sockets, host)[0])
    assert [address for address in ("127.0.0.1", "::1") if reaches(address, port)] == reached


@pytest.mark.parametrize("address", HERE)
def test_port_must_be_free_for_both_families(opened_sockets: ExitStack, address: str) -> None:
    [taken] = listen(opened_sockets, address)
    with pytest.raises(sockets.PortTaken, match=f"port {port_of(taken)} on {address} is taken by another program"):
        sockets.listen("localhost", port_of(taken))
    assert [each for each in HERE if reaches(each, port_of(taken))] == [address]


Address = tuple[str, int]


class System:
    """In place of the system's sockets: some have no ::1, or a taken port there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *errors: int) -> None:
        self.tried: list[Address] = []
        self._errors = list(errors)
        self._create = socket.create_server
        monkeypatch.setattr(socket, "create_server", self._create_server)

    def _create_server(self, address: Address, *, family: int, **more: Any) -> socket.socket:
        self.tried.append(address)
        if address[0] != "::1":
            return self._create(address, family=family, **more)
        if self._errors:
            raise OSError(self._errors.pop(0), "no")
        return self._create(("127.0.0.2", address[1]), backlog=more["backlog"])  # Works without IPv6, too.


@pytest.mark.parametrize("error", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_localhost_is_one_address_without_ipv6(
    opened_sockets: ExitStack, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    System(monkeypatch, error)
    [only] = listen(opened_sockets, "localhost")
    assert only.getsockname()[0] == "127.0.0.1"


def test_free_port_is_free_for_both_families(opened_sockets: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    system = System(monkeypatch, errno.EADDRINUSE, errno.EADDRINUSE)
    one, other = listen(opened_sockets, "localhost")
    assert port_of(one) == port_of(other) == system.tried[-1][1]
    assert [address for address, _ in system.tried] == ["127.0.0.1", "::1"] * 3


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    System(monkeypatch, errno.EACCES)
    with pytest.raises(PermissionError):
        sockets.listen("localhost", 0)


def test_server_answers_on_every_socket() -> None:
    listening = [*sockets.listen("127.0.0.1", 0), *sockets.listen("127.0.0.1", 0)]
    urls = [sockets.url("127.0.0.1", each) for each in listening]
    with Running(app, listening, 2) as running:
        assert running.url == urls[0]
        assert [send(url, request("/x"))[2] for url in urls] == ["GET /x 0"] * 2
    for url in urls:
        with pytest.raises(ConnectionRefusedError):
            opened(url)


@pytest.mark.parametrize("host", ["localhost", "::"] if HERE[1:] else ["localhost"])
def test_command_serves_both_families(host: str) -> None:
    flags = ("--host", host, "--port", "0", "--json", "--admin-token", "s")
    with programs.started("-m", "mockserver", "serve", *flags) as program:
        port = line(program).partition('", "pid"')[0].rpartition(":")[2]
        for address in HERE:
            netloc = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            assert send(f"http://{netloc}", request("/_mock/health"))[0] == 200


def test_command_serves_localhost() -> None:
    with programs.started("-m", "mockserver", "serve", "--host", "localhost", "--port", "0") as program:
        url = line(program).split()[2].rstrip(";")
        assert url.startswith("http://localhost:")
        assert send(url, request("/_mock/health"))[0] == 200
        program.terminate()
        assert programs.ended(program)[0] == 0


@pytest.mark.parametrize("host", ["::1", "[::1]"] if HERE[1:] else [])
def test_loopback_of_ipv6_needs_no_admin_token(host: str) -> None:
    with programs.started("-m", "mockserver", "serve", "--host", host, "--port", "0") as program:
        url = line(program).split()[2].rstrip(";")
        assert url.startswith("http://[::1]:")
        sent = request("/_mock/clock").replace(b"Host: 127.0.0.1", f"Host: {url.removeprefix('http://')}".encode())
        assert send(url, sent)[0] == 200


@pytest.mark.linux("several workers need Linux")
def test_reserved_port_is_taken_for_others_and_accepts_nothing() -> None:
    with sockets.reserve("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(sockets.PortTaken):
            sockets.listen("127.0.0.1", port)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        for each in sockets.listen("localhost", port, shared=True):
            each.close()


@pytest.mark.linux("several workers need Linux")
def test_port_that_another_program_takes_meanwhile_is_not_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(sockets, "listen", lambda *_: [other.dup()])
        with pytest.raises(OSError, match="Address already in use"):
            sockets.reserve("127.0.0.1", 0)

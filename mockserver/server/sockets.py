"""The sockets that a server listens on, its URL, and an option of sockets. `running` accepts the connections."""

import errno
import socket

BACKLOG = 1024
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only looked up, not bound
"""Addresses that can be bound but not requested, and the address that reaches them from this machine."""

_CORK: int | None = getattr(socket, "TCP_CORK", None)

_NO_IPV6 = frozenset((errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT))
"""The errors of a system without IPv6, or without ::1."""


class PortTaken(OSError):
    """Another program listens on the port; the text says which port, and what to do."""


def listen(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Listening sockets, all on one port; port 0 picks a free one. PortTaken, or OSError for any other error.

    If it is shared, other processes of this user may listen on the port too, where they share it as well.

    There is one socket for an address or name; `::` takes IPv4 too where the system can. For `localhost`, there is one
    for 127.0.0.1 and one for ::1, unless the system has no IPv6: clients try these addresses in either order.
    """
    if host.lower() != "localhost":
        return [_listen(host, port, shared=shared)]
    first = _listen("127.0.0.1", port, shared=shared)
    try:
        return [first, _listen("::1", first.getsockname()[1], shared=shared)]
    except OSError as error:
        if error.errno in _NO_IPV6:
            return [first]
        first.close()
        if port == 0 and isinstance(error, PortTaken):
            return listen(host, port, shared=shared)  # The port that was free for IPv4 is not for IPv6: pick another.
        raise


def reserve(host: str, port: int) -> socket.socket:
    """A socket that holds a port for processes that share it, and accepts nothing. The errors of `listen`."""
    opened = listen(host, port)  # A port that is shared by others counts as taken.
    family, address = opened[0].family, opened[0].getsockname()
    for each in opened:
        each.close()
    held = socket.socket(family)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
    except OSError:
        held.close()
        raise
    return held


def _listen(host: str, port: int, *, shared: bool) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    dual = address[0] == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(address[:2], family=family, backlog=BACKLOG, reuse_port=shared, dualstack_ipv6=dual)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(
            f"port {port} on {host} is taken by another program; stop it, or choose another port with --port "
            "(0 picks a free one)"
        ) from error


def hold_until_end(sock: socket.socket) -> None:
    """Have the system send the rest of what is written together with the end of the connection, if it can (Linux)."""
    if _CORK is not None:
        sock.setsockopt(socket.IPPROTO_TCP, _CORK, 1)


def url(host: str, listening: socket.socket) -> str:
    """The URL at which a socket bound for a host is reached from this machine."""
    name = _EVERYWHERE.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listening.getsockname()[1]}"

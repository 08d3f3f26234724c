"""The socket that a server listens on, and its URL. Connections are accepted by the servers, each in its own way."""

import errno
import socket

BACKLOG = 1024
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only looked up, not bound
"""Addresses that can be bound but not requested, and the address that reaches them from this machine."""


class PortTaken(OSError):
    """Another program listens on the port; the text says which port, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free port. Raises PortTaken, or OSError for any other error of the system."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    try:
        listening = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(
            f"port {port} on {host} is taken by another program; stop it, or choose another port with --port "
            "(0 picks a free one)"
        ) from error
    # Connections inherit it. Without it, a client's delayed acknowledgement holds some or all answers back for 40 ms
    # (measured with granian: 580 answers a second became 3,400, and the p99 of 45 ms became 4 ms).
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url(host: str, listening: socket.socket) -> str:
    """The URL at which a socket bound for a host is reached from this machine."""
    name = _EVERYWHERE.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listening.getsockname()[1]}"

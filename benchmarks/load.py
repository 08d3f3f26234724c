"""A load generator for one URL: each persistent connection sends the next request as soon as it has an answer."""

import re
import selectors
import socket
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


@dataclass(slots=True)
class _Connection:
    """A connection, and the number of missing bytes of the answer; None before the head has been read."""

    socket: socket.socket
    missing: int | None = None

    def read(self) -> bool:
        """Read the available bytes; return True when an answer is complete."""
        received = self.socket.recv(1 << 18)
        if self.missing is None:
            head, _, body = received.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            assert found is not None, "the head arrives in one piece and has a Content-Length"
            assert head.startswith(b"HTTP/1.1 200"), head
            self.missing = int(found[1]) - len(body)
        else:
            self.missing -= len(received)
        if self.missing:
            return False
        self.missing = None
        return True


def rate(url: str, path: str, token: str, connections: int, seconds: float) -> float:
    """Return the number of answers per second."""
    parts = urlsplit(url)
    lines = (f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: Bearer {token}", "", "")
    request = "\r\n".join(lines).encode()
    waiting, answered = selectors.DefaultSelector(), 0
    for _ in range(connections):
        connected = socket.create_connection((str(parts.hostname), int(parts.port or 80)))
        waiting.register(connected, selectors.EVENT_READ, _Connection(connected))
        connected.sendall(request)
    start = perf_counter()
    while (elapsed := perf_counter() - start) < seconds:
        for key, _events in waiting.select():
            connection: _Connection = key.data
            if connection.read():
                answered += 1
                connection.socket.sendall(request)
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    return answered / elapsed

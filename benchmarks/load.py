"""A load on one URL: connections that are kept open, each asking again as soon as it is answered."""

import re
import selectors
import socket
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


@dataclass(slots=True)
class _Connection:
    """One connection and what is still to come of its answer; None before the answer's head was read."""

    socket: socket.socket
    missing: int | None = None

    def read(self) -> bool:
        """Read what is there; True when an answer is complete."""
        got = self.socket.recv(1 << 18)
        if self.missing is None:
            head, _, body = got.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            assert found is not None, "an answer's head comes in one piece and says its length"
            assert head.startswith(b"HTTP/1.1 200"), head
            self.missing = int(found[1]) - len(body)
        else:
            self.missing -= len(got)
        if self.missing:
            return False
        self.missing = None
        return True


def rate(url: str, path: str, token: str, connections: int, seconds: float) -> float:
    """Answers a second."""
    place = urlsplit(url)
    lines = (f"GET {path} HTTP/1.1", f"Host: {place.netloc}", f"Authorization: Bearer {token}", "", "")
    request = "\r\n".join(lines).encode()
    waiting, answered = selectors.DefaultSelector(), 0
    for _ in range(connections):
        opened = socket.create_connection((str(place.hostname), int(place.port or 80)))
        waiting.register(opened, selectors.EVENT_READ, _Connection(opened))
        opened.sendall(request)
    start = perf_counter()
    while (taken := perf_counter() - start) < seconds:
        for key, _events in waiting.select():
            connection: _Connection = key.data
            if connection.read():
                answered += 1
                connection.socket.sendall(request)
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    return answered / taken

"""A plain client of several servers: one after another, and another one where a connection fails before an answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any, NamedTuple

from tests.store.chaos_steps import Step
from tests.store.served_process import ServedProcess

TIMEOUT = 120
"""Seconds after which a server counts as stuck; far beyond any pause."""

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "server", "transfer-encoding"})
"""Headers that a server or a balancer on the way has of its own."""


class Unreached(Exception):
    """No connection could be opened: nobody has got the request."""


class Cut(Exception):
    """A connection failed before the answer: the request may have been handled, or not."""


class Answer(NamedTuple):
    """What is compared of an answer, and from which life of which server it is."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    origin: tuple[int, int]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class _Opened:
    connection: HTTPConnection
    life: int


class RoundRobin:
    """The connections of one thread. `port` is where all requests go, in place of the servers' own ports."""

    def __init__(self, servers: Sequence[ServedProcess], port: int | None = None) -> None:
        self._servers = servers
        self._port = port
        self._opened: dict[int, _Opened] = {}
        self._turns = count()

    def once(self, step: Step, token: str | None, path: str) -> Answer:
        """Send a request to the server whose turn it is; Unreached or Cut where there is no answer."""
        index = next(self._turns) % len(self._servers)
        opened = self._opened.pop(index, None) or self._open(index)
        content = None if step.body is None else json.dumps(step.body).encode()
        headers = {} if content is None else {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            opened.connection.request(step.method, path, content, headers)
            response = opened.connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            opened.connection.close()
            raise Cut(str(error)) from error
        self._opened[index] = opened
        if response.status == 502 and response.getheader("Content-Type") == "text/html":
            raise Cut("the balancer has lost its server")
        found = tuple(sorted((name, value) for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP))
        return Answer(response.status, found, body, (index, opened.life))

    def get(self, path: str) -> Answer:
        """The answer of the control plane to a GET request, from whichever server gives one."""
        while True:
            try:
                return self.once(Step("GET", path), None, path)
            except (Unreached, Cut):
                continue

    def close(self) -> None:
        """Close every connection."""
        for each in self._opened.values():
            each.connection.close()

    def _open(self, index: int) -> _Opened:
        server = self._servers[index]
        life = server.lives
        connection = HTTPConnection("127.0.0.1", self._port or server.port, timeout=TIMEOUT)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise Unreached(str(error)) from error
        return _Opened(connection, life)

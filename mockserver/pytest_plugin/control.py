"""Answers what the control plane says to a test: JSON there and back, with refusals and silences as exceptions.

How bytes come to the server stays out (`wire`, `in_process`), and so does what is asked.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from mockserver.pytest_plugin import bodies
from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused

StatusText = Callable[[], str]
"""What is known of a server that does not answer."""

TOKEN_PATH = "/api/rest/oauth2/token"  # noqa: S105 (a path)
"""Where the Console's clients get their access tokens, as openapi/jetbrains-console.yaml has it."""


class NoResponse(Exception):
    """No answer came; the text says how that showed."""


class Transport(Protocol):
    """A way to the server: sends one request and gives its status and body, or raises Silent."""

    def __call__(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One request; `path` begins with a slash and has the query in it."""


class Control:
    """One server's control plane. Once the server was silent it is not asked again: every call says the same."""

    def __init__(self, line: Transport, url: str, admin_token: str | None, fate: StatusText) -> None:
        self._line = line
        self._url = url
        self._headers = {} if admin_token is None else {"Authorization": f"Bearer {admin_token}"}
        self._fate = fate
        self._gone: str | None = None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """What a resource below /_mock answers, decoded; None for an answer without a body."""
        __tracebackhide__ = True
        sent = b"" if body is None else bodies.written(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        status, answered = self._asked(method, f"/_mock{path}", sent, {**self._headers, **kind})
        told = _decoded(status, answered)
        if status >= 400:
            raise MockserverRefused(status, _detail(told))
        return told

    def access_token(self, client_id: str, client_secret: str) -> str:
        """An access token for a client of the Console, from its token endpoint like any client's."""
        __tracebackhide__ = True
        shown = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {shown}", "Content-Type": "application/x-www-form-urlencoded"}
        status, answered = self._asked("POST", TOKEN_PATH, b"grant_type=client_credentials", headers)
        if status != 200:
            raise MockserverRefused(status, f"no access token for {client_id}: {answered.decode(errors='replace')}")
        token: str = json.loads(answered)["access_token"]
        return token

    def _asked(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        __tracebackhide__ = True
        if self._gone is not None:
            raise MockserverGone(self._gone)
        try:
            return self._line(method, path, body, headers)
        except NoResponse as silent:
            self._gone = f"the mock server at {self._url} does not answer ({silent}): {self._fate()}"
            raise MockserverGone(self._gone) from None


def _decoded(status: int, answered: bytes) -> Any:
    try:
        return json.loads(answered) if answered else None
    except ValueError:
        if status < 400:
            raise MockserverRefused(status, f"an answer that is not JSON: {answered[:200]!r}") from None
        return None


def _detail(told: Any) -> str:
    return str(told["detail"]) if isinstance(told, dict) and "detail" in told else "without a word of why"

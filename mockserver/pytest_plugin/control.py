"""Requests to the control plane and to token endpoints, with a plugin exception for each failure."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlsplit

from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused

TIMEOUT = 10.0
"""Seconds after which a server counts as gone; it usually responds within milliseconds."""

StatusText = Callable[[], str]
"""Returns what is known about a server that does not respond."""


class NoResponse(Exception):
    """No response arrived; the message says how that showed."""


class Transport(Protocol):
    """Sends one request and returns the response's status and body; raises NoResponse without one."""

    def __call__(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Send one request; `path` begins with a slash and includes the query."""


class HttpTransport:
    """Requests to the server at a URL, each on a connection of its own. Proxies of the environment are not used."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port
        self._prefix = parts.path
        self._connection_type = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._timeout = timeout

    def __call__(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Send one request; NoResponse if nobody listens, or without a response in time."""
        connection = self._connection_type(self._host, self._port, timeout=self._timeout)
        try:
            connection.request(method, self._prefix + path, body or None, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        except TimeoutError:
            raise NoResponse(f"no response within {self._timeout:g} s") from None
        except (OSError, HTTPException) as error:
            raise NoResponse(str(error) or type(error).__name__) from None
        finally:
            connection.close()


class ControlPlane:
    """The control plane of a server. After a request without a response, all later calls fail at once, alike."""

    def __init__(self, transport: Transport, url: str, admin_token: str | None, status_text: StatusText) -> None:
        self._transport = transport
        self._url = url
        self._headers = {} if admin_token is None else {"Authorization": f"Bearer {admin_token}"}
        self._status_text = status_text
        self._gone: str | None = None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded response of a resource below /_mock; None for a response without a body."""
        __tracebackhide__ = True
        sent = b"" if body is None else to_json(body)
        content_type = {} if body is None else {"Content-Type": "application/json"}
        status, received = self._send(method, f"/_mock{path}", sent, {**self._headers, **content_type})
        decoded = _decode(status, received)
        if status >= 400:
            raise MockserverRefused(status, _detail(decoded))
        return decoded

    def access_token(self, path: str, client_id: str, client_secret: str) -> str:
        """An access token from a vendor's token endpoint."""
        __tracebackhide__ = True
        credentials = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"}
        status, received = self._send("POST", path, b"grant_type=client_credentials", headers)
        if status != 200:
            raise MockserverRefused(status, f"no access token for {client_id}: {received.decode(errors='replace')}")
        token: str = json.loads(received)["access_token"]
        return token

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        __tracebackhide__ = True
        if self._gone is not None:
            raise MockserverGone(self._gone)
        try:
            return self._transport(method, path, body, headers)
        except NoResponse as error:
            self._gone = f"the mock server at {self._url} does not respond ({error}): {self._status_text()}"
            raise MockserverGone(self._gone) from None


def to_json(body: Any) -> bytes:
    """JSON, with times in RFC 3339."""
    return json.dumps(body, default=_json_value).encode()


def _json_value(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise TypeError(
            f"{value!r} has no time zone, so its meaning depends on the machine; add one, as in "
            "datetime(2026, 11, 2, 10, tzinfo=UTC)"
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} cannot be sent to the mock server: it has no representation in JSON")


def _decode(status: int, received: bytes) -> Any:
    try:
        return json.loads(received) if received else None
    except ValueError:
        if status < 400:
            raise MockserverRefused(status, f"the response is not JSON: {received[:200]!r}") from None
        return None


def _detail(decoded: Any) -> str:
    return str(decoded["detail"]) if isinstance(decoded, dict) and "detail" in decoded else "no reason given"

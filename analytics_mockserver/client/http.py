"""HTTP requests to a server: one whole answer for each, or an exception that gives the reason why there is none."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from ipaddress import ip_address
from selectors import EVENT_READ, DefaultSelector
from socket import gaierror
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from flask import Flask

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback

TIMEOUT = 60.0
"""Seconds without a byte after which a server counts as gone, unless a client has another limit."""

_CHUNK, _SLOWEST = 65536, 10


class NoAnswer(Exception):
    """No whole answer came: the server cannot be reached, or the connection ended early. The text has the reason."""


class AnswerTooLarge(NoAnswer):
    """An answer has more bytes than are read, or comes so slowly that it is not read to its end."""


class Refused(Exception):
    """An answer other than a success: its `status`, a `detail` for people, and `errors` by field if there are any."""

    def __init__(self, request: str, status: int, detail: str, errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(f"{request} returned {status}: {detail}")
        self.status = status
        self.detail = detail
        self.errors = dict(errors or {})


@dataclass(frozen=True, slots=True)
class Response:
    """One whole answer; the names of `headers` are in lower case, and the values of a repeated one joined by commas."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; ValueError where it is not JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode(errors="replace")


Transport = Callable[[str, str, Mapping[str, str], bytes], Response]
"""Sends a request (method, path with its query, headers, body) and returns the answer, or raises NoAnswer."""


def in_process(app: "Flask") -> Transport:
    """A transport to an app in this process, without a socket."""

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        with app.test_client().open(target, method=method, headers=dict(headers), data=body or None) as answer:
            return Response(answer.status_code, _by_name(answer.headers), answer.data)

    return send


class HttpTransport:
    """A transport over HTTP to the server at a URL, with one connection for each thread, kept open between requests.

    A connection that the server closed while it was idle is replaced before a request is sent. No request is sent
    twice, so that a connection that a fault resets is noticed. Proxies of the environment are never used for a loopback
    address; for others, HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide. Of a body, at most `maximum` bytes are read,
    and for at most ten times the `timeout`; without a maximum, all of it.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT, maximum: int | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url!r} is not the URL of a server; it takes http://host:port or https://host:port")
        self.url = url.rstrip("/")
        self._host, self._port, self._secure = parts.hostname, parts.port, parts.scheme == "https"
        self._netloc, self._prefix = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
        self._timeout, self._maximum = timeout, maximum
        self._open: dict[threading.Thread, HTTPConnection] = {}
        self._lock = threading.Lock()

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        try:
            return self._send(self._connection(), method, target, headers, body)
        except TimeoutError as error:
            raise NoAnswer(f"{self.url} sent nothing for {self._timeout:g} s") from error
        except (ConnectionRefusedError, gaierror) as error:
            raise NoAnswer(f"no server can be reached at {self.url}: {_reason(error)}") from error
        except (OSError, HTTPException) as error:
            raise NoAnswer(f"{self.url} gives no whole answer: {_reason(error)}") from error

    def close(self) -> None:
        with self._lock:
            connections, self._open = self._open, {}
        for connection in connections.values():
            connection.close()

    def _connection(self) -> HTTPConnection:
        """The connection of this thread; where it is closed, also by the server, the next request opens it."""
        connection = self._open.get(threading.current_thread()) or self._new_connection()
        if connection.sock is not None:
            with DefaultSelector() as selector:  # Unlike select.select, it takes any file number.
                selector.register(connection.sock, EVENT_READ)
                if selector.select(0):  # No answer is due, so only the end of the connection can be read.
                    connection.close()
        return connection

    def _new_connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._secure else HTTPConnection
        if self._proxy is None:
            connection = kind(self._host, self._port, timeout=self._timeout)
        else:
            connection = kind(str(self._proxy.hostname), self._proxy.port, timeout=self._timeout)
            if self._secure:
                connection.set_tunnel(self._host, self._port)
        with self._lock:
            self._open[threading.current_thread()] = connection
            for thread in [each for each in self._open if not each.is_alive()]:
                self._open.pop(thread).close()
        return connection

    @cached_property
    def _proxy(self) -> Any:
        """The parts of the proxy's URL; None where requests go straight to the server."""
        if is_loopback(self._host):
            return None
        from urllib.request import getproxies, proxy_bypass

        found = None if proxy_bypass(self._netloc) else getproxies().get("https" if self._secure else "http")
        return urlsplit(found if "://" in found else f"http://{found}") if found else None

    def _send(
        self, connection: HTTPConnection, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Response:
        path = self._prefix + target
        if self._proxy is not None and not self._secure:
            path = f"http://{self._netloc}{path}"
        whole = False
        try:
            connection.request(method, path, body or None, dict(headers))
            with connection.getresponse() as answer:
                content = answer.read() if self._maximum is None else self._bounded(answer, self._maximum)
            whole = True
        finally:
            if not whole:  # Also after Ctrl-C: what is left of an answer must not be taken for the next one.
                connection.close()
        return Response(answer.status, _by_name(answer.getheaders()), content)

    def _bounded(self, answer: HTTPResponse, maximum: int) -> bytes:
        content, start = bytearray(), perf_counter()
        while chunk := answer.read1(_CHUNK):
            content += chunk
            if len(content) > maximum:
                raise AnswerTooLarge(f"{self.url} answers with more than {maximum:,} bytes")
            if perf_counter() - start > _SLOWEST * self._timeout:
                raise AnswerTooLarge(f"{self.url} had not sent its answer after {_SLOWEST * self._timeout:g} s")
        if answer.length:  # Reading by chunks takes the early end of an answer for its end.
            raise IncompleteRead(bytes(content), answer.length)
        return bytes(content)


def _by_name(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _reason(error: Exception) -> str:
    """The system's words for an error, without its number; the kind of an error without words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine; a name other than localhost does not.

    0.0.0.0 and :: do: a system connects them to itself.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified

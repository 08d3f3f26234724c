"""A transport that sends the requests of test clients over real sockets.

It replaces the one method through which every test client of Werkzeug and Flask calls an app, so that tests need no
change. `conftest` decides which tests use it.
"""

import io
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPResponse
from threading import Lock
from typing import cast
from urllib.parse import quote_from_bytes, urlsplit
from wsgiref.types import WSGIApplication, WSGIEnvironment

import pytest
from werkzeug.datastructures import Headers

from mockserver import server

SERVERS_MAXIMUM = 8
"""How many apps are served at the same time; the least recently used one is stopped first."""

PATIENCE = 20.0
"""Seconds to wait for an answer."""

TOO_LONG = pytest.mark.in_process("the server itself rejects a request line longer than 64 kB with a 414")
"""Marks a request that cannot be sent over a socket."""

_SERVER_HEADERS = ("Server", "Date", "Connection", "Transfer-Encoding")
"""Headers that the server adds to those of the app."""

_SAFE_IN_PATHS = "/~!$&'()*+,;=:@"
_SAFE_IN_QUERIES = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")
"""The characters that are not percent-encoded."""

AppResult = tuple[Iterable[bytes], str, Headers]


class Wire:
    """Serves apps, each in a thread, and sends requests to them; `carried` counts the requests."""

    def __init__(self) -> None:
        self.carried = 0
        self._lock = Lock()
        # By id; each app is kept, so that no other app gets its id.
        self._served: OrderedDict[int, tuple[WSGIApplication, server.Running]] = OrderedDict()

    @property
    def method(self) -> Callable[..., AppResult]:
        """A function that replaces `Client.run_wsgi_app`."""
        return lambda client, environ, buffered=False: self.carry(client.application, environ)  # noqa: ARG005

    def carry(self, app: WSGIApplication, environ: WSGIEnvironment) -> AppResult:
        """Send a request to an app, and return the body, status line and headers of its answer."""
        self.carried += 1
        url = urlsplit(self._url(app))
        with socket.create_connection((str(url.hostname), url.port or 0), timeout=PATIENCE) as connection:
            connection.sendall(_request(environ))
            connection.shutdown(socket.SHUT_WR)  # so that the server can discard a body that the app did not read
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        return _parse(received, environ["REQUEST_METHOD"])

    def close(self) -> None:
        """Stop every server."""
        with self._lock:
            while self._served:
                self._served.popitem()[1][1].close()

    def _url(self, app: WSGIApplication) -> str:
        with self._lock:
            if id(app) not in self._served:
                if len(self._served) == SERVERS_MAXIMUM:
                    self._served.popitem(last=False)[1][1].close()
                self._served[id(app)] = app, server.in_thread(app)
            self._served.move_to_end(id(app))
            return self._served[id(app)][1].url


def _request(environ: WSGIEnvironment) -> bytes:
    """Return the HTTP request that would result in a WSGI environ."""
    body = environ["wsgi.input"].read()
    if environ.get("HTTP_TRANSFER_ENCODING") == "chunked":
        body = (b"%X\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    lines = [b" ".join((_latin1(environ["REQUEST_METHOD"]), _target(environ), b"HTTP/1.1"))]
    lines += [_latin1(f"{name}: {value}") for name, value in _headers(environ, len(body))]
    return b"\r\n".join((*lines, b"Connection: close", b"", body))


def _target(environ: WSGIEnvironment) -> bytes:
    path = quote_from_bytes(_latin1(environ["PATH_INFO"]), _SAFE_IN_PATHS).encode() or b"/"
    query = quote_from_bytes(_latin1(environ.get("QUERY_STRING", "")), _SAFE_IN_QUERIES).encode()
    return path + b"?" + query if query else path


def _headers(environ: WSGIEnvironment, length: int) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key.removeprefix("HTTP_").replace("_", "-").title(), value
    if environ.get("CONTENT_TYPE"):
        yield "Content-Type", environ["CONTENT_TYPE"]
    if "HTTP_TRANSFER_ENCODING" not in environ and ("CONTENT_LENGTH" in environ or length):
        yield "Content-Length", environ.get("CONTENT_LENGTH", str(length))


def _latin1(text: str) -> bytes:
    return text.encode("latin-1")


class _Received(io.BytesIO):
    """Received bytes, in place of a socket, for http.client to read."""

    def makefile(self, _: str) -> io.BytesIO:
        return self


def _parse(received: bytes, method: str) -> AppResult:
    """Parse the received bytes of a complete answer."""
    response = HTTPResponse(cast("socket.socket", _Received(received)), method=method)
    response.begin()
    headers = Headers((name, value) for name, value in response.getheaders() if name not in _SERVER_HEADERS)
    return [response.read()], f"{response.status} {response.reason}", headers

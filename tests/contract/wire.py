"""Test clients that send their requests over a real socket.

It replaces what every test client of Werkzeug and Flask is built on, so that the tests stay as they are. `conftest`
decides which tests use it.
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
"""How many apps are served at a time; the one that waited longest for a request gives way."""

PATIENCE = 20.0
"""Seconds after which an answer counts as lost."""

TOO_LONG = pytest.mark.in_process("a request line beyond 64 kB is refused by the server itself, with 414")
"""Marks a request that cannot be sent over a socket."""

_OF_THE_SERVER = ("Server", "Date", "Connection")
"""Headers that a server adds to an app's own."""

_IN_PATHS = "/~!$&'()*+,;=:@"
_IN_QUERIES = bytes(each for each in range(0x21, 0x7F) if each != ord("#"))
"""What goes as it is; anything else is percent-encoded, as by any client."""

Answered = tuple[Iterable[bytes], str, Headers]


class Wire:
    """Servers for apps, each in a thread, and requests to them."""

    def __init__(self) -> None:
        self.carried = 0
        self._lock = Lock()
        self._served: OrderedDict[int, tuple[WSGIApplication, server.Running]] = OrderedDict()

    @property
    def method(self) -> Callable[..., Answered]:
        """What stands in for `Client.run_wsgi_app`: a function, so that it is a method of the client's."""
        return lambda client, environ, buffered=False: self.carry(client.application, environ)  # noqa: ARG005

    def carry(self, app: WSGIApplication, environ: WSGIEnvironment) -> Answered:
        """The body, status line and headers with which an app answers."""
        self.carried += 1
        url = urlsplit(self._url(app))
        with socket.create_connection((str(url.hostname), url.port or 0), timeout=PATIENCE) as connection:
            connection.sendall(_request(environ))
            connection.shutdown(socket.SHUT_WR)  # the server discards what an app has not read, up to its end
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        return _answer(received, environ["REQUEST_METHOD"])

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
    """The bytes of the request that a server would have made such an environ of."""
    body = environ["wsgi.input"].read()
    if environ.get("HTTP_TRANSFER_ENCODING") == "chunked":
        body = (b"%X\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    lines = [b" ".join((_latin(environ["REQUEST_METHOD"]), _target(environ), b"HTTP/1.1"))]
    lines += [_latin(f"{name}: {value}") for name, value in _headers(environ, len(body))]
    return b"\r\n".join((*lines, b"Connection: close", b"", body))


def _target(environ: WSGIEnvironment) -> bytes:
    path = quote_from_bytes(_latin(environ["PATH_INFO"]), _IN_PATHS).encode() or b"/"
    query = b"".join(bytes((each,)) if each in _IN_QUERIES else b"%%%02X" % each for each in _latin(_query(environ)))
    return path + b"?" + query if query else path


def _query(environ: WSGIEnvironment) -> str:
    return str(environ.get("QUERY_STRING", ""))


def _headers(environ: WSGIEnvironment, length: int) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key.removeprefix("HTTP_").replace("_", "-").title(), value
    if environ.get("CONTENT_TYPE"):
        yield "Content-Type", environ["CONTENT_TYPE"]
    if "HTTP_TRANSFER_ENCODING" not in environ and ("CONTENT_LENGTH" in environ or length):
        yield "Content-Length", environ.get("CONTENT_LENGTH", str(length))


def _latin(text: str) -> bytes:
    return text.encode("latin-1")


class _Received(io.BytesIO):
    """What came over a socket, as http.client reads it."""

    def makefile(self, _: str) -> io.BytesIO:
        return self


def _answer(received: bytes, method: str) -> Answered:
    """The answer in these bytes, which the server has ended: the app has produced all of it."""
    response = HTTPResponse(cast("socket.socket", _Received(received)), method=method)
    response.begin()
    headers = Headers((name, value) for name, value in response.getheaders() if name not in _OF_THE_SERVER)
    return [response.read()], f"{response.status} {response.reason}", headers

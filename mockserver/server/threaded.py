"""A threaded HTTP/1.1 server, run in a thread: each connection has a thread, which owns its socket.

h11 speaks the protocol: framing, keep-alive, `100 Continue`, chunks, what is malformed. The sockets, the time limits
and WSGI are here. So a fault can reset a connection, and a client that sends or reads slowly delays nobody else.
"""

import errno
import io
import json
import logging
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

import h11

from mockserver.gateway import socket_features
from mockserver.server import sockets

IDLE_SECONDS = 75.0
"""How long a connection may stay open between two requests."""

HEAD_SECONDS = 10.0
"""How long the head of a request may take from its first byte."""

SEND_SECONDS = 60.0
"""How long a client may read nothing of an answer before its connection is closed."""

_POLL = 0.02
"""Seconds between two checks whether to stop."""

_LINGER_SECONDS = 1.0
"""How long a connection goes on reading when it is closed before all was read, so that its client sees the answer."""

_TARGET_MAXIMUM = 64 * 1024
_HEAD_MAXIMUM = 2 * _TARGET_MAXIMUM
_CHUNK = 64 * 1024
_ACCEPT_PAUSE = 0.2
_EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE))
_FEATURES = frozenset((socket_features.RESET, socket_features.TRUNCATE, socket_features.STALL))
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket drops unsent data and resets the connection."""

_NO_BODY = frozenset((HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED))

_ASCII = bytes(range(128))

log = logging.getLogger(__name__)


class _ErrorLog(io.TextIOBase):
    """Passes on to the log what an app reports about a request."""

    def write(self, text: str, /) -> int:
        log.warning(text.rstrip())
        return len(text)


_ERRORS = _ErrorLog()


class _ClientGone(ConnectionError):
    """The client has closed the connection, or reads nothing."""


class _Connection(socketserver.BaseRequestHandler):
    """One connection, with its requests one after another."""

    server: "_Server"
    request: socket.socket

    def setup(self) -> None:
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_MAXIMUM)
        self._in_first_line = True

    def handle(self) -> None:
        try:
            while self._serve_request():
                self._http.start_next_cycle()
                self._in_first_line = True
        except h11.RemoteProtocolError as error:
            too_long = self._in_first_line and error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            with suppress(OSError):
                self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG if too_long else HTTPStatus(error.error_status_hint))
        except socket_features.ConnectionReset:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.request.close()
        except _ClientGone:
            pass

    def _serve_request(self) -> bool:
        """Read a request and answer it; whether the connection stays open."""
        try:
            head = self._read_head()
        except TimeoutError:
            return self._refuse(HTTPStatus.REQUEST_TIMEOUT) if self._http.trailing_data[0] else False
        if head is None:
            return False
        if len(head.target) > _TARGET_MAXIMUM:
            return self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        body, problem = self._read_body()
        response = _Response(self, head.method)
        try:
            environ = self._environ(head, body, problem)
            response.run(self.server.app, environ)
        except (_ClientGone, socket_features.ConnectionReset):
            raise
        except Exception:
            log.exception("a request failed in the server")
            return not response.is_started and self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        if problem is not None:
            return self._linger()
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def _read_head(self) -> h11.Request | None:
        """The next request; None when the client closes the connection, or the server does."""
        with self.server.idle(self.request):
            event = self._next_event(monotonic() + IDLE_SECONDS, once=True)
        if event is h11.NEED_DATA:
            event = self._next_event(monotonic() + HEAD_SECONDS)
        return event if isinstance(event, h11.Request) else None

    def _read_body(self) -> tuple[bytes, socket_features.BodyProblem | None]:
        """The whole body, or what is wrong with it: it takes too long, or is too large."""
        deadline = monotonic() + socket_features.BODY_SECONDS
        chunks: list[bytes] = []
        size = 0
        while True:
            try:
                event = self._next_event(deadline)
            except TimeoutError:
                return b"", socket_features.BodyProblem.TIMEOUT
            if isinstance(event, h11.EndOfMessage):
                return b"".join(chunks), None
            chunks.append(event.data)
            size += len(event.data)
            if size > socket_features.READ_MAXIMUM:
                return b"", socket_features.BodyProblem.TOO_LARGE

    def _next_event(self, deadline: float, *, once: bool = False) -> Any:
        """The next event of the protocol; with `once`, NEED_DATA if it is not complete after one reading."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self.send(h11.InformationalResponse(status_code=HTTPStatus.CONTINUE, headers=[], reason="Continue"))
            self._receive(deadline)
            if once:
                return self._http.next_event()
        return event

    def _receive(self, deadline: float) -> None:
        self.request.settimeout(max(deadline - monotonic(), 0.001))
        try:
            data = self.request.recv(_CHUNK)
        except TimeoutError:
            raise
        except OSError as error:
            raise _ClientGone from error
        if self._in_first_line:
            line, end, rest = data.partition(b"\n")
            self._in_first_line = not end
            data = quote_from_bytes(line, _ASCII).encode() + end + rest
        self._http.receive_data(data)

    def send(self, event: h11.Event) -> None:
        """Send what the protocol has for an event."""
        if data := self._http.send(event):
            self.request.settimeout(SEND_SECONDS)
            try:
                self.request.sendall(data)
            except OSError as error:  # closed, or nothing was read for too long
                raise _ClientGone from error

    def _refuse(self, status: HTTPStatus) -> bool:
        """Answer what is no request, and close the connection."""
        problem = {"type": "about:blank", "title": f"The request could not be read: {status.phrase}"}
        body = json.dumps({**problem, "status": status}).encode()
        length = ("Content-Length", str(len(body)))
        headers = [("Content-Type", "application/problem+json"), length, ("Connection", "close")]
        self.send(h11.Response(status_code=status, headers=headers, reason=status.phrase.encode()))
        self.send(h11.Data(data=body))
        self.send(h11.EndOfMessage())
        return self._linger()

    def _linger(self) -> bool:
        """Read on for a moment: an answer is lost when a connection is closed with bytes that were not read."""
        deadline = monotonic() + _LINGER_SECONDS
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_WR)
            self.request.settimeout(_LINGER_SECONDS)
            while monotonic() < deadline and self.request.recv(_CHUNK):
                pass
        return False

    def is_gone(self) -> bool:
        """Whether the client has closed the connection."""
        self.request.settimeout(0)  # Every reading and sending sets its own limit.
        try:
            return not self.request.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _environ(self, head: h11.Request, body: bytes, problem: socket_features.BodyProblem | None) -> WSGIEnvironment:
        """The request for the app. The path of an absolute target counts; its host is that of the Host header."""
        target = head.target.decode("latin-1")
        if "://" in target.partition("?")[0]:
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _, query = target.partition("?")
        host, port = self.server.socket.getsockname()[:2]
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": head.method.decode(),
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": f"HTTP/{head.http_version.decode()}",
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": (b"transfer-encoding", b"chunked") in head.headers,
            "wsgi.errors": _ERRORS,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            socket_features.EFFECTS: _FEATURES,
            socket_features.IS_GONE: self.is_gone,
            socket_features.BODY_PROBLEM: problem,
        }
        for name, value in head.headers:
            if b"_" not in name and name not in {b"content-length", b"transfer-encoding"}:
                key = name.decode().upper().replace("-", "_")
                key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
                text = value.decode("latin-1")
                environ[key] = f"{environ[key]},{text}" if key in environ else text
        if body:
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ


class _Response:
    """The answer to one request, sent as the app makes it."""

    def __init__(self, connection: _Connection, method: bytes) -> None:
        self._connection = connection
        self._has_body = method != b"HEAD"
        self._status, self._headers = "", list[tuple[str, str]]()
        self.is_started = False

    def run(self, app: WSGIApplication, environ: WSGIEnvironment) -> None:
        """Call the app and send what it returns. A body shorter than its Content-Length breaks the connection."""
        chunks = app(environ, self._start)
        try:
            for chunk in chunks:
                self._write(chunk)
            self._write(b"")
        finally:
            if close := getattr(chunks, "close", None):
                close()
        with suppress(h11.LocalProtocolError):
            self._connection.send(h11.EndOfMessage())

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info is not None and self.is_started:
            raise exc_info[1]
        self._status, self._headers = status, headers
        return self._write

    def _write(self, chunk: bytes) -> None:
        if not self.is_started:
            self._send_head()
        if chunk and self._has_body:
            self._connection.send(h11.Data(data=chunk))

    def _send_head(self) -> None:
        code, _, reason = self._status.partition(" ")
        head = h11.Response(
            status_code=int(code),
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._headers],
            reason=reason.encode("latin-1"),
        )
        self.is_started = True
        self._has_body = self._has_body and head.status_code not in _NO_BODY
        self._connection.send(head)


class _Server(socketserver.ThreadingTCPServer):
    """Accepts connections, each served by a thread of its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, app: WSGIApplication, listening: socket.socket) -> None:
        self.app = app
        self._idle: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._is_exhausted = False
        super().__init__(listening.getsockname()[:2], _Connection, bind_and_activate=False)
        self.socket.close()
        self.socket = listening

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection. Without file descriptors for it, say so and wait for some."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in _EXHAUSTED:
                if not self._is_exhausted:
                    log.warning("no connection can be accepted until others end: %s", error.strerror)
                self._is_exhausted = True
                self._closing.wait(_ACCEPT_PAUSE)
            raise

    @contextmanager
    def idle(self, connection: socket.socket) -> Iterator[None]:
        """Mark a connection as one without a request, which is closed when the server is."""
        with self._lock:
            if self._closing.is_set():
                raise _ClientGone
            self._idle.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._idle.discard(connection)

    def close_idle(self) -> None:
        """Close the connections without a request, and those with one once it is answered."""
        with self._lock:
            self._closing.set()
            for each in self._idle:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 (the form of the library)
        """Log what went wrong, instead of printing it."""
        log.error("a connection failed", exc_info=True)  # noqa: LOG014 (called by an exception handler)


class Running(AbstractContextManager["Running"]):
    """A server that runs in a thread, at `url`, until it is closed.

    With `finish_requests`, requests that still run when it is closed keep the process alive; by default they end with
    the process.
    """

    def __init__(self, app: WSGIApplication, listening: socket.socket, *, finish_requests: bool = False) -> None:
        self._server = _Server(app, listening)
        self._server.daemon_threads = not finish_requests
        self.url = sockets.url(listening.getsockname()[0], listening)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="mockserver", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop accepting connections, and release the port; closing twice is harmless."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.close_idle()

    def __exit__(self, *_: object) -> None:
        self.close()

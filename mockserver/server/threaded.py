"""Werkzeug's threaded server, run in a thread: it has a thread for each connection, which owns its socket."""

import socket
import struct
import threading
from contextlib import AbstractContextManager
from urllib.parse import quote
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from mockserver.gateway import socket_features
from mockserver.server import sockets

_POLL = 0.02
"""Seconds between two checks whether to stop."""

_FEATURES = frozenset((socket_features.RESET, socket_features.TRUNCATE, socket_features.STALL))
_ASCII = bytes(range(128))
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket drops unsent data and resets the connection."""


class Handler(WSGIRequestHandler):
    """Passes on what the client sent, leaves logging to the app, and reports unreadable requests as problem details."""

    _reset = False
    error_content_type = "application/problem+json"
    error_message_format = '{"type": "about:blank", "title": "The request could not be read", "status": %(code)d}\n'

    def make_environ(self) -> WSGIEnvironment:
        """The request for the app; its path keeps its leading slashes, which http.server folds into one.

        Bytes beyond ASCII are percent-encoded, as the client should have done: Werkzeug would encode them twice.
        """
        self.path = quote(self.path, safe=_ASCII, encoding="latin-1")
        environ = super().make_environ()
        target = self.requestline.split()[1]
        slashes = len(target) - len(target.lstrip("/"))
        if slashes > 1:
            environ["PATH_INFO"] = slashes * "/" + environ["PATH_INFO"].lstrip("/")
        environ[socket_features.EFFECTS] = _FEATURES
        return environ

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:  # noqa: ARG002
        """Leave a closed connection, and reset one that a fault cuts: an orderly close would look like the end."""
        self.close_connection = True
        if isinstance(error, socket_features.ConnectionReset):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._reset = True

    def finish(self) -> None:
        """Finish the connection; one that is reset is closed before the server can shut it down in order."""
        super().finish()
        if self._reset:
            self.connection.close()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - Werkzeug's name
        """Log nothing: the journal and the app's own log have it."""


class Running(AbstractContextManager["Running"]):
    """A server that runs in a thread, at `url`, until it is closed.

    With `finish_requests`, requests that still run when it is closed keep the process alive; by default they end with
    the process.
    """

    def __init__(self, app: WSGIApplication, listening: socket.socket, *, finish_requests: bool = False) -> None:
        host, port = listening.getsockname()[:2]
        with listening:
            self._server = ThreadedWSGIServer(host, port, app, Handler, fd=listening.fileno())
        self._server.daemon_threads = not finish_requests
        self._server.block_on_close = False
        self.url = sockets.url(host, self._server.socket)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="mockserver", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop accepting connections, and release the port; closing twice is harmless."""
        self._server.shutdown()
        self._thread.join()

    def __exit__(self, *_: object) -> None:
        self.close()

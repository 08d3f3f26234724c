"""Answers how Werkzeug's threaded server runs in a thread: one thread a connection, and each owns its socket.

Signals, and the choice of the server, stay out.
"""

import socket
import struct
import threading
from types import TracebackType
from typing import Self
from urllib.parse import quote
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from mockserver.gateway import socket_features
from mockserver.server import sockets

_POLL = 0.02
"""Seconds between two looks at whether to stop."""

_ABLE = frozenset((socket_features.RESET, socket_features.TRUNCATE, socket_features.STALL))
_ASCII = "".join(map(chr, range(128)))
_WITHOUT_GOODBYE = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing the socket drops what is unsent and resets the connection."""


class Handler(WSGIRequestHandler):
    """Hands the app what the client wrote, leaves logging to the app, words what it cannot read as problem details."""

    _cut = False
    error_content_type = "application/problem+json"
    error_message_format = '{"type": "about:blank", "title": "The request could not be read", "status": %(code)d}\n'

    def make_environ(self) -> WSGIEnvironment:
        """The request for the app; its path keeps the slashes at its start, which http.server folds into one.

        Bytes beyond ASCII are percent-encoded, as a client should have done: Werkzeug would encode them twice.
        """
        self.path = quote(self.path, _ASCII, encoding="latin-1")
        environ = super().make_environ()
        target = self.requestline.split()[1]
        slashes = len(target) - len(target.lstrip("/"))
        if slashes > 1:
            environ["PATH_INFO"] = slashes * "/" + environ["PATH_INFO"].lstrip("/")
        environ[socket_features.EFFECTS] = _ABLE
        return environ

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:  # noqa: ARG002
        """Leave a connection that is over, and reset one that a fault cuts: a goodbye would look like an end."""
        self.close_connection = True
        if isinstance(error, socket_features.ConnectionReset):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _WITHOUT_GOODBYE)
            self._cut = True

    def finish(self) -> None:
        """End with the connection; one that is cut is closed before the server says goodbye on it."""
        super().finish()
        if self._cut:
            self.connection.close()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is Werkzeug's
        """Say nothing: the journal and the app's own log have it."""


class Running:
    """A server at work in a thread, at `url`, until it is closed.

    `outlived` says that requests under way when it is closed hold up the end of the process; by default they are
    dropped with it.
    """

    def __init__(self, app: WSGIApplication, listening: sockets.Listening, *, outlived: bool = False) -> None:
        host, port = listening.getsockname()[:2]
        with listening:
            self._server = ThreadedWSGIServer(host, port, app, Handler, fd=listening.fileno())
        self._server.daemon_threads = not outlived
        self._server.block_on_close = False
        self.url = sockets.url(host, self._server.socket)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="mockserver", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop accepting, and release the port; closing twice does no harm."""
        self._server.shutdown()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

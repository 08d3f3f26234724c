"""Answers how granian runs in one process: its worker is a thread beside the main one, on a socket handed over.

Granian starts worker processes unless Python is built without its lock; its threaded form works with the lock just as
well, and is what keeps all state in one place. Choosing the server stays out.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server import MTServer

from mockserver.server import sockets

_SWITCH_INTERVAL = 0.005

_BODY_MAXIMUM = 16 * 1024 * 1024
_PIECE = 64 * 1024

_LOGGING = {"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}}
"""No handlers of granian's own: what it says goes where everything else goes."""


def run(app: WSGIApplication, listening: sockets.Listening, threads: int, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. Requests under way go on in threads of their own when this returns."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    server = _Server(
        "app",
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
    )
    server.listening = listening
    server.on_ready = on_ready
    server.serve(target_loader=lambda: drained(app), wrap_loader=False)


def drained(app: WSGIApplication) -> WSGIApplication:
    """An app whose requests are read to their end, whether or not a view looked at the body.

    Granian closes a connection with unread bytes, and a client that is still sending then never sees its answer.
    A client that waits to be told to go on is not made to send, and nobody is read for ever.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answered = app(environ, start_response)
        if "HTTP_EXPECT" not in environ and ("CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ):
            read, left = environ["wsgi.input"].read, _BODY_MAXIMUM
            while left > 0 and (piece := read(_PIECE)):
                left -= len(piece)
        return answered

    return answer


class _Server(MTServer):
    """Granian's threaded server, on a given socket, that says when it is ready and does not wait when told to stop."""

    listening: sockets.Listening
    on_ready: Callable[[], None]

    def _check_gil(self) -> None:
        """Pass with the interpreter's lock: measured, it serves as well as a worker process does."""

    def _init_shared_socket(self) -> None:
        """Take the socket there is; granian's own would share its port with whoever else binds it."""
        self._sfd = self.listening.detach()
        self._shd = SocketHolder(self._sfd, uds=False, backlog=sockets.BACKLOG)

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)
        self.on_ready()

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            worker.terminate()

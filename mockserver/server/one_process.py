"""Answers how granian runs in one process: its worker is a thread beside the main one, on a socket handed over.

Granian starts worker processes unless Python is built without its lock; its threaded form works with the lock just as
well, and is what keeps all state in one place. Choosing the server stays out.
"""

import gc
import sys
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server import MTServer

from mockserver.gateway import socket_features
from mockserver.server import signals, sockets

# Measured with wrk on two shared cores: a bare Flask app, 30 kB an answer, Python 3.11, a quiet moment of each.
#
#   threads, 16 connections    1      2      4      8      16     32
#   answers a second           5,100  4,600  4,000  4,100  5,800  4,000      (rounds differ by half: other work)
#   processor time an answer   197    215    243    203    202    261        microseconds
#
#   switch interval, while another request computes for 3 s    5 ms   1 ms   0.5 ms  0.1 ms
#   answers a second on one connection                         170    460    490     500
#   median of an answer                                        6.1    1.6    1.2     1.3 ms
#
# One thread is the fastest as long as no request takes long, and then stands still. More threads cost about the same
# whether they are 4 or 32, so there are enough (settings.Settings.threads, 16) for a dozen delayed requests at once;
# granian starts them as they are needed. A short switch interval costs nothing that shows while all requests are short.
_SWITCH_INTERVAL = 0.0005

_GARBAGE_AFTER = 20_000
"""Objects more than there were until cycles are looked for; what was made at the start is left out for good.

The default of 700 costs a tenth of all answers a second, because the journal keeps an entry of each."""

_BODY_MAXIMUM = 16 * 1024 * 1024
_PIECE = 64 * 1024

_ABLE = frozenset((socket_features.TRUNCATE, socket_features.STALL))
"""Measured: an answer shorter than it said ends with its connection, pieces go out as they are made; but whatever an
app raises before the first of them becomes a 500."""

_FREE = 2
"""Threads that no waiting request may hold, so that the others are answered, and the control plane most of all."""

_LOGGING = {"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}}
"""No handlers of granian's own: what it says goes where everything else goes."""


def run(app: WSGIApplication, listening: sockets.Listening, threads: int, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. Requests under way go on in threads of their own when this returns."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    gc.freeze()
    gc.set_threshold(_GARBAGE_AFTER)
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
    server.main_loop_interrupt = signals.Heard()
    served = drained(telling(app, BoundedSemaphore(max(threads - _FREE, 1))))
    server.serve(target_loader=lambda: served, wrap_loader=False)


def telling(app: WSGIApplication, waits: BoundedSemaphore) -> WSGIApplication:
    """An app that is told with each request what granian can do to the socket, and what to hold while it waits."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[socket_features.EFFECTS] = _ABLE
        environ[socket_features.DELAY_SLOTS] = waits
        return app(environ, start_response)

    return answer


def drained(app: WSGIApplication) -> WSGIApplication:
    """An app whose requests are read to their end, whether or not a view looked at the body.

    Granian closes a connection with unread bytes, and a client that is still sending then never sees its answer.
    A client that waits to be told to go on is not made to send, and nobody is read without end; but who says a
    length and sends nothing holds a thread until it leaves.
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

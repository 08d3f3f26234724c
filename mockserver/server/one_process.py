"""Granian in one process: its worker is a thread beside the main thread, on a socket that is passed to it.

Granian starts worker processes unless Python is built without its lock. Its threaded form works with the lock as well,
and keeps all state in one process.
"""

import gc
import socket
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from threading import BoundedSemaphore, Event
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server import MTServer

from mockserver.gateway import socket_features
from mockserver.server import sockets

# Measured with wrk on two shared cores: a bare Flask app, 30 kB an answer, Python 3.11, the best round of each.
#
#   threads, 16 connections    1      2      4      8      16     32
#   answers a second           5,100  4,600  4,000  4,100  5,800  4,000      (rounds differ by up to half)
#   processor time an answer   197    215    243    203    202    261        microseconds
#
#   switch interval, while another request computes for 3 s    5 ms   1 ms   0.5 ms  0.1 ms
#   answers a second on one connection                         170    460    490     500
#   median of an answer                                        6.1    1.6    1.2     1.3 ms
#
# One thread is the fastest while all requests are short, and blocks when one is not. 4 threads cost about as much as
# 32, so there are enough (settings.Settings.threads, 16) for a dozen delayed requests at once; granian starts them as
# they are needed. A short switch interval has no measurable cost while all requests are short.
_SWITCH_INTERVAL = 0.0005

_GC_THRESHOLD = 20_000
"""How many more objects there must be before cycles are collected; those made at the start are never scanned.

The default of 700 costs a tenth of the throughput, because the journal keeps an entry of each request."""

_FEATURES = frozenset((socket_features.TRUNCATE, socket_features.STALL))
"""Measured: an answer shorter than its Content-Length closes the connection, and chunks are sent as they are made; but
an exception before the first chunk becomes a 500."""

_CHUNK = 64 * 1024

_FREE_THREADS = 2
"""How many threads requests that wait must leave free, so that others are answered, the control plane above all."""

_LOGGING = {"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}}
"""No handlers of granian's own: its messages go to the same log as all others."""


def run(
    app: WSGIApplication, listening: socket.socket, threads: int, stopped: Event, on_ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT, which sets `stopped`. Running requests continue in their threads after that."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
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
    server.main_loop_interrupt = stopped
    served = adapted(app, BoundedSemaphore(max(threads - _FREE_THREADS, 1)))
    try:
        server.serve(target_loader=lambda: served, wrap_loader=False)
    except BaseException:
        server.shutdown()
        raise


def adapted(app: WSGIApplication, wait_slots: BoundedSemaphore) -> WSGIApplication:
    """An app whose requests say what granian can do to the socket, and whose bodies are read before the app is called.

    Granian closes a connection with unread bytes, and a client that is still sending then never sees its answer. A
    request holds one of the `wait_slots` while it waits for its body or for a delay.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[socket_features.EFFECTS] = _FEATURES
        environ[socket_features.WAIT_SLOTS] = wait_slots
        if environ.get("CONTENT_LENGTH", "0") == "0" and "HTTP_TRANSFER_ENCODING" not in environ:
            return app(environ, start_response)
        body, problem = _read_body(environ["wsgi.input"].read, wait_slots)
        environ[socket_features.BODY_PROBLEM] = problem
        environ["wsgi.input"] = BytesIO(body)
        return app(environ, start_response if problem is None else _closing(start_response))

    return application


def _read_body(
    read: Callable[[int], bytes], slots: BoundedSemaphore
) -> tuple[bytes, socket_features.BodyProblem | None]:
    """The whole body, or why it was not read. Granian's reading has no time limit: it ends when the client leaves."""
    if not slots.acquire(blocking=False):
        return b"", socket_features.BodyProblem.BUSY
    chunks, size = [], 0
    try:
        while (chunk := read(_CHUNK)) and size <= socket_features.READ_MAXIMUM:
            chunks.append(chunk)
            size += len(chunk)
    finally:
        slots.release()
    if size > socket_features.READ_MAXIMUM:
        return b"", socket_features.BodyProblem.TOO_LARGE
    return b"".join(chunks), None


def _closing(start_response: StartResponse) -> StartResponse:
    """A `start_response` that closes the connection after the answer."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, ("Connection", "close")], exc_info)

    return start


class _Server(MTServer):
    """Granian's threaded server on a given socket; it reports when it is ready, and stops without waiting."""

    listening: socket.socket
    on_ready: Callable[[], None]

    def _check_gil(self) -> None:
        """Accept the interpreter's lock: measured, a thread serves as well as a worker process."""

    def _init_shared_socket(self) -> None:
        """Use the given socket; granian's own would share its port with any other program that binds it."""
        self._sfd = self.listening.detach()
        self._shd = SocketHolder(self._sfd, uds=False, backlog=sockets.BACKLOG)

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)
        self.on_ready()

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            worker.terminate()

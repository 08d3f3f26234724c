"""The server for an app: for the command in the main thread, for tests in a thread of its own.

It is one process with one event loop on sockets that are bound here, so the port is known, and a taken port noticed,
before anything starts. The command's messages and exit codes are in `cli`.

`connection` and `reader` are the HTTP, `answer` and `message` are WSGI, `workers` are the threads that call the app.
`late` is an app that is made when the server is ready. `processes` has several servers on one port.
"""

import gc
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from mockserver.server import sockets, turns
from mockserver.server.ending import end_process
from mockserver.server.late import LateApp
from mockserver.server.sockets import PortTaken

if TYPE_CHECKING:
    from mockserver.server.running import Running as Running

__all__ = ["LateApp", "PortTaken", "end_process", "in_thread", "serve"]

_GC_THRESHOLD = 20_000
"""How many more objects there must be before cycles are collected; those made at the start are never scanned.

Measured: Python's 700 cost a tenth of the throughput, because the journal keeps an entry of each request."""

_THREADS = 64
"""How many requests a server in a thread handles at a time, so that tests can have many of them wait."""


def serve(
    app: WSGIApplication,
    host: str,
    port: int,
    threads: int,
    on_ready: Callable[[str], None],
    grace: float,
    *,
    shared: bool = False,
) -> None:
    """Serve, from the main thread, until SIGTERM or SIGINT; then let running requests finish, for `grace` seconds.

    `on_ready` gets the URL once connections are accepted; what it raises ends the server. A LateApp is made after that.
    Port 0 picks a free one. Raises PortTaken, or OSError when the address cannot be bound for another reason. A request
    that takes longer than `grace` is cut off when the process exits, with code 0. Other processes may serve a shared
    port too.
    """
    from mockserver.server import running

    listening = sockets.listen(host, port, shared=shared)
    with ExitStack() as opened:
        for each in listening:
            opened.enter_context(each)
        url = sockets.url(host, listening[0])
        turns.take(short=False)
        gc.freeze()
        gc.set_threshold(_GC_THRESHOLD)
        running.serve(app, listening, threads, lambda: on_ready(url), grace)


def in_thread(app: WSGIApplication, port: int = 0) -> "Running":
    """A server on the loopback address, in a thread of this process; close it, or use it as a context manager."""
    from mockserver.server.running import Running

    return Running(app, sockets.listen("127.0.0.1", port), _THREADS)

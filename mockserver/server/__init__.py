"""Answers how an app is served: by granian for the command, by Werkzeug's threaded server for tests and socket faults.

Both serve from one process and from a socket bound here, so the port is known, and a taken one noticed, before anything
starts. What is served stays out, and so do the words and exit codes of the command.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from time import perf_counter
from typing import Literal
from wsgiref.types import WSGIApplication

from mockserver.server import signals, sockets
from mockserver.server.sockets import PortTaken
from mockserver.server.threaded import Running

__all__ = ["Kind", "PortTaken", "Running", "in_thread", "serve"]

Kind = Literal["granian", "threaded"]

GRACE = 1.0
"""Seconds that requests under way have to finish once the server is told to stop."""

log = logging.getLogger(__name__)


def serve(
    app: WSGIApplication,
    host: str,
    port: int,
    kind: Kind,
    threads: int,
    on_ready: Callable[[str], None],
) -> None:
    """Serve, from the main thread, until SIGTERM or SIGINT; then let requests under way finish, for a second at most.

    `on_ready` gets the URL once connections are accepted. Port 0 picks a free one. Raises PortTaken, or OSError when
    the address cannot be bound for another reason. A request that outlasts the grace ends with the process, which
    then exits with code 0.
    """
    with sockets.listen(host, port) as listening:
        url = sockets.url(host, listening)
        if kind == "granian":
            from mockserver.server import one_process

            one_process.run(app, listening, threads, lambda: on_ready(url))
        else:
            _run_threaded(app, listening, lambda: on_ready(url))
    _settle(GRACE)


def in_thread(app: WSGIApplication, port: int = 0) -> Running:
    """A server on the loopback, in a thread of this process; close it, or use it as a context."""
    return Running(app, sockets.listen("127.0.0.1", port))


def _run_threaded(app: WSGIApplication, listening: sockets.Listening, on_ready: Callable[[], None]) -> None:
    stopped = signals.Heard()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stopped.set())
    with Running(app, listening, outlived=True):
        on_ready()
        stopped.wait()


def _settle(grace: float) -> None:
    """Wait for the threads that would hold the process up, and leave without those that take too long."""
    until = perf_counter() + grace
    held = [each for each in threading.enumerate() if not each.daemon and each is not threading.current_thread()]
    for each in held:
        each.join(max(0.0, until - perf_counter()))
    if any(each.is_alive() for each in held):
        log.warning("a request was still under way after %s s; it is cut off", grace)
        logging.shutdown()
        os._exit(0)

"""The servers for an app: granian for the command, a threaded server for tests and socket faults.

Both run in one process on a socket that is bound here, so the port is known, and a taken port noticed, before anything
starts. The command's messages and exit codes are in `cli`.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Literal
from wsgiref.types import WSGIApplication

from mockserver.server import sockets
from mockserver.server.sockets import PortTaken

if TYPE_CHECKING:
    from mockserver.server.threaded import Running as Running

__all__ = ["Kind", "PortTaken", "SignalEvent", "in_thread", "serve"]

Kind = Literal["granian", "threaded"]

log = logging.getLogger(__name__)


class SignalEvent(threading.Event):
    """An event that a signal handler sets, for the main thread to wait for.

    Python runs signal handlers between two bytecode instructions of the main thread. A signal that arrives just before
    an endless wait, or that the system delivers to one of granian's threads, would only be handled after the wait:
    never. So a wait without a timeout is a series of short ones.
    """

    def wait(self, timeout: float | None = None) -> bool:
        """True once the event is set, False when it is not set within `timeout` seconds."""
        while timeout is None:
            if super().wait(0.2):
                return True
        return super().wait(timeout)


def serve(
    app: WSGIApplication,
    host: str,
    port: int,
    kind: Kind,
    threads: int,
    on_ready: Callable[[str], None],
    grace: float,
) -> None:
    """Serve, from the main thread, until SIGTERM or SIGINT; then let running requests finish, for `grace` seconds.

    `on_ready` gets the URL once connections are accepted; what it raises ends the server. Port 0 picks a free one.
    Raises PortTaken, or OSError when the address cannot be bound for another reason. A request that takes longer than
    `grace` is cut off when the process exits, with code 0.
    """
    with sockets.listen(host, port) as listening:
        url = sockets.url(host, listening)
        if kind == "granian":
            from mockserver.server import one_process

            one_process.run(app, listening, threads, SignalEvent(), lambda: on_ready(url))
        else:
            from mockserver.server.threaded import Running

            stopped = SignalEvent()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopped.set())
            with Running(app, listening, finish_requests=True):
                on_ready(url)
                stopped.wait()
    _join_threads(grace)


def in_thread(app: WSGIApplication, port: int = 0) -> "Running":
    """A server on the loopback address, in a thread of this process; close it, or use it as a context manager."""
    from mockserver.server.threaded import Running

    return Running(app, sockets.listen("127.0.0.1", port))


def _join_threads(grace: float) -> None:
    """Wait for the threads that keep the process alive, and exit without those that take too long."""
    deadline = perf_counter() + grace
    running = [each for each in threading.enumerate() if not each.daemon and each is not threading.current_thread()]
    for each in running:
        each.join(max(0.0, deadline - perf_counter()))
    if any(each.is_alive() for each in running):
        log.warning("a request was still running after %s s; it is cut off", grace)
        logging.shutdown()
        os._exit(0)

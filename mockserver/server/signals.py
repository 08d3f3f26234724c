"""The signals that stop a server, SIGTERM and SIGINT; on Windows too, whose event loops take no signal handlers."""

import asyncio
import signal
from collections.abc import Callable

_TICK_SECONDS = 0.1

_NUMBERS = (signal.SIGTERM, signal.SIGINT)


def handle(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call `stop` in this loop, which runs in the main thread, with each signal."""
    try:
        for number in _NUMBERS:
            loop.add_signal_handler(number, stop)
    except NotImplementedError:
        for number in _NUMBERS:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
        _tick(loop)


def ignore() -> None:
    """Do nothing with any further signal."""
    for number in _NUMBERS:
        signal.signal(number, signal.SIG_IGN)


def _tick(loop: asyncio.AbstractEventLoop) -> None:
    """End the wait for sockets from time to time: on Windows, signals do not end it, and are handled only after it."""
    loop.call_later(_TICK_SECONDS, _tick, loop)

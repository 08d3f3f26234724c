"""The signals that stop a server where event loops take no signal handlers, as on Windows."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from threading import Thread
from typing import NoReturn

import pytest

from mockserver.cli import serving
from mockserver.server import loops, running, sockets
from tests.server.served import app

NUMBERS = (signal.SIGTERM, signal.SIGINT)


class LoopWithoutHandlers(asyncio.SelectorEventLoop):
    """An event loop that takes no signal handlers."""

    def add_signal_handler(self, *_: object) -> NoReturn:
        raise NotImplementedError


@pytest.fixture
def loop_without_handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server gets an event loop without handlers; afterwards, the handlers of this process are as before."""
    before = [signal.getsignal(number) for number in NUMBERS]
    loop = LoopWithoutHandlers()
    monkeypatch.setattr(loops, "new", lambda: loop)
    yield
    loop.close()
    for number, handler in zip(NUMBERS, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("loop_without_handlers")
@pytest.mark.parametrize("number", NUMBERS)
def test_signal_that_does_not_end_the_wait_for_sockets_stops_the_server(number: signal.Signals) -> None:
    # Python handles the signal of another thread in the main thread, which waits for sockets and does not know of it.
    sender = Thread(target=signal.raise_signal, args=(number,))
    running.serve(app, sockets.listen("127.0.0.1", 0), 1, sender.start, 5)
    sender.join()
    assert [signal.getsignal(each) for each in NUMBERS] == [signal.SIG_IGN] * 2


def test_end_of_standard_input_raises_the_signal_where_kill_ends_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[int] = []
    reading, writing = os.pipe()
    os.close(writing)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(signal, "raise_signal", raised.append)
    serving.stop_at_eof(reading).join()
    os.close(reading)
    assert raised == [signal.SIGTERM]

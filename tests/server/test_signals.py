"""Waiting for a signal: none is missed, whichever thread gets it."""

import signal
import threading
from types import FrameType

from mockserver.server import SignalEvent


def test_signal_received_by_another_thread_is_noticed() -> None:
    event = SignalEvent()

    def handle(number: int, at: FrameType | None) -> None:
        assert (number, at is not None) == (signal.SIGUSR1, True)
        event.set()

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)).start()
        assert event.wait()
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_wait_with_a_timeout_ends() -> None:
    event = SignalEvent()
    assert not event.wait(0)
    event.set()
    assert event.wait(0)

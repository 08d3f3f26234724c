"""Waiting for a signal: none is missed, wherever the system delivers it."""

import signal
import threading
from types import FrameType

from mockserver.server import SignalEvent


def test_signal_received_by_another_thread_is_noticed() -> None:
    heard = SignalEvent()

    def hear(number: int, at: FrameType | None) -> None:
        assert (number, at is not None) == (signal.SIGUSR1, True)
        heard.set()

    before = signal.signal(signal.SIGUSR1, hear)
    try:
        threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)).start()
        assert heard.wait()
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_wait_with_a_timeout_ends() -> None:
    heard = SignalEvent()
    assert not heard.wait(0)
    heard.set()
    assert heard.wait(0)

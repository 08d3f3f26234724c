"""An event that lets the main thread wait for a signal without missing it."""

import threading

_INTERVAL = 0.2
"""Seconds between two checks, and so the longest that a signal can go unnoticed."""


class SignalEvent(threading.Event):
    """An event that a signal handler sets, for the main thread to wait for.

    Python runs signal handlers between two bytecode instructions of the main thread. A signal that arrives just before
    an endless wait, or that the system delivers to one of granian's threads, would only be handled after the wait:
    never.
    """

    def wait(self, timeout: float | None = None) -> bool:
        """True once the event is set, False when it is not set within `timeout` seconds."""
        while timeout is None:
            if super().wait(_INTERVAL):
                return True
        return super().wait(timeout)

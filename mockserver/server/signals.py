"""Answers how the main thread waits for a signal without missing it.

What a signal then means stays out.
"""

import threading

_LOOK = 0.2
"""Seconds between two looks, so the longest that a signal can go unheard."""


class Heard(threading.Event):
    """An event that a signal handler sets, for the main thread to wait for.

    Python runs handlers between two steps of the main thread. A signal that comes just before a wait without an end
    begins, or that the system delivers to a thread of granian's, would be handled only once the wait is over: never.
    """

    def wait(self, timeout: float | None = None) -> bool:
        """True once the event is set, False after `timeout` seconds without."""
        while timeout is None:
            if super().wait(_LOOK):
                return True
        return super().wait(timeout)

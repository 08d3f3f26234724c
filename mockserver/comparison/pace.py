"""How fast a live API is asked: within the documented limit, and slower where it says so."""

from collections.abc import Callable, Iterable
from threading import Event

from mockserver.gateway.limits import Allowance

POLITE = Allowance(per_minute=60, burst=1)
"""The pace where no limit is documented: one request a second."""

BURST_MAXIMUM = 10
"""How many requests follow one another at most, so that others who share the limit have some."""

RETRY_DEFAULT, RETRY_MAXIMUM = 60.0, 600.0
"""How long to wait after a 429 without a usable Retry-After, and at most, in seconds; for more, nobody waits."""

Wait = Callable[[float], object]


def pause(seconds: float) -> None:
    """Wait."""
    Event().wait(seconds)


class Pace:
    """Waits before each request as long as the strictest of some allowances requires."""

    def __init__(self, allowances: Iterable[Allowance | None], wait: Wait | None = None) -> None:
        strictest = min((each for each in allowances if each), key=lambda each: each.per_minute, default=POLITE)
        self.burst = min(strictest.burst, BURST_MAXIMUM)
        self.interval = 60 / min(strictest.per_minute, POLITE.per_minute)
        self._wait = wait or pause
        self._sent = 0

    def seconds(self, requests: int) -> float:
        """How long so many further requests wait altogether."""
        return max(0, requests - max(0, self.burst - self._sent)) * self.interval

    def before_request(self) -> None:
        """Wait until a request may be sent."""
        if self._sent >= self.burst:
            self._wait(self.interval)
        self._sent += 1

    def back_off(self, retry_after: str | None) -> bool:
        """Wait as long as a 429 says, and then send without bursts; False, without waiting, where that is too long."""
        seconds = _seconds(retry_after)
        if seconds > RETRY_MAXIMUM:
            return False
        self._wait(seconds)
        self._sent = self.burst
        return True


def _seconds(retry_after: str | None) -> float:
    """The seconds of a Retry-After header; a date is not read, since it can be of another clock."""
    text = (retry_after or "").strip()
    return float(text) if text.isascii() and text.isdecimal() else RETRY_DEFAULT

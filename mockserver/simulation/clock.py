"""Clocks of sandboxes: real, shifted or frozen. The only module that reads the wall clock.

A clock is a value; the sandbox that has it replaces it by another one.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""The bounds of a clock: two years of history and a year of future fit around any time between them."""

_BOUNDS = f"the clock must stay between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}"


class ClockError(ValueError):
    """A time outside the bounds of a clock."""


def wall() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


def elapsed() -> int:
    """Nanoseconds since an arbitrary start, to measure durations of real time even when the wall clock is set."""
    return time.monotonic_ns()


@dataclass(frozen=True, slots=True)
class Clock:
    """An offset to the wall clock, or a time that does not move. The default is real time."""

    offset: timedelta = timedelta()
    frozen_at: datetime | None = None

    @classmethod
    def at(cls, now: datetime, *, frozen: bool = False) -> Self:
        """A clock that shows `now` (aware) and stands still, or runs on from it; ClockError out of bounds."""
        if not EARLIEST <= now <= LATEST:
            raise ClockError(_BOUNDS)
        return cls(frozen_at=now.astimezone(UTC)) if frozen else cls(offset=now - wall())

    @property
    def frozen(self) -> bool:
        return self.frozen_at is not None

    def now(self) -> datetime:
        """The time that this clock shows, in UTC; a running clock stops at LATEST."""
        return self.frozen_at or min(wall() + self.offset, LATEST)

    def advanced(self, by: timedelta) -> Self:
        """The same clock, set forward; ClockError beyond LATEST."""
        if by > LATEST - self.now():
            raise ClockError(_BOUNDS)
        if self.frozen_at is not None:
            return type(self)(frozen_at=self.frozen_at + by)
        return type(self)(offset=self.offset + by)


@dataclass(frozen=True, slots=True)
class ClockStart:
    """The time at which a clock starts (aware, and within the bounds of a clock), and whether it stands still there."""

    now: datetime
    frozen: bool = False

    def clock(self, *, frozen: bool = False) -> Clock:
        """A clock that starts here; with `frozen`, it stands still in any case."""
        return Clock.at(self.now, frozen=frozen or self.frozen)

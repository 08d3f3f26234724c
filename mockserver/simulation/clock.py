"""Answers what time it is in a world: real, shifted, or frozen; the only place that reads the wall clock.

A clock is a value. Who holds it, and when it is replaced by another, stays out.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""A clock's bounds: two years of history and a year of future fit on either side of any instant between them."""


_BOUNDS = f"the clock must stay between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}"


class ClockError(ValueError):
    """An instant outside the bounds of a clock."""


def wall() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


def elapsed() -> int:
    """Nanoseconds of real time since some instant: for how long something lasts, whatever is done to the wall clock."""
    return time.monotonic_ns()


def _within(instant: datetime) -> datetime:
    if not EARLIEST <= instant <= LATEST:
        raise ClockError(_BOUNDS)
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """An offset to the wall clock, or an instant that does not move. The default is real time."""

    offset: timedelta = timedelta()
    frozen_at: datetime | None = None

    @classmethod
    def at(cls, instant: datetime, *, frozen: bool = False) -> Self:
        """A clock that shows `instant` (aware) now and stands still, or runs on from it; ClockError out of bounds."""
        instant = _within(instant)
        return cls(frozen_at=instant) if frozen else cls(offset=instant - wall())

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self.frozen_at is not None

    def now(self) -> datetime:
        """The instant that this clock shows, in UTC; a clock that runs past the last instant stays there."""
        return self.frozen_at or min(wall() + self.offset, LATEST)

    def advanced(self, by: timedelta) -> Self:
        """The same clock, further on; ClockError where that is out of bounds."""
        if by > LATEST - self.now():
            raise ClockError(_BOUNDS)
        if self.frozen_at is not None:
            return type(self)(frozen_at=self.frozen_at + by)
        return type(self)(offset=self.offset + by)

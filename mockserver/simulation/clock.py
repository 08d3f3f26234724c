"""Clocks of sandboxes: real, shifted or frozen. The only module that reads the wall clock.

A clock is a value; the sandbox that has it replaces it by another one. It counts nanoseconds, which `PreciseTime` adds
to what a datetime can hold.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Self

_FRACTION = re.compile(r"\.(\d{6})(\d{1,3})")
_MICROSECOND = timedelta(microseconds=1)


class PreciseTime(datetime):
    """A time in UTC, to the nanosecond: `ns` nanoseconds after 1970; None for what arithmetic makes of such a time.

    In comparisons and arithmetic it is a datetime, and what is less than a microsecond is left out.
    """

    ns: int | None = None

    @classmethod
    def from_ns(cls, ns: int) -> "PreciseTime":
        """The time so many nanoseconds after 1970."""
        seconds, rest = divmod(ns, 10**9)
        minutes, second = divmod(seconds, 60)
        found = cls(*_minute(minutes), second, rest // 1000, UTC)
        found.ns = ns
        return found


_EPOCH = PreciseTime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def _minute(minutes: int) -> tuple[int, int, int, int, int]:
    """Year, month, day, hour and minute, so many minutes after 1970.

    Every request reads its clock, most of them in the same minute: the arithmetic of datetime takes twice as long.
    """
    return (_EPOCH + timedelta(minutes=minutes)).timetuple()[:5]


EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""The bounds of a clock: two years of history and a year of future fit around any time between them."""

_BOUNDS = f"the clock must stay between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}"


class ClockError(ValueError):
    """A time outside the bounds of a clock."""


def nanoseconds(moment: datetime) -> int:
    """Nanoseconds since 1970."""
    ns: int | None = getattr(moment, "ns", None)
    return (moment - _EPOCH) // _MICROSECOND * 1000 if ns is None else ns


def fraction(moment: datetime) -> str:
    """The nine digits after the decimal point of a time's seconds."""
    return f"{nanoseconds(moment) % 10**9:09}"


def parse(text: str) -> datetime:
    """What `datetime.fromisoformat` makes of a text, in UTC and with nanoseconds if the text has a time zone.

    ValueError for any other text; ClockError for a time before year 1 or after year 9999 in UTC.
    """
    parsed = datetime.fromisoformat(text)
    if parsed.utcoffset() is None:
        return parsed
    digits = _FRACTION.search(text)
    try:
        return PreciseTime.from_ns(nanoseconds(parsed) + (int(digits[2].ljust(3, "0")) if digits else 0))
    except OverflowError as error:
        raise ClockError(_BOUNDS) from error


def format_utc(moment: datetime) -> str:
    """A time as in RFC 3339, in UTC: with nine digits if it has nanoseconds, else with six, or none that are zeros."""
    digits = fraction(moment).removesuffix("000")
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{f'.{digits}' if digits.strip('0') else ''}Z"


def wall_ns() -> int:
    """The real time, in nanoseconds since 1970.

    A test that freezes time with freezegun has another `datetime` here, which is exact, unlike its `time_ns`.
    """
    return time.time_ns() if datetime in PreciseTime.__bases__ else nanoseconds(datetime.now(UTC))


def elapsed() -> int:
    """Nanoseconds since an arbitrary start, to measure durations of real time even when the wall clock is set."""
    return time.monotonic_ns()


_LATEST_NS = nanoseconds(LATEST)


@dataclass(frozen=True, slots=True)
class Clock:
    """An offset to the wall clock in nanoseconds, or a time that does not move. The default is real time."""

    offset: int = 0
    frozen_at: PreciseTime | None = None

    @classmethod
    def at(cls, now: datetime, *, frozen: bool = False) -> Self:
        """A clock that shows `now` (aware) and stands still, or runs on from it; ClockError out of bounds."""
        if not EARLIEST <= now <= LATEST:
            raise ClockError(_BOUNDS)
        ns = nanoseconds(now)
        return cls(frozen_at=PreciseTime.from_ns(ns)) if frozen else cls(offset=ns - wall_ns())

    @property
    def frozen(self) -> bool:
        return self.frozen_at is not None

    def now(self) -> PreciseTime:
        """The time that this clock shows, in UTC; a running clock stops at LATEST."""
        return self.frozen_at or self.at_wall(wall_ns())

    def now_ns(self) -> int:
        """The same in nanoseconds since 1970, which takes less time."""
        return self.ns_at(wall_ns())

    def ns_at(self, wall: int) -> int:
        """The time that this clock shows, in nanoseconds since 1970, when the wall clock shows `wall`."""
        if self.frozen_at is not None:
            return nanoseconds(self.frozen_at)
        return min(wall + self.offset, _LATEST_NS)

    def at_wall(self, ns: int) -> PreciseTime:
        """The time that this clock shows when the wall clock is so many nanoseconds after 1970."""
        return self.frozen_at or PreciseTime.from_ns(min(ns + self.offset, _LATEST_NS))

    def advanced(self, by: timedelta, more_ns: int = 0) -> Self:
        """The same clock, set forward, also by some nanoseconds; ClockError beyond LATEST."""
        now, span = nanoseconds(self.now()), by // _MICROSECOND * 1000 + more_ns
        if span > _LATEST_NS - now:
            raise ClockError(_BOUNDS)
        if self.frozen_at is not None:
            return type(self)(frozen_at=PreciseTime.from_ns(now + span))
        return type(self)(offset=self.offset + span)


@dataclass(frozen=True, slots=True)
class ClockStart:
    """The time at which a clock starts (aware, and within the bounds of a clock), and whether it stands still there."""

    now: datetime
    frozen: bool = False

    def clock(self, *, frozen: bool = False) -> Clock:
        """A clock that starts here; with `frozen`, it stands still in any case."""
        return Clock.at(self.now, frozen=frozen or self.frozen)

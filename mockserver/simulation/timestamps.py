"""Timestamps: whole seconds since 1970-01-01T00:00:00Z, and their formats.

The present time comes from `clock`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import numpy as np

from mockserver.simulation.clock import nanoseconds
from mockserver.simulation.hashing import I64

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
"""The ordinal of the day of second 0."""


def seconds(time: datetime) -> int:
    """The whole seconds that have passed by a time."""
    return nanoseconds(time) // 10**9


def midnight(day: date) -> int:
    """The second at which a day begins."""
    return (day.toordinal() - EPOCH) * DAY


def day_of(second: int) -> date:
    """The day of a second."""
    return date.fromordinal(second // DAY + EPOCH)


def format_utc(second: int, fraction: str = "") -> str:
    """RFC 3339 in UTC, with the digits of a fraction where there are any."""
    text = _text(second)
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


@lru_cache(maxsize=2048)  # Clients ask for the same days again and again.
def _text(second: int) -> str:
    rest = second % DAY
    return f"{day_of(second)}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def format_all_utc(timestamps: I64) -> list[str]:
    """Many whole seconds, each in the format of `format_utc`."""
    texts: list[str] = np.datetime_as_string(timestamps.astype("datetime64[s]"), timezone="UTC").tolist()
    return texts


@dataclass(frozen=True, slots=True, order=True)
class ParsedTime:
    """A timestamp that a client wrote: its text, its second, and the digits of its fraction without final zeros."""

    text: str = field(compare=False)
    second: int
    fraction: str = ""

    @property
    def ceiling(self) -> int:
        """The first whole second that is not before the timestamp."""
        return self.second + bool(self.fraction)

    @property
    def utc(self) -> str:
        """The timestamp in UTC, whatever its offset."""
        return format_utc(self.second, self.fraction)

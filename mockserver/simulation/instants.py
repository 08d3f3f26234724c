"""Answers how instants are reckoned: whole seconds since 1970-01-01T00:00:00Z, and how they are written.

Which instant is now stays out (`clock`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from mockserver.simulation.hashing import I64

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
"""The ordinal of the day on which second 0 lies."""

_START = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(instant: datetime) -> int:
    """The whole seconds that have passed at an instant."""
    return (instant - _START) // timedelta(seconds=1)


def midnight(day: date) -> int:
    """The second at which a day begins."""
    return (day.toordinal() - EPOCH) * DAY


def day_of(second: int) -> date:
    """The day in which a second lies."""
    return date.fromordinal(second // DAY + EPOCH)


def written(second: int, fraction: str = "") -> str:
    """RFC 3339 in UTC, with the digits of a fraction where there are any."""
    days, rest = divmod(second, DAY)
    point = f".{fraction}" if fraction else ""
    day = date.fromordinal(days + EPOCH)
    return f"{day.isoformat()}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}{point}Z"


def all_written(seconds: I64) -> list[str]:
    """Many whole seconds, each as `written` writes it."""
    texts: list[str] = np.datetime_as_string(seconds.astype("datetime64[s]"), timezone="UTC").tolist()
    return texts


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant as somebody wrote it: the second in which it lies, and its fraction's digits without end zeros."""

    text: str
    second: int
    fraction: str = ""

    @property
    def order(self) -> tuple[int, str]:
        """What instants are compared by."""
        return self.second, self.fraction

    @property
    def ceiling(self) -> int:
        """The first whole second that is not before the instant."""
        return self.second + bool(self.fraction)

    @property
    def written(self) -> str:
        """The instant in UTC, whatever offset it was written with."""
        return written(self.second, self.fraction)

"""Answers what kind of day a day is: weekday, month, holiday, silence. A day is a proleptic Gregorian ordinal.

Who works on it stays out.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mockserver.simulation.chance import I64
from mockserver.simulation.organization import Organization

_SEASON = np.array([90, 100, 105, 100, 98, 95, 80, 75, 105, 110, 105, 70], dtype=np.int64)
"""How busy each month is, in percent: slow summers and a slow December."""

_HOLIDAYS = frozenset({(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)})


@dataclass(frozen=True, slots=True)
class Days:
    """A run of consecutive days and what each is like; every array has one entry a day."""

    ordinals: I64
    weekend: np.ndarray
    holiday: np.ndarray
    silent: np.ndarray
    season: I64
    quarter: I64

    def __len__(self) -> int:
        return len(self.ordinals)

    @property
    def first(self) -> int:
        """The ordinal of the first day."""
        return int(self.ordinals[0])

    @property
    def last(self) -> int:
        """The ordinal of the last day."""
        return int(self.ordinals[-1])


def days(organization: Organization, first: int, last: int) -> Days:
    """The days from `first` to `last`, both inclusive; `quarter` numbers the spells that vacations are drawn in."""
    ordinals = np.arange(first, last + 1, dtype=np.int64)
    dates = [date.fromordinal(int(day)) for day in ordinals]
    extra = frozenset(organization.holidays)
    return Days(
        ordinals=ordinals,
        weekend=(ordinals - 1) % 7 >= 5,
        holiday=np.array([(day.month, day.day) in _HOLIDAYS or day in extra for day in dates]),
        silent=np.array([any(span.first <= day <= span.last for span in organization.silent) for day in dates]),
        season=_SEASON[[day.month - 1 for day in dates]],
        quarter=ordinals // 91,
    )


def month_after(month: date, by: int = 1) -> date:
    """The first day of the month that lies `by` months after another's."""
    year, place = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, place + 1, 1)


def week_of(day: date) -> date:
    """The Monday of a day's ISO week."""
    return day - timedelta(days=day.weekday())

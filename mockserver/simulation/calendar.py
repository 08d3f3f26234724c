"""The calendar: weekdays, months, holidays and silent periods of a run of days.

A day is a proleptic Gregorian ordinal. Who works on it is decided by `presence`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Organization
from mockserver.simulation.timestamps import EPOCH

_SEASON = np.array([90, 100, 105, 100, 98, 95, 80, 75, 105, 110, 105, 70], dtype=np.int64)
"""How busy each month is, in percent: slow summers and a slow December."""

_HOLIDAYS = np.zeros(12 * 31, dtype=np.bool_)
"""Which days of a year are holidays; every month has 31 places."""

for _month, _day in ((1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)):
    _HOLIDAYS[(_month - 1) * 31 + _day - 1] = True


_KEPT_LENGTH, _RUNS_KEPT = 400, 64
"""How many days a run has at most that is kept, and how many runs are: the pages of a list need the same one."""


@dataclass(frozen=True, slots=True)
class Days:
    """A run of consecutive days and what each is like; every array has one entry per day."""

    ordinals: I64
    weekend: np.ndarray
    holiday: np.ndarray
    silent: np.ndarray
    season: I64
    quarter: I64
    month: I64

    def __len__(self) -> int:
        return len(self.ordinals)

    @property
    def first(self) -> int:
        return int(self.ordinals[0])

    @property
    def last(self) -> int:
        return int(self.ordinals[-1])


def days(organization: Organization, first: int, last: int) -> Days:
    """The days from `first` to `last`, both inclusive; nobody may change their arrays, because short runs are kept.

    `quarter` numbers the periods in which vacations are drawn, `month` the calendar months, from 1970-01 on.
    """
    return (_kept if last - first < _KEPT_LENGTH else _days)(organization, first, last)


def _days(organization: Organization, first: int, last: int) -> Days:
    ordinals = np.arange(first, last + 1, dtype=np.int64)
    dates = (ordinals - EPOCH).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month, day = months.astype(np.int64) % 12, (dates - months).astype(np.int64)
    extra = [each.toordinal() for each in organization.holidays]
    silent = np.zeros(len(ordinals), dtype=np.bool_)
    for period in organization.silent:
        silent |= (period.first.toordinal() <= ordinals) & (ordinals <= period.last.toordinal())
    return Days(
        ordinals=ordinals,
        weekend=(ordinals - 1) % 7 >= 5,
        holiday=_HOLIDAYS[month * 31 + day] | np.isin(ordinals, extra) if extra else _HOLIDAYS[month * 31 + day],
        silent=silent,
        season=_SEASON[month],
        quarter=ordinals // 91,
        month=months.astype(np.int64),
    )


_kept = lru_cache(maxsize=_RUNS_KEPT)(_days)


def month_after(month: date, by: int = 1) -> date:
    """The first day of the month that is `by` months after another."""
    year, number = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, number + 1, 1)


def month_of(day: int) -> int:
    """The first day of a day's calendar month; both are ordinals."""
    return date.fromordinal(day).replace(day=1).toordinal()


def week_of(day: date) -> date:
    """The Monday of a day's ISO week."""
    return day - timedelta(days=day.weekday())

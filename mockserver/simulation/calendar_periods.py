"""Periods of the calendar (days, weeks, months, years) that a run of days touches. Days are ordinals.

How a client names a period is decided by each vendor.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum


class CalendarPeriod(StrEnum):
    """The length of a bucket; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_MONTHS = {CalendarPeriod.MONTH: 1, CalendarPeriod.YEAR: 12}


def count(first: int, last: int, period: CalendarPeriod) -> int:
    """The number of periods that the days from `first` to `last`, both inclusive, touch; there is at least one day."""
    if period in _MONTHS:
        return _month(last) // _MONTHS[period] - _month(first) // _MONTHS[period] + 1
    return len(starts(first, last, period))


def starts(first: int, last: int, period: CalendarPeriod) -> Sequence[int]:
    """The first day of each period that they touch, ascending; the first of them may be before `first`."""
    if period in _MONTHS:
        step = _MONTHS[period]
        months = range(_month(first) // step * step, _month(last) + 1, step)
        return [date(month // 12, month % 12 + 1, 1).toordinal() for month in months]
    if period == CalendarPeriod.WEEK:
        return range(first - (first - 1) % 7, last + 1, 7)  # The ordinal 1 is a Monday.
    return range(first, last + 1)


def _month(day: int) -> int:
    """The month of a day, counted from January of the year 0."""
    found = date.fromordinal(day)
    return found.year * 12 + found.month - 1

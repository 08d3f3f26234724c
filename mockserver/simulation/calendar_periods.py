"""Answers into which parts of the calendar a run of days falls: its days, weeks, months or years. Days are ordinals.

What is counted in a part stays out, and so do the words by which a client asks for one.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum


class CalendarPeriod(StrEnum):
    """What a bucket is; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_MONTHS = {CalendarPeriod.MONTH: 1, CalendarPeriod.YEAR: 12}


def count(first: int, last: int, part: CalendarPeriod) -> int:
    """How many parts the days from `first` to `last` touch, both inclusive; `first` is not the later one."""
    if part in _MONTHS:
        return _month(last) // _MONTHS[part] - _month(first) // _MONTHS[part] + 1
    return len(starts(first, last, part))


def starts(first: int, last: int, part: CalendarPeriod) -> Sequence[int]:
    """The first day of each part that they touch, ascending; the first of all may lie before `first`."""
    if part in _MONTHS:
        step = _MONTHS[part]
        months = range(_month(first) // step * step, _month(last) + 1, step)
        return [date(month // 12, month % 12 + 1, 1).toordinal() for month in months]
    if part == CalendarPeriod.WEEK:
        return range(first - (first - 1) % 7, last + 1, 7)  # The ordinal 1 is a Monday.
    return range(first, last + 1)


def _month(day: int) -> int:
    """The month of a day, counted from January of the year 0."""
    found = date.fromordinal(day)
    return found.year * 12 + found.month - 1

"""The parts of the calendar: they follow one another without gaps, and are counted unlisted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod

ENDS = st.tuples(st.integers(1, date.max.toordinal() - 800), st.integers(0, 800))
CUT = {
    "a day": (CalendarPeriod.DAY, "2025-10-14", "2025-10-14", ["2025-10-14"]),
    "days over a leap day": (
        CalendarPeriod.DAY,
        "2024-02-28",
        "2024-03-01",
        ["2024-02-28", "2024-02-29", "2024-03-01"],
    ),
    "weeks begin on Monday": (
        CalendarPeriod.WEEK,
        "2025-10-01",
        "2025-10-13",
        ["2025-09-29", "2025-10-06", "2025-10-13"],
    ),
    "a week over the turn of the year": (CalendarPeriod.WEEK, "2025-01-01", "2025-01-06", ["2024-12-30", "2025-01-06"]),
    "months": (CalendarPeriod.MONTH, "2024-12-31", "2025-02-01", ["2024-12-01", "2025-01-01", "2025-02-01"]),
    "years": (CalendarPeriod.YEAR, "2023-12-31", "2025-01-01", ["2023-01-01", "2024-01-01", "2025-01-01"]),
    "the first days there are": (CalendarPeriod.WEEK, "0001-01-01", "0001-01-08", ["0001-01-01", "0001-01-08"]),
    "the last days there are": (CalendarPeriod.MONTH, "9999-11-30", "9999-12-31", ["9999-11-01", "9999-12-01"]),
}


@pytest.mark.parametrize(("part", "first", "last", "dates"), CUT.values(), ids=CUT)
def test_period_begins_on_its_first_day_in_the_calendar(
    part: CalendarPeriod, first: str, last: str, dates: list[str]
) -> None:
    ends = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    assert [date.fromordinal(start).isoformat() for start in calendar_periods.starts(*ends, part)] == dates


@given(ENDS, st.sampled_from(CalendarPeriod))
def test_periods_cover_the_days_in_order_and_match_their_count(ends: tuple[int, int], part: CalendarPeriod) -> None:
    first, last = ends[0], sum(ends)
    starts = list(calendar_periods.starts(first, last, part))
    assert starts == sorted(set(starts))
    assert starts[0] <= first
    assert all(first < start <= last for start in starts[1:])
    assert len(starts) == calendar_periods.count(first, last, part)


@given(ENDS, st.sampled_from(CalendarPeriod))
def test_two_days_share_a_period_when_none_begins_between_them(ends: tuple[int, int], part: CalendarPeriod) -> None:
    days = date.fromordinal(ends[0]), date.fromordinal(sum(ends))
    marks = {
        CalendarPeriod.DAY: lambda day: day,
        CalendarPeriod.WEEK: lambda day: day.isocalendar()[:2],
        CalendarPeriod.MONTH: lambda day: (day.year, day.month),
        CalendarPeriod.YEAR: lambda day: day.year,
    }
    one, other = map(marks[part], days)
    assert (calendar_periods.count(ends[0], sum(ends), part) == 1) == (one == other)


def test_longest_range_is_counted_at_once() -> None:
    assert [calendar_periods.count(1, date.max.toordinal(), part) for part in CalendarPeriod] == [
        3_652_059,
        521_723,
        119_988,
        9_999,
    ]

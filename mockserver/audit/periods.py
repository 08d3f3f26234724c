"""Checks between days, weeks and months: counters add up, and distinct counts stay within bounds.

They begin at the latest with the month before the last day, so that whole weeks and months are compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mockserver.audit.invariant import Violation, equal, within_bounds
from mockserver.audit.reader import Reader


@dataclass(frozen=True, slots=True)
class PeriodNumbers:
    """The numbers of one day, week or month by name, and its first day."""

    first: date
    numbers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A report by "day", "week" or "month", ascending; `whole` reads the range as one, where the report has that."""

    read: Callable[[Reader, str], list[PeriodNumbers]]
    whole: Callable[[Reader], Mapping[str, Any]] | None = None


def sums_of_days(*reports: PeriodReport) -> Callable[[Reader], None]:
    """A check that each week and month begins on its first day of the calendar, and is the sum of its days."""

    def check(reader: Reader) -> None:
        for where, number, days in _numbers(reports, reader):
            parts = sum((Decimal(str(day)) for day in days), Decimal(0))
            equal(where, Decimal(str(number)), parts, "the bucket and the sum of its days")

    return check


def distinct_within_days(*reports: PeriodReport) -> Callable[[Reader], None]:
    """A check that each distinct count is at least that of its highest day and at most the sum of its days."""

    def check(reader: Reader) -> None:
        for where, number, days in _numbers(reports, reader):
            within_bounds(where, number, days, "the bucket and its days")

    return check


def _numbers(reports: Sequence[PeriodReport], reader: Reader) -> Iterator[tuple[str, Any, list[Any]]]:
    """Every number of a period that is longer than a day, with the numbers of its days."""
    for report in reports:
        for where, period, days in _periods(report, reader):
            for name, number in period.numbers.items():
                yield f"{where}, {name}", number, [day.numbers[name] for day in days]


def _periods(report: PeriodReport, reader: Reader) -> Iterator[tuple[str, PeriodNumbers, list[PeriodNumbers]]]:
    """Every period that is longer than a day, with its days."""
    days = report.read(reader, "day")
    for length in ("week", "month"):
        longer = report.read(reader, length)
        for period, following in zip(longer, [*longer[1:], None], strict=True):
            _check_calendar(length, period.first, reader.since)
            end = following.first if following else date.max
            yield f"the {length} of {period.first}", period, [day for day in days if period.first <= day.first < end]
    if report.whole is not None:
        yield f"{reader.since} to {reader.last}", PeriodNumbers(reader.since, report.whole(reader)), days


def _check_calendar(length: str, first: date, since: date) -> None:
    begins = first.weekday() == 0 if length == "week" else first.day == 1
    if not (begins or first == since):
        start = "a Monday" if length == "week" else "the first of a month"
        raise Violation(f"the {length} of {first} does not begin on {start}")

"""Answers what must hold between days, weeks and months: counters add up, distinct people lie between highest and sum.

They are compared from the month before the end of the range on, so that there are whole ones. What must hold inside a
bucket stays out (each vendor's module).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from mockserver.audit import jetbrains, tabnine
from mockserver.audit.invariant import Invariant, Violation, equal, within_bounds
from mockserver.audit.reader import Reader

_LONGER = ("week", "month")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Numbers by their names, and the first day that they are told for."""

    first: date
    numbers: Mapping[str, Any]


Read = Callable[[Reader, str], list[Bucket]]
"""A report by "day", "week" or "month", ascending."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a vendor tells in buckets; `whole` reads the range as one bucket's numbers, where the report has that."""

    read: Read
    whole: Callable[[Reader], Mapping[str, Any]] | None = None


def _add_up(reports: Sequence[Report], reader: Reader) -> None:
    for report in reports:
        for where, bucket, days in _told(report, reader):
            for name in bucket.numbers:
                parts = sum((Decimal(str(day.numbers[name])) for day in days), Decimal(0))
                equal(
                    f"{where}, {name}", Decimal(str(bucket.numbers[name])), parts, "the bucket and the sum of its days"
                )


def _are_distinct(reports: Sequence[Report], reader: Reader) -> None:
    for report in reports:
        for where, bucket, days in _told(report, reader):
            for name, number in bucket.numbers.items():
                within_bounds(
                    f"{where}, {name}", number, (day.numbers[name] for day in days), "the bucket and its days"
                )


def _told(report: Report, reader: Reader) -> Iterator[tuple[str, Bucket, list[Bucket]]]:
    """Every bucket longer than a day, with its days."""
    days = report.read(reader, "day")
    for length in _LONGER:
        longer = report.read(reader, length)
        for bucket, following in zip(longer, [*longer[1:], None], strict=True):
            _check_calendar(length, bucket.first, reader.since)
            mine = [day for day in days if bucket.first <= day.first and (not following or day.first < following.first)]
            yield f"the {length} of {bucket.first}", bucket, mine
    if report.whole is not None:
        yield f"{reader.since} to {reader.last}", Bucket(reader.since, report.whole(reader)), days


def _check_calendar(length: str, first: date, since: date) -> None:
    begins = first.weekday() == 0 if length == "week" else first.day == 1
    if not (begins or first == since):
        raise Violation(f"the {length} of {first} begins on no {'Monday' if length == 'week' else 'first of a month'}")


def _usage(numbers: Callable[[Any], Mapping[str, Any]]) -> Report:
    lengths = {"day": "daily", "week": "weekly", "month": "monthly"}

    def read(reader: Reader, length: str) -> list[Bucket]:
        told = tabnine.usage(reader, "organization", lengths[length], reader.since)
        return [Bucket(date.fromisoformat(each["from"][:10]), numbers(each)) for each in told]

    return Report(read, lambda reader: numbers(tabnine.usage(reader, "organization", "all", reader.since)[0]))


def _active(bucket: Any) -> dict[str, int]:
    sections = {name: bucket[name] for name in ("codeCompletions", "chat", "agent") if name in bucket}
    return {name: each[tabnine.ACTIVE] for name, each in {"all": bucket, **sections}.items()}


def _ide(path: str, *names: str) -> Report:
    def read(reader: Reader, length: str) -> list[Bucket]:
        return _rows(jetbrains.ide(reader, path, reader.since, groupBy=length.upper())["items"], names)

    return Report(read)


def _console(report: str, *names: str) -> Report:
    def read(reader: Reader, length: str) -> list[Bucket]:
        return _rows(jetbrains.console(reader, report, since=reader.since, length=length)["data"], names)

    def whole(reader: Reader) -> dict[str, Any]:
        total = jetbrains.console(reader, report, since=reader.since)["total"]
        return {name: total[name] for name in names}

    return Report(read, whole)


def _rows(rows: list[Any], names: Sequence[str]) -> list[Bucket]:
    return [Bucket(date.fromisoformat(row["date"]), {name: row[name] for name in names}) for row in rows]


_SUMS = {
    "tabnine": [_usage(lambda bucket: tabnine.counted([bucket]))],
    "jetbrains-ide": [_ide(jetbrains.EFFECTS, *jetbrains.NUMBERS)],
    "jetbrains-console": [_console("quota-consumption", "builtInQuota", "topUpCredits", "totalCredits")],
}
_DISTINCT = {
    "tabnine": [_usage(_active)],
    "jetbrains-ide": [_ide(jetbrains.ADOPTION, "enabledUsers", "activeUsers")],
    "jetbrains-console": [_console("users-adoption", "enabledUsers", "activeUsers"),
                          _console("limit-hits", "usersHitLimit")],
}  # fmt: skip

INVARIANTS = (
    Invariant("tabnine-buckets-are-their-days", "Weeks and months begin with the calendar's, and sum up their days.",
             "tabnine: 4", "D", partial(_add_up, _SUMS["tabnine"])),
    Invariant("tabnine-buckets-are-distinct", "Active users are at most the sum of the days, at least the highest.",
             "tabnine: 5", "I", partial(_are_distinct, _DISTINCT["tabnine"])),
    Invariant("ide-buckets-are-their-days", "Weeks and months begin with the calendar's, and sum up their days.",
             "jetbrains-ide: 3", "I", partial(_add_up, _SUMS["jetbrains-ide"])),
    Invariant("ide-buckets-are-distinct", "Users of a bucket are at most the sum of the days, at least the highest.",
             "jetbrains-ide: 3", "D", partial(_are_distinct, _DISTINCT["jetbrains-ide"])),
    Invariant("console-buckets-are-their-days", "Credits of weeks, months and the range are the sum of their days.",
             "jetbrains-console: 2", "I", partial(_add_up, _SUMS["jetbrains-console"])),
    Invariant("console-buckets-are-distinct", "Users of a bucket are at most the sum of the days, at least the "
                                              "highest.",
             "jetbrains-console: 2, metrics 6", "I", partial(_are_distinct, _DISTINCT["jetbrains-console"])),
)  # fmt: skip

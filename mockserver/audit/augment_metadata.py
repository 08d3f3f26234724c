"""Answers what must hold of the the metadata of Augment's answers: counts are those of rows, days those asked for.

What must hold of the rows themselves stays out (`augment`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.audit.augment import VENDOR
from mockserver.audit.invariant import Invariant, equal
from mockserver.audit.reader import Reader

_AT = "/analytics/v0"
_OF_RANGES = {
    "dau-count": "daily_active_user_counts",
    "daily-usage": "daily_usage",
    "user-activity": "users",
}
_OF_DAYS = {"dau": "users", "daily-user-activity-by-editor-language": "records"}
_RETURNED = ("returned_user_count", "returned_record_count")


def _answers(reader: Reader) -> Iterator[tuple[str, list[Any], Mapping[str, Any]]]:
    """The first page of each report: its name, its rows and its metadata."""
    days = {"start_date": reader.first, "end_date": reader.last}
    for path, rows in {**_OF_RANGES, **_OF_DAYS}.items():
        asked = days if path in _OF_RANGES else {"date": reader.last}
        answer = reader.get(VENDOR, f"{_AT}/{path}", **asked)
        yield path, answer[rows], answer["metadata"]


def _counts_are_rows(reader: Reader) -> None:
    for path, rows, told in _answers(reader):
        days = len(rows) if path == "daily-usage" else len(reader.days)
        if path in _OF_RANGES:
            equal(path, told["total_days"], days, "total_days and the days")
        for name in _RETURNED:
            equal(path, told.get(name, len(rows)), len(rows), f"{name} and the rows")


def _days_are_asked(reader: Reader) -> None:
    for path, _, told in _answers(reader):
        if path in _OF_RANGES:
            equal(path, told["effective_start_date"], str(reader.first), "effective_start_date and the day asked for")
            equal(path, told["effective_end_date"], str(reader.last), "effective_end_date and the day asked for")
        else:
            equal(path, told["effective_date"], str(reader.last), "effective_date and the day asked for")


INVARIANTS = (
    Invariant("augment-metadata-counts-rows", "total_days and returned counts are those of the answer.",
             "augment: 8", "D", _counts_are_rows),
    Invariant("augment-effective-days-are-asked", "Effective days are those that were asked for.",
             "augment: 3", "D", _days_are_asked),
)  # fmt: skip

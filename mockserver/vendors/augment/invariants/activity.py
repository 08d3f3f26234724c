"""What must agree across Augment's activity: lists, counts, days, users and metadata."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any, Final

from mockserver.audit.cross_vendor import PersonDay, Roles
from mockserver.audit.invariant import (
    Invariant,
    Violation,
    all_equal,
    at_most,
    equal,
    has_event,
    nothing_negative,
    within_bounds,
)
from mockserver.audit.reader import Reader, summed
from mockserver.vendors.augment.invariants.reading import get, name_of, paginate

_MESSAGES: Final = ("chat", "remote_agent", "ide_agent", "cli_agent_interactive", "cli_agent_non_interactive")
_LINES: Final = ("completions", "remote_agent", "ide_agent", "cli_agent_interactive", "cli_agent_non_interactive")
_MADE_BY: Final = {
    "completions_lines_of_code": ("completions_accepted",),
    "completions_suggested_lines_of_code": ("completions_count",),
    **{f"{agent}_lines_of_code": (f"{agent}_messages", "total_tool_calls") for agent in _MESSAGES[1:]},
}
"""By the field with lines: the fields with the events that made them."""

_REPORTS: Final = {
    "dau-count": "daily_active_user_counts",
    "daily-usage": "daily_usage",
    "user-activity": "users",
    "dau": "users",
    "daily-user-activity-by-editor-language": "records",
}
"""The field with the rows of each report."""
_REPORTS_OF_A_DAY: Final = ("dau", "daily-user-activity-by-editor-language")


def _active(reader: Reader, day: date) -> list[str]:
    """Who was active on a day, by the whole dau list."""
    return [name_of(row) for row in paginate(reader, "dau", "users", 250, date=day)]


def _users(reader: Reader, first: date, last: date) -> list[Any]:
    """The row of every user over a range."""
    return paginate(reader, "user-activity", "users", 100, start_date=first, end_date=last)


def _some_users(reader: Reader, day: date) -> list[Any]:
    """The users' rows of a day: the first page, unless everything is read."""
    if reader.full:
        return _users(reader, day, day)
    return list(get(reader, "user-activity", page_size=100, start_date=day, end_date=day)["users"])


def _some_records(reader: Reader, day: date) -> list[Any]:
    """The records of a day: the first page, unless everything is read."""
    report, rows = "daily-user-activity-by-editor-language", "records"
    if reader.full:
        return paginate(reader, report, rows, 100, date=day)
    return list(get(reader, report, page_size=100, date=day)[rows])


def _daily(reader: Reader) -> list[Any]:
    """Everybody's metrics, by day."""
    return list(get(reader, "daily-usage", start_date=reader.first, end_date=reader.last)["daily_usage"])


def _counts(reader: Reader) -> dict[str, int]:
    counts = get(reader, "dau-count", start_date=reader.first, end_date=reader.last)
    return {row["date"]: row["user_count"] for row in counts["daily_active_user_counts"]}


def _counts_are_lists(reader: Reader) -> None:
    counted = _counts(reader)
    for day in reader.sampled_days:
        equal(f"{day}", len(_active(reader, day)), counted.get(str(day)), "rows of the whole dau list and dau-count")


def _nobody_twice(reader: Reader) -> None:
    for day in reader.sampled_days:
        for who, times in Counter(_active(reader, day)).items():
            if times > 1:
                raise Violation(f"{day}: {who} is in the dau list twice")


def _users_are_days(reader: Reader) -> None:
    by_user = summed(row["metrics"] for row in _users(reader, reader.first, reader.last))
    by_day = summed(row["metrics"] for row in _daily(reader))
    all_equal(f"{reader.first} to {reader.last}", by_user, by_day, "sums over users and days")


def _records_are_users(reader: Reader) -> None:
    day = reader.last
    by_record: dict[str, Counter[str]] = {}
    for row in paginate(reader, "daily-user-activity-by-editor-language", "records", 100, date=day):
        by_record.setdefault(name_of(row), Counter()).update(row["metrics"])
    by_user = {name_of(row): Counter(row["metrics"]) for row in _users(reader, day, day)}
    for who in sorted({*by_record, *by_user}):
        if (who in by_record) != (who in by_user):
            raise Violation(f"{who} on {day}: there are records or user-activity, but not both")
        all_equal(f"{who} on {day}", by_record[who], by_user[who], "sum of records and user-activity")


def _active_days_are_lists(reader: Reader) -> None:
    days = reader.sampled_days
    listed = Counter(who for day in days for who in set(_active(reader, day)))
    counted = Counter({name_of(row): row["active_days"] for row in _users(reader, days[0], days[-1])})
    all_equal(f"{days[0]} to {days[-1]}", counted, listed, "active_days and days in dau")


def _totals_are_parts(reader: Reader) -> None:
    for row in _daily(reader):
        metrics = row["metrics"]
        messages = sum(metrics[f"{part}_messages"] for part in _MESSAGES)
        lines = sum(metrics[f"{part}_lines_of_code"] for part in _LINES)
        equal(row["date"], metrics["total_messages"], messages, "total_messages and its parts")
        equal(row["date"], metrics["total_modified_lines_of_code"], lines, "total_modified_lines_of_code and its parts")


def _accepted_within_suggested(reader: Reader) -> None:
    rows = [(row["date"], row["metrics"]) for row in _daily(reader)]
    rows += [(f"{name_of(row)} on {reader.last}", row["metrics"]) for row in _some_users(reader, reader.last)]
    for where, metrics in rows:
        at_most(where, metrics["completions_accepted"], metrics["completions_count"], "accepted and all completions")
        accepted, suggested = metrics["completions_lines_of_code"], metrics["completions_suggested_lines_of_code"]
        at_most(where, accepted, suggested, "accepted and suggested lines")


def _lines_have_events(reader: Reader) -> None:
    rows = [(row["date"], row["metrics"]) for row in _daily(reader)]
    for day in reader.sampled_days:
        rows += [(f"{name_of(row)} on {day}", row["metrics"]) for row in _some_users(reader, day)]
        for row in _some_records(reader, day):
            rows.append((f"{name_of(row)} on {day}, {row['language']} in {row['editor']}", row["metrics"]))
    for (where, metrics), (lines, events) in product(rows, _MADE_BY.items()):
        has_event(where, metrics, lines, *events)


def _active_have_events(reader: Reader) -> None:
    for day in reader.sampled_days:
        rows = _some_users(reader, day)
        counted = {name_of(row) for row in rows if any(row["metrics"].values())}
        # Both lists have the same order, so the first page of one is the beginning of the other.
        beginning = _active(reader, day)[: None if reader.full else len(rows)]
        for who in sorted(counted.symmetric_difference(beginning)):
            found = "in dau, but without" if who not in counted else "not in dau, but with"
            raise Violation(f"{who} on {day}: {found} a counter above 0 in user-activity")


def _days_are_counted(reader: Reader) -> None:
    listed = {row["date"] for row in _daily(reader)}
    for day, count in _counts(reader).items():
        if (day in listed) != (count > 0):
            where = "in" if day in listed else "not in"
            raise Violation(f"{day}: dau-count is {count}, and the day is {where} daily-usage")


def _users_are_distinct(reader: Reader) -> None:
    days = [_counts(reader)[str(day)] for day in reader.sampled_days]
    found = len(_users(reader, reader.sampled_days[0], reader.last))
    within_bounds(f"{reader.sampled_days[0]} to {reader.last}", found, days, "users of the range, and of its days")


def _first_pages(reader: Reader) -> Iterator[tuple[str, dict[str, date], list[Any], Mapping[str, Any]]]:
    """The first page of each report: its name, the requested days, its rows and its metadata."""
    for report, rows in _REPORTS.items():
        day = {"date": reader.last}
        days = day if report in _REPORTS_OF_A_DAY else {"start_date": reader.first, "end_date": reader.last}
        answer = get(reader, report, **days)
        yield report, days, answer[rows], answer["metadata"]


def _metadata_counts_rows(reader: Reader) -> None:
    for report, _, rows, metadata in _first_pages(reader):
        if report not in _REPORTS_OF_A_DAY:
            days = len(rows) if report == "daily-usage" else len(reader.days)
            equal(report, metadata["total_days"], days, "total_days and the days")
        for name in ("returned_user_count", "returned_record_count"):
            equal(report, metadata.get(name, len(rows)), len(rows), f"{name} and the rows")


def _days_are_requested(reader: Reader) -> None:
    for report, days, _, metadata in _first_pages(reader):
        for name, day in days.items():
            equal(report, metadata[f"effective_{name}"], str(day), f"effective_{name} and the requested day")


def _numbers(reader: Reader) -> Iterator[Any]:
    yield _daily(reader)
    yield _some_users(reader, reader.last)


INVARIANTS: Final = (
    Invariant("augment-counts-are-lists", "dau-count of a day is the number of rows of the whole dau list.",
              "across endpoints", "I", _counts_are_lists),
    Invariant("augment-nobody-twice", "Nobody is in the dau list of a day twice.", "5", "D", _nobody_twice),
    Invariant("augment-users-are-days", "user-activity over all users is daily-usage over the days.",
              "across endpoints", "I", _users_are_days),
    Invariant("augment-records-are-users", "A user's records of a day sum to the user's activity on it.",
              "across endpoints", "I", _records_are_users),
    Invariant("augment-active-days-are-lists", "active_days are the days on which a user is in dau.",
              "across endpoints", "I", _active_days_are_lists),
    Invariant("augment-totals-are-parts", "Total messages and lines are the sums of their parts.",
              "7", "I", _totals_are_parts),
    Invariant("augment-accepted-within-suggested", "Accepted completions and lines are at most those suggested.",
              "7", "I", _accepted_within_suggested),
    Invariant("augment-lines-have-events", "No row has lines without the events that made them.",
              "7", "I", _lines_have_events),
    Invariant("augment-active-have-events", "A day's dau list is exactly who has a counter above 0 on it.",
              "across endpoints, metrics, identities", "I", _active_have_events),
    Invariant("augment-days-are-counted", "daily-usage has exactly the days on which dau-count has users.",
              "8", "D", _days_are_counted),
    Invariant("augment-users-are-distinct", "Users of a range are at most the sum of its days, at least the highest.",
              "across endpoints", "I", _users_are_distinct),
    Invariant("augment-metadata-counts-rows", "total_days and returned counts are those of the answer.",
              "8", "D", _metadata_counts_rows),
    Invariant("augment-effective-days-are-requested", "Effective days are those that were requested.",
              "3", "D", _days_are_requested),
    Invariant("augment-nothing-negative", "No number is negative.", "7", "I", nothing_negative(_numbers)),
)  # fmt: skip


def _person_days(reader: Reader) -> list[PersonDay]:
    return [PersonDay(str(day), who) for day in reader.sampled_days for who in _active(reader, day)]


ROLES: Final = Roles(product="augment", person_days=_person_days)

"""Answers what must hold of Augment's answers: lists, counts, days and users tell the same.

Getting the answers stays out (`reader`).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from mockserver.audit.invariant import Invariant, Violation, at_most, equal, within_bounds
from mockserver.audit.reader import Reader, summed

VENDOR = "augment"
_AT = "/analytics/v0"
_MESSAGES = ("chat", "remote_agent", "ide_agent", "cli_agent_interactive", "cli_agent_non_interactive")
_LINES = ("completions", "remote_agent", "ide_agent", "cli_agent_interactive", "cli_agent_non_interactive")


def name(row: Mapping[str, Any]) -> str:
    """Who a row is about: an address, or a service account's name."""
    return str(row.get("user_email", row.get("service_account_name")))


def active(reader: Reader, day: date) -> list[str]:
    """Who was active on a day, by the walk of the list."""
    return [name(row) for row in _walk(reader, "dau", "users", 250, date=day)]


def users(reader: Reader, first: date, last: date) -> list[Any]:
    """Every user's row over a range."""
    return _walk(reader, "user-activity", "users", 100, start_date=first, end_date=last)


def some_users(reader: Reader, day: date) -> list[Any]:
    """The users' rows of a day: the first page, unless everything is read."""
    if reader.full:
        return users(reader, day, day)
    found: list[Any] = reader.get(VENDOR, f"{_AT}/user-activity", page_size=100, start_date=day, end_date=day)["users"]
    return found


def _walk(reader: Reader, path: str, rows: str, size: int, **query: object) -> list[Any]:
    def more(page: Any) -> dict[str, object] | None:
        pagination = page["pagination"]
        return {"cursor": pagination["next_cursor"]} if pagination["has_more"] else None

    pages = reader.paged(more, lambda **at: reader.get(VENDOR, f"{_AT}/{path}", page_size=size, **query, **at))
    return [row for page in pages for row in page[rows]]


def daily(reader: Reader) -> list[Any]:
    """What everybody did, by day."""
    found: list[Any] = reader.get(VENDOR, f"{_AT}/daily-usage", start_date=reader.first, end_date=reader.last)[
        "daily_usage"
    ]
    return found


def _counts(reader: Reader) -> dict[str, int]:
    counts = reader.get(VENDOR, f"{_AT}/dau-count", start_date=reader.first, end_date=reader.last)
    return {row["date"]: row["user_count"] for row in counts["daily_active_user_counts"]}


def _counts_are_walks(reader: Reader) -> None:
    counted = _counts(reader)
    for day in reader.sampled_days:
        equal(f"{day}", len(active(reader, day)), counted.get(str(day)), "rows of the dau walk and dau-count")


def _nobody_twice(reader: Reader) -> None:
    for day in reader.sampled_days:
        twice = [who for who, times in Counter(active(reader, day)).items() if times > 1]
        if twice:
            raise Violation(f"{day}: {twice[0]} is in the dau walk twice")


def _users_are_days(reader: Reader) -> None:
    by_user = summed([row["metrics"] for row in users(reader, reader.first, reader.last)])
    by_day = summed([row["metrics"] for row in daily(reader)])
    for metric in sorted({*by_user, *by_day}):
        equal(
            f"{metric} of {reader.first} to {reader.last}", by_user[metric], by_day[metric], "sums over users and days"
        )


def _records_are_users(reader: Reader) -> None:
    day = reader.last
    by_record: dict[str, Counter[str]] = {}
    for row in _walk(reader, "daily-user-activity-by-editor-language", "records", 100, date=day):
        by_record.setdefault(name(row), Counter()).update(row["metrics"])
    by_user = {name(row): Counter(row["metrics"]) for row in users(reader, day, day)}
    for who in sorted({*by_record, *by_user}):
        if (who in by_record) != (who in by_user):
            raise Violation(f"{who} on {day}: there are records or user-activity, but not both")
        for metric, number in sorted(by_user[who].items()):
            equal(f"{who} on {day}, {metric}", by_record[who][metric], number, "sum of records and user-activity")


def _days_are_walks(reader: Reader) -> None:
    days = reader.sampled_days
    seen = Counter(who for day in days for who in set(active(reader, day)))
    told = {name(row): row["active_days"] for row in users(reader, days[0], days[-1])}
    for who in sorted({*seen, *told}):
        equal(f"{who} from {days[0]} to {days[-1]}", told.get(who), seen[who], "active_days and days in dau")


def _totals_are_parts(reader: Reader) -> None:
    for row in daily(reader):
        metrics = row["metrics"]
        messages = sum(metrics[f"{part}_messages"] for part in _MESSAGES)
        lines = sum(metrics[f"{part}_lines_of_code"] for part in _LINES)
        equal(row["date"], metrics["total_messages"], messages, "total_messages and its parts")
        equal(row["date"], metrics["total_modified_lines_of_code"], lines, "total_modified_lines_of_code and its parts")


def _accepted_within_suggested(reader: Reader) -> None:
    rows = [(row["date"], row["metrics"]) for row in daily(reader)]
    rows += [(f"{name(row)} on {reader.last}", row["metrics"]) for row in some_users(reader, reader.last)]
    for where, metrics in rows:
        at_most(where, metrics["completions_accepted"], metrics["completions_count"], "accepted and all completions")
        accepted, suggested = metrics["completions_lines_of_code"], metrics["completions_suggested_lines_of_code"]
        at_most(where, accepted, suggested, "accepted and suggested lines")


def _active_have_events(reader: Reader) -> None:
    for day in reader.sampled_days:
        rows = some_users(reader, day)
        counted = {name(row) for row in rows if any(row["metrics"].values())}
        # Both lists have the same order, so that the first page of one is the beginning of the other.
        beginning = active(reader, day) if reader.full else active(reader, day)[: len(rows)]
        for who in sorted(counted.symmetric_difference(beginning)):
            told = "in dau, but without" if who not in counted else "not in dau, but with"
            raise Violation(f"{who} on {day}: {told} a counter above 0 in user-activity")


def _days_are_counted(reader: Reader) -> None:
    told = {row["date"] for row in daily(reader)}
    for day, count in _counts(reader).items():
        if (day in told) != (count > 0):
            raise Violation(
                f"{day}: dau-count is {count}, and the day is {'' if day in told else 'not '}in daily-usage"
            )


def _users_are_distinct(reader: Reader) -> None:
    days = [_counts(reader)[str(day)] for day in reader.sampled_days]
    found = len(users(reader, reader.sampled_days[0], reader.last))
    within_bounds(f"{reader.sampled_days[0]} to {reader.last}", found, days, "users of the range, and of its days")


IDENTITIES = (
    Invariant("augment-counts-are-walks", "dau-count of a day is the number of rows of the whole dau walk.",
             "augment: across endpoints", "I", _counts_are_walks),
    Invariant("augment-nobody-twice", "Nobody is twice in the dau walk of a day.", "augment: 5", "D", _nobody_twice),
    Invariant("augment-users-are-days", "user-activity over all users is daily-usage over the days.",
             "augment: across endpoints", "I", _users_are_days),
    Invariant("augment-records-are-users", "A user's records of a day sum to the user's activity on it.",
             "augment: across endpoints", "I", _records_are_users),
    Invariant("augment-active-days-are-walks", "active_days are the days on which a user is in dau.",
             "augment: across endpoints", "I", _days_are_walks),
    Invariant("augment-totals-are-parts", "Total messages and lines are the sums of their parts.",
             "augment: 7", "I", _totals_are_parts),
    Invariant("augment-accepted-within-suggested", "Accepted completions and lines are at most those suggested.",
             "augment: 7", "I", _accepted_within_suggested),
    Invariant("augment-active-have-events", "In dau of a day is exactly who has a counter above 0 on it.",
             "augment: across endpoints, metrics, identities", "I", _active_have_events),
    Invariant("augment-days-are-counted", "daily-usage tells exactly the days on which dau-count has users.",
             "augment: 8", "D", _days_are_counted),
    Invariant("augment-users-are-distinct", "Users of a range are at most the sum of its days, at least the highest.",
             "augment: across endpoints", "I", _users_are_distinct),
)  # fmt: skip

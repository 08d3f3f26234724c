"""Answers what must hold of Augment's answers: lists, counts, days and users tell the same.

Getting the answers stays out (`reader`).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from mockserver.audit.identity import Broken, Identity, same
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


def _walk(reader: Reader, path: str, rows: str, size: int, **query: object) -> list[Any]:
    def more(page: Any) -> dict[str, object] | None:
        pagination = page["pagination"]
        return {"cursor": pagination["next_cursor"]} if pagination["has_more"] else None

    pages = reader.paged(more, lambda **at: reader.get(VENDOR, f"{_AT}/{path}", page_size=size, **query, **at))
    return [row for page in pages for row in page[rows]]


def _daily(reader: Reader) -> list[Any]:
    found: list[Any] = reader.get(VENDOR, f"{_AT}/daily-usage", start_date=reader.first, end_date=reader.last)[
        "daily_usage"
    ]
    return found


def _counts_are_walks(reader: Reader) -> None:
    counts = reader.get(VENDOR, f"{_AT}/dau-count", start_date=reader.first, end_date=reader.last)
    counted = {row["date"]: row["user_count"] for row in counts["daily_active_user_counts"]}
    for day in reader.sampled_days:
        same(f"{day}", len(active(reader, day)), counted.get(str(day)), "rows of the dau walk and dau-count")


def _nobody_twice(reader: Reader) -> None:
    for day in reader.sampled_days:
        twice = [who for who, times in Counter(active(reader, day)).items() if times > 1]
        if twice:
            raise Broken(f"{day}: {twice[0]} is in the dau walk twice")


def _users_are_days(reader: Reader) -> None:
    by_user = summed([row["metrics"] for row in users(reader, reader.first, reader.last)])
    by_day = summed([row["metrics"] for row in _daily(reader)])
    for metric in sorted({*by_user, *by_day}):
        same(
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
            raise Broken(f"{who} on {day}: there are records or user-activity, but not both")
        for metric, number in sorted(by_user[who].items()):
            same(f"{who} on {day}, {metric}", by_record[who][metric], number, "sum of records and user-activity")


def _days_are_walks(reader: Reader) -> None:
    days = reader.sampled_days
    seen = Counter(who for day in days for who in set(active(reader, day)))
    told = {name(row): row["active_days"] for row in users(reader, days[0], days[-1])}
    for who in sorted({*seen, *told}):
        same(f"{who} from {days[0]} to {days[-1]}", told.get(who), seen[who], "active_days and days in dau")


def _totals_are_parts(reader: Reader) -> None:
    for row in _daily(reader):
        metrics = row["metrics"]
        messages = sum(metrics[f"{part}_messages"] for part in _MESSAGES)
        lines = sum(metrics[f"{part}_lines_of_code"] for part in _LINES)
        same(row["date"], metrics["total_messages"], messages, "total_messages and its parts")
        same(row["date"], metrics["total_modified_lines_of_code"], lines, "total_modified_lines_of_code and its parts")


IDENTITIES = (
    Identity("augment-counts-are-walks", "dau-count of a day is the number of rows of the whole dau walk.",
             "augment: across endpoints", "I", _counts_are_walks),
    Identity("augment-nobody-twice", "Nobody is twice in the dau walk of a day.", "augment: 5", "D", _nobody_twice),
    Identity("augment-users-are-days", "user-activity over all users is daily-usage over the days.",
             "augment: across endpoints", "I", _users_are_days),
    Identity("augment-records-are-users", "A user's records of a day sum to the user's activity on it.",
             "augment: across endpoints", "I", _records_are_users),
    Identity("augment-active-days-are-walks", "active_days are the days on which a user is in dau.",
             "augment: across endpoints", "I", _days_are_walks),
    Identity("augment-totals-are-parts", "Total messages and lines are the sums of their parts.",
             "augment: 7", "I", _totals_are_parts),
)  # fmt: skip

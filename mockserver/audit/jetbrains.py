"""Answers what must hold of IDE Services' answers: metrics in four forms, and who has and uses AI.

What must hold of the Console's stays out (`console`), though its reports are read here; getting answers does as well.
"""

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.reader import NotApplicable, Reader, summed

IDE, CONSOLE = "jetbrains-ide", "jetbrains-console"
NUMBERS = ("suggestions", "acceptances", "invocations")
EFFECTS = "/api/analytics/ai/effectiveness/metrics"
ADOPTION = "/api/analytics/ai/users-adoption"
_SOME = ("aia", "nes")
_MOST = 1000
"""Rows of a page, at most."""


def ide(reader: Reader, path: str, since: date | None = None, **query: object) -> Any:
    """An answer of IDE Services, from a day on; the range's first, unless another is named."""
    return reader.get(IDE, path, fromDate=since or reader.first, toDate=reader.last, **query)


def rows(reader: Reader, order: str = "ASC") -> list[Any]:
    """What each person did with each tool on each day."""
    return _walk(reader, fromDate=reader.first, toDate=reader.last, limit=_MOST, sortOrder=order)


def some_rows(reader: Reader) -> tuple[list[Any], set[str]]:
    """The same, and the days that they are of: the busiest alone, where all are too many for a sample."""
    try:
        return rows(reader), {str(day) for day in reader.days}
    except NotApplicable:
        day = max(ide(reader, EFFECTS, groupBy="DAY")["items"], key=lambda row: int(row["invocations"]))["date"]
        return _walk(reader, fromDate=day, toDate=day, limit=_MOST), {day}


def _walk(reader: Reader, **query: object) -> list[Any]:
    def more(page: Any) -> dict[str, object] | None:
        following = page.get("nextCursor")
        return None if following is None else {"cursor": following}

    pages = reader.paged(more, lambda **at: reader.get(IDE, f"{EFFECTS}/users.paged", **query, **at))
    return [row for page in pages for row in page["items"]]


def active(reader: Reader) -> dict[str, int]:
    """How many people were active in IDE Services, by day."""
    adoption = ide(reader, ADOPTION, groupBy="DAY")["items"]
    return {row["date"]: row["activeUsers"] for row in adoption}


def console(
    reader: Reader, report: str, version: str = "v2", since: date | None = None, length: str = "day", **whom: str
) -> Any:
    """A report of the Console, by "day", "week" or "month"; from a day or the range's first on; of some people."""
    path = f"/metrics/api/{version}/adoption/{report}/group-by/date"
    return reader.get(CONSOLE, path, groupBy=length, fromDate=since or reader.first, toDate=reader.last, **whom)


def _features_are_metrics(reader: Reader) -> None:
    whole = {row["date"]: row for row in ide(reader, EFFECTS, groupBy="DAY")["items"]}
    apart = ide(reader, f"{EFFECTS}-by-feature", groupBy="DAY")["items"]
    for day in sorted({*whole, *(row["date"] for row in apart)}):
        together = summed([whole[day]] if day in whole else [], *NUMBERS)
        sums = summed([row for row in apart if row["date"] == day], *NUMBERS)
        for number in NUMBERS:
            equal(f"{number} of {day}", together[number], sums[number], "metrics and the sum by feature")


def _totals_are_metrics(reader: Reader) -> None:
    totals = ide(reader, f"{EFFECTS}/totals")
    for group in ("DAY", "WEEK", "MONTH"):
        sums = summed(ide(reader, EFFECTS, groupBy=group)["items"], *NUMBERS)
        for number in NUMBERS:
            equal(f"{number} by {group}", totals[number], sums[number], "totals and the sum of metrics")


def _totals_are_people(reader: Reader) -> None:
    totals, sums = ide(reader, f"{EFFECTS}/totals"), summed(rows(reader), *NUMBERS)
    for number in NUMBERS:
        equal(f"{number} of the range", totals[number], sums[number], "totals and the sum of users.paged")


def _accepted_within_suggested(reader: Reader) -> None:
    for row in ide(reader, EFFECTS, groupBy="DAY")["items"]:
        at_most(row["date"], row["acceptances"], row["suggestions"], "acceptances and suggestions")


def _active_within_enabled(reader: Reader) -> None:
    for row in ide(reader, ADOPTION, groupBy="DAY")["items"]:
        at_most(row["date"], row["activeUsers"], row["enabledUsers"], "active and enabled users")


def _descending_is_reversed(reader: Reader) -> None:
    up, down = rows(reader), rows(reader, "DESC")
    equal("users.paged", len(up), len(down), "rows up and down")
    for row, other in zip(up, reversed(down), strict=True):
        here, there = ((each["userId"], each["date"], each["tool"]) for each in (row, other))
        equal("users.paged", here, there, "rows at the same place up, and down reversed,")


def _tools_are_features(reader: Reader) -> None:
    apart = ide(reader, f"{EFFECTS}-by-feature", groupBy="DAY")["items"]
    together = summed(ide(reader, EFFECTS, groupBy="DAY", tool=",".join(_SOME))["items"], *NUMBERS)
    sums = summed([row for row in apart if row["tool"] in _SOME], *NUMBERS)
    for number in NUMBERS:
        equal(f"{number} of {', '.join(_SOME)}", together[number], sums[number], "metrics and the sum by feature")


def _rows_are_features(reader: Reader) -> None:
    people: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    listed, days = some_rows(reader)
    for row in listed:
        people[row["date"], row["tool"]].update({number: row[number] for number in NUMBERS})
    apart = ide(reader, f"{EFFECTS}-by-feature", groupBy="DAY")["items"]
    for row in [each for each in apart if each["date"] in days]:
        mine = people[row["date"], row["tool"]]
        for number in NUMBERS:
            equal(
                f"{number} of {row['tool']} on {row['date']}", mine[number], row[number], "users.paged and by feature"
            )


def _rows_are_in_order(reader: Reader) -> None:
    places = [(row["tool"], row["date"], row["userId"]) for row in some_rows(reader)[0]]
    for before, after in pairwise(places):
        if before >= after:
            raise Violation(f"users.paged: {before} stands before {after}")


def _rows_are_not_empty(reader: Reader) -> None:
    for row in some_rows(reader)[0]:
        if not any(row[number] for number in NUMBERS):
            raise Violation(f"user {row['userId']} on {row['date']}: a row of {row['tool']} without anything in it")


def _rows_within_active(reader: Reader) -> None:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for row in some_rows(reader)[0]:
        people[row["date"]].add(row["userId"])
    told = active(reader)
    for day, who in sorted(people.items()):
        at_most(day, len(who), told.get(day, 0), "users with rows and active users")


def _pages_are_the_whole(reader: Reader) -> None:
    days = Counter(row["date"] for row in some_rows(reader)[0])
    if not days:
        raise NotApplicable("users.paged has no rows")
    ((day, count),) = days.most_common(1)
    parts = _walk(reader, fromDate=day, toDate=day, limit=min(count // 3 + 1, _MOST))
    equal(f"users.paged of {day}", len(parts), count, "rows in small pages and in large ones")


INVARIANTS = (
    Invariant("ide-features-are-metrics", "Metrics of a day are the sum of metrics by feature.",
             "jetbrains-ide: across endpoints", "I", _features_are_metrics),
    Invariant("ide-totals-are-metrics", "Totals are the sum of metrics, by day, week and month.",
             "jetbrains-ide: across endpoints", "I", _totals_are_metrics),
    Invariant("ide-totals-are-people", "Totals are the sum of users.paged.",
             "jetbrains-ide: across endpoints", "I", _totals_are_people),
    Invariant("ide-accepted-within-suggested", "Acceptances are at most the suggestions.",
             "jetbrains-ide: across endpoints", "I", _accepted_within_suggested),
    Invariant("ide-active-within-enabled", "Active users are at most the enabled ones.",
             "jetbrains-ide: 3", "I", _active_within_enabled),
    Invariant("ide-descending-is-reversed", "users.paged down is users.paged up, reversed.",
             "jetbrains-ide: 3", "I", _descending_is_reversed),
    Invariant("ide-tools-are-features", "Metrics of some tools are the sum of those by feature.",
             "jetbrains-ide: across endpoints", "I", _tools_are_features),
    Invariant("ide-rows-are-features", "users.paged of a tool and day is what by feature has of them.",
             "jetbrains-ide: across endpoints", "I", _rows_are_features),
    Invariant("ide-rows-are-in-order", "users.paged goes by tool, date and user, nothing twice.",
             "jetbrains-ide: 3", "D", _rows_are_in_order),
    Invariant("ide-rows-are-not-empty", "Each row of users.paged has something in it.",
             "jetbrains-ide: 3, metrics, identities", "A", _rows_are_not_empty),
    Invariant("ide-rows-within-active", "Who has rows on a day is among the day's active users.",
             "jetbrains-ide: 3, metrics, identities", "I", _rows_within_active),
    Invariant("ide-pages-are-the-whole", "users.paged has as many rows in small pages as in large ones.",
             "jetbrains-ide: 2", "D", _pages_are_the_whole),
)  # fmt: skip

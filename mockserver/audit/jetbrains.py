"""Answers what must hold of JetBrains' answers: IDE Services' metrics in four forms, and the Console's three reports.

Getting the answers stays out (`reader`).
"""

from decimal import Decimal
from itertools import zip_longest
from typing import Any

from mockserver.audit.identity import Identity, same, within
from mockserver.audit.reader import Reader, summed

IDE, CONSOLE = "jetbrains-ide", "jetbrains-console"
_NUMBERS = ("suggestions", "acceptances", "invocations")
_EFFECTS = "/api/analytics/ai/effectiveness/metrics"


def _span(reader: Reader) -> dict[str, object]:
    return {"fromDate": reader.first, "toDate": reader.last}


def _ide(reader: Reader, path: str, **query: object) -> Any:
    return reader.get(IDE, path, **_span(reader), **query)


def rows(reader: Reader, order: str = "ASC") -> list[Any]:
    """What each person did with each tool on each day."""

    def more(page: Any) -> dict[str, object] | None:
        following = page.get("nextCursor")
        return None if following is None else {"cursor": following}

    pages = reader.paged(more, lambda **at: _ide(reader, f"{_EFFECTS}/users.paged", limit=1000, sortOrder=order, **at))
    return [row for page in pages for row in page["items"]]


def active(reader: Reader) -> dict[str, int]:
    """How many people were active in IDE Services, by day."""
    adoption = _ide(reader, "/api/analytics/ai/users-adoption", groupBy="DAY")["items"]
    return {row["date"]: row["activeUsers"] for row in adoption}


def console(reader: Reader, report: str, version: str = "v2") -> Any:
    """A report of the Console, day by day."""
    path = f"/metrics/api/{version}/adoption/{report}/group-by/date"
    return reader.get(CONSOLE, path, groupBy="day", **_span(reader))


def _features_are_metrics(reader: Reader) -> None:
    whole = {row["date"]: row for row in _ide(reader, _EFFECTS, groupBy="DAY")["items"]}
    apart = _ide(reader, f"{_EFFECTS}-by-feature", groupBy="DAY")["items"]
    for day in sorted({*whole, *(row["date"] for row in apart)}):
        together = summed([whole[day]] if day in whole else [], *_NUMBERS)
        sums = summed([row for row in apart if row["date"] == day], *_NUMBERS)
        for number in _NUMBERS:
            same(f"{number} of {day}", together[number], sums[number], "metrics and the sum by feature")


def _totals_are_metrics(reader: Reader) -> None:
    totals = _ide(reader, f"{_EFFECTS}/totals")
    for group in ("DAY", "WEEK", "MONTH"):
        sums = summed(_ide(reader, _EFFECTS, groupBy=group)["items"], *_NUMBERS)
        for number in _NUMBERS:
            same(f"{number} by {group}", totals[number], sums[number], "totals and the sum of metrics")


def _totals_are_people(reader: Reader) -> None:
    totals, sums = _ide(reader, f"{_EFFECTS}/totals"), summed(rows(reader), *_NUMBERS)
    for number in _NUMBERS:
        same(f"{number} of the range", totals[number], sums[number], "totals and the sum of users.paged")


def _accepted_within_suggested(reader: Reader) -> None:
    for row in _ide(reader, _EFFECTS, groupBy="DAY")["items"]:
        within(row["date"], row["acceptances"], row["suggestions"], "acceptances and suggestions")


def _active_within_enabled(reader: Reader) -> None:
    for row in _ide(reader, "/api/analytics/ai/users-adoption", groupBy="DAY")["items"]:
        within(row["date"], row["activeUsers"], row["enabledUsers"], "active and enabled users")


def _descending_is_reversed(reader: Reader) -> None:
    up, down = rows(reader), rows(reader, "DESC")
    same("users.paged", len(up), len(down), "rows up and down")
    for row, other in zip(up, reversed(down), strict=True):
        here, there = ((each["userId"], each["date"], each["tool"]) for each in (row, other))
        same("users.paged", here, there, "rows at the same place up, and down reversed,")


def _money(value: object) -> Decimal:
    return Decimal(str(value))


def _credits_add_up(reader: Reader) -> None:
    report = console(reader, "quota-consumption")
    for row in [*report["data"], {**report["total"], "date": "the range"}]:
        parts = _money(row["builtInQuota"]) + _money(row["topUpCredits"])
        same(row["date"], _money(row["totalCredits"]), parts, "totalCredits and its parts")
    for name in ("builtInQuota", "topUpCredits"):
        days = sum((_money(row[name]) for row in report["data"]), Decimal(0))
        same(f"{name} of the range", _money(report["total"][name]), days, "the total and the sum of the days")


def _peak_within_range(reader: Reader) -> None:
    report = console(reader, "limit-hits")
    total, days = report["total"], [row["usersHitLimit"] for row in report["data"]]
    within("limit hits", total["peakDailyUsers"], total["usersHitLimit"], "the peak and the users of the range")
    within("limit hits", total["usersHitLimit"], sum(days), "the users of the range and the sum of the days")
    same("limit hits", total["peakDailyUsers"], max(days, default=0), "the peak and the greatest day")


def _versions_agree(reader: Reader) -> None:
    for report in ("users-adoption", "limit-hits", "quota-consumption"):
        old, new = console(reader, report, "v1"), console(reader, report)
        for row, other in zip_longest(old["data"], new["data"]):
            same(report, row, other, "v1 and v2")
        same(f"{report} of the range", old["total"], new["total"], "v1 and v2")


def _console_within_enabled(reader: Reader) -> None:
    report = console(reader, "users-adoption")
    for row in [*report["data"], {**report["total"], "date": "the range"}]:
        within(row["date"], row["activeUsers"], row["enabledUsers"], "active and enabled users")


IDENTITIES = (
    Identity("ide-features-are-metrics", "Metrics of a day are the sum of metrics by feature.",
             "jetbrains-ide: across endpoints", "I", _features_are_metrics),
    Identity("ide-totals-are-metrics", "Totals are the sum of metrics, by day, week and month.",
             "jetbrains-ide: across endpoints", "I", _totals_are_metrics),
    Identity("ide-totals-are-people", "Totals are the sum of users.paged.",
             "jetbrains-ide: across endpoints", "I", _totals_are_people),
    Identity("ide-accepted-within-suggested", "Acceptances are at most the suggestions.",
             "jetbrains-ide: across endpoints", "I", _accepted_within_suggested),
    Identity("ide-active-within-enabled", "Active users are at most the enabled ones.",
             "jetbrains-ide: 3", "I", _active_within_enabled),
    Identity("ide-descending-is-reversed", "users.paged down is users.paged up, reversed.",
             "jetbrains-ide: 3", "I", _descending_is_reversed),
    Identity("console-credits-add-up", "Total credits are built-in quota and top-up, and the sum of the days.",
             "jetbrains-console: 2, metrics 3", "D", _credits_add_up),
    Identity("console-peak-within-range", "Peak daily users <= users of the range <= sum of the days.",
             "jetbrains-console: 2, metrics 5", "I", _peak_within_range),
    Identity("console-versions-agree", "Both versions of a report answer the same.",
             "jetbrains-console: 2", "I", _versions_agree),
    Identity("console-active-within-enabled", "Active users are at most the enabled ones.",
             "jetbrains-console: 2", "I", _console_within_enabled),
)  # fmt: skip

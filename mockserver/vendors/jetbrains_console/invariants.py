"""What must agree across the Console's three reports: credits, limits, and who has and uses AI."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from mockserver.audit.cross_vendor import Roles
from mockserver.audit.described import answers_are_described
from mockserver.audit.invariant import Invariant, Violation, at_most, equal, nothing_negative
from mockserver.audit.periods import PeriodNumbers, PeriodReport, distinct_within_days, sums_of_days
from mockserver.audit.reader import Reader

_VENDOR: Final = "jetbrains-console"
_ADOPTION, _LIMIT_HITS, _CREDITS = "users-adoption", "limit-hits", "quota-consumption"
_REPORTS: Final = (_ADOPTION, _LIMIT_HITS, _CREDITS)
_IDES: Final = "IU,PY,WS,GO,CL,RD,PS,RM,DB"
_CREDIT_FIELDS: Final = ("builtInQuota", "topUpCredits", "totalCredits")


def _report(
    reader: Reader, report: str, version: str = "v2", since: date | None = None, length: str = "day", **filters: str
) -> Any:
    """A report by "day", "week" or "month", from a day or the first of the range on, with filters."""
    path = f"/metrics/api/{version}/adoption/{report}/group-by/date"
    return reader.get(_VENDOR, path, groupBy=length, fromDate=since or reader.first, toDate=reader.last, **filters)


def _credits_add_up(reader: Reader) -> None:
    report = _report(reader, _CREDITS)
    for row in [*report["data"], {**report["total"], "date": "the range"}]:
        parts = _amount(row["builtInQuota"]) + _amount(row["topUpCredits"])
        equal(row["date"], _amount(row["totalCredits"]), parts, "totalCredits and its parts")
    for name in ("builtInQuota", "topUpCredits"):
        days = sum((_amount(row[name]) for row in report["data"]), Decimal(0))
        equal(f"{name} of the range", _amount(report["total"][name]), days, "the total and the sum of the days")


def _amount(value: object) -> Decimal:
    return Decimal(str(value))


def _peak_within_range(reader: Reader) -> None:
    report = _report(reader, _LIMIT_HITS)
    total, days = report["total"], [row["usersHitLimit"] for row in report["data"]]
    at_most("limit hits", total["peakDailyUsers"], total["usersHitLimit"], "the peak and the users of the range")
    at_most("limit hits", total["usersHitLimit"], sum(days), "the users of the range and the sum of the days")
    equal("limit hits", total["peakDailyUsers"], max(days, default=0), "the peak and the highest day")


def _versions_agree(reader: Reader) -> None:
    """The second version can count service accounts too; the filter by IDE leaves the people, who all have an IDE."""
    for report in _REPORTS:
        old, people, new = (
            [*each["data"], {**each["total"], "date": "the range"}]
            for each in (_report(reader, report, "v1"), _report(reader, report, ide=_IDES), _report(reader, report))
        )
        for row, other in zip_longest(old, people):
            equal(report, row, other, "v1 and the people of v2")
        counted = {row["date"]: row for row in new}
        for row in old:
            for name in row.keys() - {"date"}:
                least, most = _amount(row[name]), _amount(counted.get(row["date"], {}).get(name, 0))
                at_most(f"{report}, {row['date']}", least, most, f"{name} of v1 and of v2")


def _active_within_enabled(reader: Reader) -> None:
    report = _report(reader, _ADOPTION)
    for row in [*report["data"], {**report["total"], "date": "the range"}]:
        at_most(row["date"], row["activeUsers"], row["enabledUsers"], "active and enabled users")


def _active_spent(reader: Reader) -> None:
    spent = {row["date"]: _amount(row["totalCredits"]) for row in _report(reader, _CREDITS)["data"]}
    for day, users in _spenders(reader, "v2").items():
        total = spent.get(day, Decimal(0))
        if (users > 0) != (total > 0):
            raise Violation(f"{day}: {users} active users, and {total} credits spent")


def _by_period(report: str, *names: str) -> PeriodReport:
    def read(reader: Reader, length: str) -> list[PeriodNumbers]:
        rows = _report(reader, report, since=reader.since, length=length)["data"]
        return [PeriodNumbers(date.fromisoformat(row["date"]), {name: row[name] for name in names}) for row in rows]

    def whole(reader: Reader) -> dict[str, Any]:
        total = _report(reader, report, since=reader.since)["total"]
        return {name: total[name] for name in names}

    return PeriodReport(read, whole)


def _numbers(reader: Reader) -> Iterator[Any]:
    for report in _REPORTS:
        yield _report(reader, report)


INVARIANTS: Final = (
    Invariant("console-credits-add-up", "Total credits are built-in quota and top-up, and the sum of the days.",
              "2, metrics 3", "I", _credits_add_up),
    Invariant("console-peak-within-range", "Peak daily users <= users of the range <= sum of the days.",
              "2, metrics 5", "I", _peak_within_range),
    Invariant("console-versions-agree", "Both versions of a report count the people alike, and the second at least "
                                        "them.",
              "2, 4", "I", _versions_agree),
    Invariant("console-active-within-enabled", "Active users are at most the enabled ones.",
              "2", "I", _active_within_enabled),
    Invariant("console-active-spent", "Credits are spent on exactly the days that have active users.",
              "metrics 2, identities", "I", _active_spent),
    Invariant("console-buckets-are-their-days", "Credits of weeks, months and the range are the sum of their days.",
              "2", "I", sums_of_days(_by_period(_CREDITS, *_CREDIT_FIELDS))),
    Invariant("console-buckets-are-distinct", "Users of a bucket are at most the sum of the days, at least the "
                                              "highest.",
              "2, metrics 6", "I", distinct_within_days(_by_period(_ADOPTION, "enabledUsers", "activeUsers"),
                                                        _by_period(_LIMIT_HITS, "usersHitLimit"))),
    Invariant("console-nothing-negative", "No number is negative.", "2", "I", nothing_negative(_numbers)),
    answers_are_described("console", _VENDOR),
)  # fmt: skip


def _spenders(reader: Reader, version: str = "v1") -> dict[str, int]:
    """How many spent credits, by day: in v1 people, in v2 service accounts as well."""
    return {row["date"]: row["activeUsers"] for row in _report(reader, _ADOPTION, version)["data"]}


def _spent_by(reader: Reader, ids: Sequence[str], emails: Sequence[str]) -> dict[str, Decimal]:
    filters = {"userIds": ids, "userEmails": emails}
    chosen = {name: ",".join(values) for name, values in filters.items() if values}
    return {name: _amount(value) for name, value in _report(reader, _CREDITS, since=None, **chosen)["total"].items()}


ROLES: Final = Roles(product="jetbrains", spenders_by_day=_spenders, spent_by=_spent_by)

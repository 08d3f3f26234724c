"""Answers what must hold of the Console's three reports: credits, limits, and who has and uses AI.

Getting the answers stays out (`jetbrains`, `reader`).
"""

from decimal import Decimal
from itertools import zip_longest

from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.jetbrains import console, some_rows
from mockserver.audit.reader import NotApplicable, Reader

_SAMPLE = 7
"""People asked for together, and one by one."""


def _money(value: object) -> Decimal:
    return Decimal(str(value))


def _totals_add_up(reader: Reader) -> None:
    report = console(reader, "quota-consumption")
    for row in [*report["data"], {**report["total"], "date": "the range"}]:
        parts = _money(row["builtInQuota"]) + _money(row["topUpCredits"])
        equal(row["date"], _money(row["totalCredits"]), parts, "totalCredits and its parts")
    for name in ("builtInQuota", "topUpCredits"):
        days = sum((_money(row[name]) for row in report["data"]), Decimal(0))
        equal(f"{name} of the range", _money(report["total"][name]), days, "the total and the sum of the days")


def _peak_within_range(reader: Reader) -> None:
    report = console(reader, "limit-hits")
    total, days = report["total"], [row["usersHitLimit"] for row in report["data"]]
    at_most("limit hits", total["peakDailyUsers"], total["usersHitLimit"], "the peak and the users of the range")
    at_most("limit hits", total["usersHitLimit"], sum(days), "the users of the range and the sum of the days")
    equal("limit hits", total["peakDailyUsers"], max(days, default=0), "the peak and the greatest day")


def _versions_agree(reader: Reader) -> None:
    for report in ("users-adoption", "limit-hits", "quota-consumption"):
        old, new = console(reader, report, "v1"), console(reader, report)
        for row, other in zip_longest(old["data"], new["data"]):
            equal(report, row, other, "v1 and v2")
        equal(f"{report} of the range", old["total"], new["total"], "v1 and v2")


def _console_within_enabled(reader: Reader) -> None:
    report = console(reader, "users-adoption")
    for row in [*report["data"], {**report["total"], "date": "the range"}]:
        at_most(row["date"], row["activeUsers"], row["enabledUsers"], "active and enabled users")


def _active_spent(reader: Reader) -> None:
    spent = {row["date"]: _money(row["totalCredits"]) for row in console(reader, "quota-consumption")["data"]}
    for row in console(reader, "users-adoption")["data"]:
        day, total = row["date"], spent.get(row["date"], Decimal(0))
        if (row["activeUsers"] > 0) != (total > 0):
            raise Violation(f"{day}: {row['activeUsers']} active users, and {total} credits spent")


def _people_add_up(reader: Reader) -> None:
    some = {row["userId"]: row["userEmail"] for row in some_rows(reader)[0]}
    chosen = sorted(some)[:: max(len(some) // _SAMPLE, 1)][:_SAMPLE]
    if not chosen:
        raise NotApplicable("nobody used JetBrains AI in the range")
    together = console(reader, "quota-consumption", userIds=",".join(chosen))["total"]
    alone = [console(reader, "quota-consumption", userEmails=some[user])["total"] for user in chosen]
    for name, number in together.items():
        parts = sum((_money(each[name]) for each in alone), Decimal(0))
        equal(f"{name} of {len(chosen)} users", _money(number), parts, "by userIds together and by userEmails alone")


INVARIANTS = (
    Invariant("console-credits-add-up", "Total credits are built-in quota and top-up, and the sum of the days.",
             "jetbrains-console: 2, metrics 3", "D", _totals_add_up),
    Invariant("console-peak-within-range", "Peak daily users <= users of the range <= sum of the days.",
             "jetbrains-console: 2, metrics 5", "I", _peak_within_range),
    Invariant("console-versions-agree", "Both versions of a report answer the same.",
             "jetbrains-console: 2", "I", _versions_agree),
    Invariant("console-active-within-enabled", "Active users are at most the enabled ones.",
             "jetbrains-console: 2", "I", _console_within_enabled),
    Invariant("console-active-spent", "Credits are spent on exactly the days that have active users.",
             "jetbrains-console: metrics 2, identities", "D", _active_spent),
    Invariant("console-people-add-up", "Credits of some people are the sum of each one's.",
             "jetbrains-console: 2", "I", _people_add_up),
)  # fmt: skip

"""Answers which inconsistencies can be armed on purpose, and makes them: each changes bodies on their way out.

They are for those who want to see whether a client, or the audit, notices. Names are the contract's: renaming comes
after. Which are armed stays out (`sandbox`), and so does whoever arms them.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Body = Any
Spoil = Callable[[Body], None]


@dataclass(frozen=True, slots=True)
class Defect:
    """An inconsistency: what is wrong then, in which operations' answers; `spoil` changes a body that is its own."""

    name: str
    vendor: str
    operations: tuple[str, ...]
    says: str
    spoil: Spoil


def spoilt(body: Body, vendor: str, operation: str | None, armed: Iterable[str]) -> Body:
    """The body with every armed defect in it that concerns the operation; the one given stays as it is."""
    concerned = [DEFECTS[name] for name in armed]
    concerned = [each for each in concerned if each.vendor == vendor and operation in each.operations]
    if concerned:
        body = deepcopy(body)
        for defect in concerned:
            defect.spoil(body)
    return body


def _more(name: str, *place: str) -> Spoil:
    """Add to the number with this name in the first place where it is not zero, or stands alone."""

    def spoil(body: Body) -> None:
        for part in place:
            body = body[part]
        rows = body if isinstance(body, list) else [body]
        for row in rows:
            if row[name] or len(rows) == 1:
                row[name] += 1
                return

    return spoil


def _above(name: str, limit: str, *places: str) -> Spoil:
    """Put one number above another in every row."""

    def spoil(body: Body) -> None:
        for place in places:
            for row in body[place] if isinstance(body[place], list) else [body[place]]:
                row[name] = row[limit] + 1

    return spoil


def _metrics(place: str, name: str) -> Spoil:
    """One less of a counter in the first row of Augment's that has it."""

    def spoil(body: Body) -> None:
        row = next((each for each in body[place] if each["metrics"][name]), None)
        if row:
            row["metrics"][name] -= 1

    return spoil


def _bucket(section: str, name: str) -> Spoil:
    """One more of a counter in the first bucket of Tabnine's that has it."""

    def spoil(body: Body) -> None:
        bucket = next((each for each in body["usage"]["data"] if each[section][name]), None)
        if bucket:
            bucket[section][name] += 1

    return spoil


def _twice(body: Body) -> None:
    body["users"][-1:] = body["users"][-1:] * 2


def _lost(body: Body) -> None:
    del body["users"][:1]


def _stale(body: Body) -> None:
    for row in body[-1:]:
        row["active"] += 1


def _left(body: Body) -> None:
    for row in body["data"]:
        row["deactivatedAt"] = row["deactivatedAt"] or "2020-01-01T00:00:00Z"


def _readdressed(body: Body) -> None:
    for row in body["items"][:1]:
        row["userEmail"] = f"x{row['userEmail']}"


def _swapped(body: Body) -> None:
    body["items"][:2] = body["items"][:2][::-1]


def _useful(body: Body) -> None:
    for bucket in body["usage"]["data"]:
        bucket["chat"]["usefulChatInteractions"] = bucket["chat"]["interactions"] + 1


def _everyone(body: Body) -> None:
    for row in body["data"]:
        row["activeUsers"] = row["enabledUsers"]


_AUGMENT, _TABNINE, _IDE, _CONSOLE = "augment", "tabnine", "jetbrains-ide", "jetbrains-console"
_ADOPTION = ("getUsersAdoptionV1", "getUsersAdoptionV2")
_HITS = ("getLimitHitsV1", "getLimitHitsV2")

_ALL = (
    Defect("dau-count-off-by-one", _AUGMENT, ("getDauCount",), "A day counts one user more than are listed.",
           _more("user_count", "daily_active_user_counts")),
    Defect("duplicate-row", _AUGMENT, ("getDau",), "The last user of a page is there twice.", _twice),
    Defect("lost-row", _AUGMENT, ("getDau",), "Each page leaves out its first user.", _lost),
    Defect("users-sum-gap", _AUGMENT, ("getUserActivity",), "One user of a page has one completion less.",
           _metrics("users", "completions_count")),
    Defect("records-gap", _AUGMENT, ("getDailyUserActivityByEditorLanguage",),
           "One record of a page has one suggested line less.",
           _metrics("records", "completions_suggested_lines_of_code")),
    Defect("total-off-by-one", _AUGMENT, ("getDailyUsage",), "A day's messages are one less than their parts.",
           _metrics("daily_usage", "total_messages")),
    Defect("active-days-off-by-one", _AUGMENT, ("getUserActivity",), "The first user of a page has a day too many.",
           _more("active_days", "users")),
    Defect("team-too-large", _TABNINE, ("getTeams",), "A team counts one user more than it lists.",
           _more("usersCount", "data")),
    Defect("user-usage-gap", _TABNINE, ("getUserUsage",), "A user has one completion more than counted elsewhere.",
           _bucket("codeCompletions", "completions")),
    Defect("team-usage-gap", _TABNINE, ("getTeamUsage",), "A team has one interaction more than its users.",
           _bucket("chat", "interactions")),
    Defect("buckets-gap", _TABNINE, ("getOrganizationUsage",), "One bucket of an answer has one line too many.",
           _bucket("chat", "lines")),
    Defect("useful-above-interactions", _TABNINE, ("getOrganizationUsage",), "More answers were of use than given.",
           _useful),
    Defect("utilization-off-by-one", _TABNINE, ("getOrganizationAccountUtilizations",),
           "The latest month has one active account too many.", _stale),
    Defect("ghost", _TABNINE, ("getOrganizationUsers",), "People who are at work left long ago.", _left),
    Defect("feature-gap", _IDE, ("getMetricsByFeature",), "One tool has one suggestion too many.",
           _more("suggestions", "items")),
    Defect("totals-off-by-one", _IDE, ("getMetricsTotals",), "The totals have one invocation too many.",
           _more("invocations")),
    Defect("acceptances-above-suggestions", _IDE, ("getMetrics",), "More was accepted than suggested.",
           _above("acceptances", "suggestions", "items")),
    Defect("active-above-enabled", _IDE, ("getUsersAdoption",), "More people are active than have AI.",
           _above("activeUsers", "enabledUsers", "items")),
    Defect("rows-swapped", _IDE, ("getUsersPaged",), "The first two rows of a page have changed places.", _swapped),
    Defect("email-mismatch", _IDE, ("getUsersPaged",), "A person of each page has another address.", _readdressed),
    Defect("credits-gap", _CONSOLE, ("getQuotaConsumptionV1", "getQuotaConsumptionV2"),
           "The total of credits is one more than its parts.", _more("builtInQuota", "total")),
    Defect("peak-above-unique", _CONSOLE, _HITS, "More people hit their limit on one day than in the range.",
           _above("peakDailyUsers", "usersHitLimit", "total")),
    Defect("versions-differ", _CONSOLE, _HITS[:1], "The first version counts one person more.",
           _more("usersHitLimit", "total")),
    Defect("console-active-above-enabled", _CONSOLE, _ADOPTION, "More people are active than have AI.",
           _above("activeUsers", "enabledUsers", "data", "total")),
    Defect("everyone-active", _CONSOLE, _ADOPTION, "Everybody who has AI spends credits each day.", _everyone),
)  # fmt: skip

DEFECTS = {defect.name: defect for defect in _ALL}
"""Every defect, by its name."""

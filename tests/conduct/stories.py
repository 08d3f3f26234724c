"""Journals made from a line for each request, and the requests in them that violate a rule.

Tests with a real application are in `test_clients`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver import vendors
from mockserver.conduct import linting
from mockserver.conduct.advice import Advice, LintContext
from mockserver.conduct.linting import JournalFinding
from mockserver.gateway.journal import Entry
from mockserver.gateway.limits import Allowance

START = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)

ADVICE: dict[str, Advice] = {name: module.ADVICE for name, module in vendors.room("advice").items()}
LIMITS = {vendor.name: vendor.allowance for vendor in vendors.discover()}
HOURS = {"augment": 2}
"""The hour at which the data of a day arrive, as documented."""

OPERATIONS = {
    "getDau": ("augment", "/analytics/v0/dau"),
    "getDauCount": ("augment", "/analytics/v0/dau-count"),
    "getUserActivity": ("augment", "/analytics/v0/user-activity"),
    "queryCostAnalytics": ("augment", "/analytics/v0/cost-analytics"),
    "getCreditUsageByUser": ("augment", "/analytics/v0/credit-usage-by-user"),
    "getOrganization": ("tabnine", "/api/v1/organization"),
    "getOrganizationUsage": ("tabnine", "/api/v1/organization/usage"),
    "getOrganizationAgentUsage": ("tabnine", "/api/v1/organization/agent-usage"),
    "getOrganizationUsers": ("tabnine", "/api/v1/organization/users"),
    "getOrganizationAccountUtilizations": ("tabnine", "/api/v1/organization/account-utilizations"),
    "getMetrics": ("jetbrains-ide", "/api/analytics/ai/effectiveness/metrics"),
    "getUsersPaged": ("jetbrains-ide", "/api/analytics/ai/effectiveness/metrics/users.paged"),
    "getLimitHitsV1": ("jetbrains-console", "/metrics/api/v1/adoption/limit-hits/group-by/date"),
    "getUsersAdoptionV1": ("jetbrains-console", "/metrics/api/v1/adoption/users-adoption/group-by/date"),
    "createToken": ("jetbrains-console", "/api/rest/oauth2/token"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One request: it comes `after` so many seconds of the sandbox's time, `real` ones if those are others."""

    operation: str
    query: str = ""
    status: int = 200
    after: float = 10
    real: float | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def line(
    operation: str, query: str = "", status: int = 200, *, after: float = 10, real: float | None = None, **fields: Any
) -> Line:
    """A line; `fields` are further fields of the entry."""
    return Line(operation, query, status, after, real, fields)


def journal(lines: Sequence[Line], start: datetime = START) -> list[Entry]:
    """The entries, numbered from 1; each request takes a millisecond, and logical timestamps follow real time."""
    entries, at, started = [], start, 0.0
    for number, each in enumerate(lines, start=1):
        at += timedelta(seconds=each.after)
        started += each.after if each.real is None else each.real
        vendor, path = OPERATIONS[each.operation]
        made = Entry(
            id=number,
            at=at,
            vendor=vendor,
            operation=each.operation,
            method="GET",
            path=path,
            query=each.query,
            status=each.status,
            duration_us=1000,
            organization="acme",
            fault=None,
            refusal=None,
            grant=f"{vendor}-seeded",
            started=int(started * 1_000_000_000),
        )
        entries.append(made._replace(**each.fields))
    return sequenced(entries)


def sequenced(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with logical timestamps in the order of their real ones; an answer comes before a later request."""
    moments = [(each.started, 1, each.id, "start_seq") for each in entries]
    moments += [(each.started + (each.duration_us or 0) * 1000, 0, each.id, "end_seq") for each in entries]
    sequence = {(number, name): index for index, (*_, number, name) in enumerate(sorted(moments), start=1)}
    return [
        each._replace(start_seq=sequence[each.id, "start_seq"], end_seq=sequence[each.id, "end_seq"])
        for each in entries
    ]


def frozen(lines: Sequence[Line]) -> list[Entry]:
    """The entries of lines in a sandbox whose clock never moves; real time passes as the lines say."""
    return [each._replace(at=START, frozen=True) for each in journal(lines)]


def findings(
    entries: Sequence[Entry],
    limits: dict[str, Allowance | None] | None = None,
    hours: dict[str, int] | None = None,
    restated_days: int = 0,
) -> list[JournalFinding]:
    """The findings over some entries, with the documented limits and publication hours unless given."""
    limits, hours = LIMITS if limits is None else limits, HOURS if hours is None else hours
    contexts = {
        name: LintContext(each, limits.get(name), hours.get(name), "", restated_days) for name, each in ADVICE.items()
    }
    return linting.lint(entries, contexts)


def violations(rule: str, entries: Sequence[Entry], **in_force: Any) -> list[int]:
    """The ids of the requests that violate a rule."""
    found = findings(entries, **in_force)
    return sorted(number for finding in found if finding.rule == rule for number in finding.requests)

"""Answers what a journal holds after requests that a test tells in a line each, and which of them break a rule.

Real requests stay out (`test_clients`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.conduct import linting
from mockserver.gateway.journal import Entry

START = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)

PUBLISHED = {"augment": 2}
"""The hour at which the data of a day arrive, as documented."""

OPERATIONS = {
    "getDau": ("augment", "/analytics/v0/dau"),
    "getDauCount": ("augment", "/analytics/v0/dau-count"),
    "getUserActivity": ("augment", "/analytics/v0/user-activity"),
    "getOrganization": ("tabnine", "/api/v1/organization"),
    "getOrganizationUsage": ("tabnine", "/api/v1/organization/usage"),
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
    """One request: it comes `after` so many seconds of the sandbox's time, `real` ones where those are others."""

    operation: str
    query: str = ""
    status: int = 200
    after: float = 10
    real: float | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def line(
    operation: str, query: str = "", status: int = 200, *, after: float = 10, real: float | None = None, **fields: Any
) -> Line:
    """A line, whose further fields of the entry are as given."""
    return Line(operation, query, status, after, real, fields)


def journal(lines: Sequence[Line], start: datetime = START) -> list[Entry]:
    """The entries, numbered from 1; each took a millisecond."""
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
    return entries


def broken(rule: str, lines: Sequence[Line], start: datetime = START, published: int | None = None) -> list[int]:
    """The ids of the requests that break a rule."""
    found = linting.lint(journal(lines, start), PUBLISHED if published is None else {"augment": published})
    return sorted(number for finding in found if finding.rule == rule for number in finding.requests)

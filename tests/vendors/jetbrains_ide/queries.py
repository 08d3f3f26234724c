"""Requests to IDE Services for its tests: paths, ranges, rows, and sandboxes of made-up organizations."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.tokens import Grant
from mockserver.simulation.organization import Organization
from tests.contract.client import Answer, Client

ADOPTION = "/users-adoption"
METRICS = "/effectiveness/metrics"
BY_FEATURE = "/effectiveness/metrics-by-feature"
TOTALS = "/effectiveness/metrics/totals"
USERS = "/effectiveness/metrics/users.paged"

LISTED_USERS = "/api/v1/users"
PROFILES = "/api/v1/profiles"

TOOLS = ("aia", "claude_code", "code_completion", "junie", "nes")
MEASURES = ("suggestions", "acceptances", "invocations")

UNKNOWN = "00000000-0000-4000-8000-000000000000"
"""An id that nobody has."""

Row = dict[str, Any]


def span(first: str, last: str, **more: str | int) -> dict[str, str | int]:
    """The parameters of a range."""
    return {"fromDate": first, "toDate": last, **more}


SEPTEMBER = span("2025-09-01", "2025-09-30")
EVERYTHING: Mapping[str, Mapping[str, str | int]] = {
    ADOPTION: {**SEPTEMBER, "groupBy": "WEEK"},
    METRICS: SEPTEMBER,
    BY_FEATURE: SEPTEMBER,
    TOTALS: SEPTEMBER,
    USERS: {**SEPTEMBER, "limit": 3},
}
"""Every path of the analytics with a query that is answered."""

LISTS: Mapping[str, Mapping[str, str | int]] = {LISTED_USERS: {"limit": 3}, PROFILES: {}}
"""The paths of the lists that ids come from, each with a query that is answered."""

BUCKETED = (ADOPTION, METRICS, BY_FEATURE)
EFFECTIVENESS = (METRICS, BY_FEATURE, TOTALS, USERS)


def items(client: Client, path: str, first: str, last: str, **more: str | int) -> list[Row]:
    """The rows of an answer."""
    result: list[Row] = client.got(path, **span(first, last, **more))["items"]
    return result


def totals(client: Client, first: str, last: str, **more: str | int) -> Row:
    """The numbers of a range."""
    result: Row = client.got(TOTALS, **span(first, last, **more))
    return result


def paginate(client: Client, first: str, last: str, **more: str | int) -> list[Row]:
    """The rows of all pages."""
    return client.paginate(USERS, **span(first, last, **{"limit": 1000, **more}))


def page(client: Client, first: str, last: str, **more: str | int) -> Answer:
    """One page of rows."""
    return client.get(USERS, span(first, last, **more))


def added(rows: Iterable[Row]) -> Row:
    """The numbers of some rows, added up."""
    listed = list(rows)
    return {name: sum(row[name] for row in listed) for name in MEASURES}


def key(row: Row) -> tuple[str, str, str]:
    """The key by which rows of users are sorted."""
    return row["tool"], row["date"], row["userId"]


def own(client: Client, organization: Organization, token: str = "own") -> Client:
    """A client of a new sandbox with a test's own organization."""
    made = replace(client.sandbox.config, organization=organization, seed=organization.seed)
    client.state.make(token, made, [Grant(token, "jetbrains-ide", token, permitted=True)])
    return client.bearing(f"Bearer {token}")


def sandbox(client: Client) -> Sandbox:
    """The sandbox that a client's token opens."""
    opened = client.state.resolve_token("jetbrains-ide", str(client.authorization).split()[1])
    assert opened is not None
    return opened[0]

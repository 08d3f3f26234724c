"""The Console and IDE Services show the same people and days: where definitions overlap, numbers agree."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.contract.client import Client
from tests.products.built import jetbrains
from tests.vendors.jetbrains_console import queries, worlds
from tests.vendors.jetbrains_console.queries import ADOPTION, CREDITS, Row

AUTUMN = ("2025-09-01", "2025-10-20")
IDE_GROUPS = {"day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}
CHARGED = ("junie", "claude_code")
"""The tools of IDE Services that always spend credits."""

ORGANIZATIONS = ("acme", "initech", "globex", "empty", "documented")


@pytest.fixture
def both(opened: Callable[[str], Client]) -> Callable[[str], tuple[Client, Client]]:
    """Clients of the Console and of IDE Services on one app."""

    def clients(organization: str) -> tuple[Client, Client]:
        console = opened(organization)
        ide = Client(console.app, "/api/analytics/ai", f"Bearer mock-jetbrains-ide-{organization}")
        return console, ide

    return clients


def _ide_adoption(ide: Client, group_by: str) -> list[Row]:
    result: list[Row] = ide.got("/users-adoption", **queries.span(*AUTUMN, groupBy=IDE_GROUPS[group_by]))["items"]
    return result


@pytest.mark.parametrize("group_by", queries.GROUPINGS)
@pytest.mark.parametrize("organization", ORGANIZATIONS)
def test_enabled_users_agree_and_active_ones_are_fewer(
    both: Callable[[str], tuple[Client, Client]], organization: str, group_by: str
) -> None:
    """In IDE Services a request is enough to be active; in the Console it must have spent credits."""
    console, ide = both(organization)
    here, there = queries.rows(console, ADOPTION, *AUTUMN, groupBy=group_by), _ide_adoption(ide, group_by)
    assert [(row["date"], row["enabledUsers"]) for row in here] == [(row["date"], row["enabledUsers"]) for row in there]
    assert all(one["activeUsers"] <= other["activeUsers"] for one, other in zip(here, there, strict=True))


def test_ide_services_counts_more_active_users(both: Callable[[str], tuple[Client, Client]]) -> None:
    console, ide = both("initech")
    here, there = queries.rows(console, ADOPTION, *AUTUMN), _ide_adoption(ide, "day")
    assert sum(row["activeUsers"] for row in here) < sum(row["activeUsers"] for row in there)
    assert queries.total(console, ADOPTION, *AUTUMN, userEmails="only.completion@initech.example")["activeUsers"] == 0


def _charged_days(ide: Client, first: str, last: str) -> dict[str, set[str]]:
    """By user: the days with rows of tools that spend credits."""
    rows = ide.paginate(
        "/effectiveness/metrics/users.paged",
        **queries.span(first, last, tool=",".join(CHARGED)),
        limit=1000,
    )
    days: dict[str, set[str]] = {}
    for row in rows:
        days.setdefault(row["userId"], set()).add(row["date"])
    return days


@pytest.mark.parametrize("organization", ["acme", "initech"])
def test_charged_tool_spends_credits(both: Callable[[str], tuple[Client, Client]], organization: str) -> None:
    console, ide = both(organization)
    span = ("2025-10-06", "2025-10-12")
    days = _charged_days(ide, *span)
    assert len(days) > 5
    for user, charged in days.items():
        spent = {row["date"] for row in queries.rows(console, CREDITS, *span, userIds=user) if row["totalCredits"]}
        active = {row["date"] for row in queries.rows(console, ADOPTION, *span, userIds=user) if row["activeUsers"]}
        assert charged <= spent == active


def test_active_users_include_users_of_charged_tools(
    both: Callable[[str], tuple[Client, Client]],
) -> None:
    console, ide = both("acme")
    per_day: dict[str, int] = {}
    for charged in _charged_days(ide, *AUTUMN).values():
        for day in charged:
            per_day[day] = per_day.get(day, 0) + 1
    active = {row["date"]: row["activeUsers"] for row in queries.rows(console, ADOPTION, *AUTUMN)}
    assert per_day
    assert all(active[day] >= users for day, users in per_day.items())


@pytest.mark.memory("the organization is made by hand, and a store has those that its servers know")
def test_free_chat_counts_only_in_ide_services(jetbrains_console: Client) -> None:
    person = worlds.Person({"2025-09-02": {"aia_invocations": 4, "aia_suggestions": 2}, **worlds.junie(_09_03=100)})
    organization = worlds.organization(person, slug="chat")
    console = queries.own(jetbrains_console, organization)
    rows = queries.rows(console, ADOPTION, "2025-09-01", "2025-09-04")
    assert [row["activeUsers"] for row in rows] == [0, 0, 1, 0]
    world = jetbrains_console.state.make("chat", replace(console.sandbox.config, organization=organization), []).world
    edges = [date(2025, 9, day).toordinal() for day in range(1, 6)]
    assert jetbrains(world).ranges.active(edges).buckets == [0, 1, 1, 0]

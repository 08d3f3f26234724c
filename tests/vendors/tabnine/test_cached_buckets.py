"""Cached buckets of usage: the same as computed ones, at every endpoint and for every subject."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from mockserver.vendors.tabnine.reports import usage
from tests.contract.client import Client
from tests.vendors.tabnine import queries


@pytest.mark.parametrize("granularity", ["daily", "weekly", "monthly", "all"])
def test_buckets_are_the_same_whichever_ranges_were_requested_before(
    tabnine_of: Callable[..., Client], granularity: str
) -> None:
    """Buckets of the past are cached; here some of them are, with and without ends within a day."""
    client, days = tabnine_of("initech"), [f"2025-10-{day:02}T" for day in range(6, 23)]
    ranges = [
        queries.span(*ends, granularity)
        for ends in (
            (f"{days[4]}00:00:00Z", f"{days[8]}00:00:00Z"),
            (f"{days[0]}10:00:00Z", f"{days[16]}12:30:00Z"),
            (f"{days[6]}00:00:00Z", f"{days[7]}23:59:59Z"),
            (f"{days[0]}00:00:00Z", f"{days[15]}10:30:00Z"),
        )
    ]
    own, (one, other, *_), user = queries.organization(client), queries.teams(client), queries.users(client)[1]["id"]
    subjects = [{}, {"teamId": one["id"]}, {"teamId": other["id"]}, {"userId": user}]
    fresh = [_usages(tabnine_of("initech"), each | {"organizationId": own}, subjects) for each in ranges]
    for _ in range(2):
        assert [_usages(client, each | {"organizationId": own}, subjects) for each in ranges] == fresh


DAYS = [f"2025-10-{day:02}T" for day in range(1, 23)]
"""The newest one is not over."""


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("end", "times"), [("00:00:00Z", 4), ("23:59:59Z", 4), ("17:00:00Z", len(DAYS) - 1)])
def test_days_that_are_requested_one_by_one_are_those_of_the_range(
    tabnine_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, end: str, times: int, order: int
) -> None:
    """A client that goes from day to day has the next days computed, too, unless parts of days must be counted anew."""
    computed: list[int] = []
    totals_of = usage.totals_of

    def totals_and_note(ranges: Any, members: Any, within: Any, chosen: Any) -> Any:
        computed.append(len(chosen))
        return totals_of(ranges, members, within, chosen)

    monkeypatch.setattr(usage, "totals_of", totals_and_note)
    spans = [
        queries.span(f"{day}00:00:00Z", f"{following if end.startswith('00') else day}{end}", "daily")
        for day, following in pairwise(DAYS)
    ]
    client, own = tabnine_of("initech"), {"organizationId": queries.organization(tabnine_of("initech"))}
    found = [_organization_usage(client, each | own) for each in spans[::order]][::order]
    assert len(computed) <= times
    fresh = [_organization_usage(tabnine_of("initech"), each | own) for each in spans]
    assert found == fresh


def _organization_usage(client: Client, query: dict[str, str]) -> Any:
    answer = client.get("/organization/usage", query)
    assert answer.status == 200
    return answer.json


def _usages(client: Client, ranged: dict[str, str], subjects: list[dict[str, str]]) -> list[Any]:
    """The answers of every endpoint about usage, with every subject."""
    kinds = {"teamId": "team", "userId": "user"}
    paths = "/{}/usage", "/api/v2/{}/usage", "/{}/agent-usage"
    answers = [
        client.get(path.format(kinds.get(next(iter(subject), ""), "organization")), ranged | subject)
        for subject in subjects
        for path in paths
    ]
    assert {answer.status for answer in answers} == {200}
    return [answer.json for answer in answers]

"""Cached buckets of usage: the same as computed ones, at every endpoint and for every subject."""

from collections.abc import Callable
from typing import Any

import pytest

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

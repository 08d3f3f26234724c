"""What holds between the endpoints, whatever organization, seed and range (contract, "Across endpoints")."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation.timestamps import format_utc
from tests.contract.client import Client
from tests.vendors.tabnine import queries, worlds
from tests.vendors.tabnine.worlds import Span

World = Callable[[str, int | None], Client]
Which = tuple[str, int | None]

some_world = st.sampled_from(worlds.WORLDS)
small_world = st.sampled_from(worlds.SMALL)
some_granularity = st.sampled_from(worlds.GRANULARITIES)


@pytest.fixture(scope="session")
def world(tabnine_of: Callable[..., Client]) -> World:
    """The client of an organization under a seed, on apps whose clocks do not move."""
    still = cache(tabnine_of)
    return cache(lambda organization, seed: worlds.seeded(still(organization), seed))


@pytest.fixture(scope="session")
def moving(tabnine_of: Callable[..., Client]) -> Callable[[str], Client]:
    """The client of an organization whose clock a law moves."""
    return cache(tabnine_of)


def _union(result: list[Any]) -> dict[str, int]:
    """Distinct users, from the buckets of one user each."""
    counts = [queries.active(each) for each in result]
    return {name: sum(each[name] for each in counts) for name in counts[0]}


def _each(client: Client, span: Span, granularity: str, users: list[Any]) -> list[list[Any]]:
    """For every bucket, what each user did in it."""
    result = [queries.buckets(client, *span.texts, granularity, userId=user["id"]) for user in users]
    return [list(bucket) for bucket in zip(*result, strict=True)]


@settings(max_examples=25)
@given(which=small_world, span=worlds.spans(60), granularity=some_granularity)
def test_organization_usage_is_the_sum_of_its_users(world: World, which: Which, span: Span, granularity: str) -> None:
    client = world(*which)
    result = queries.buckets(client, *span.texts, granularity)
    for bucket, alone in zip(result, _each(client, span, granularity, queries.users(client)), strict=True):
        assert queries.added([bucket]) == queries.added(alone)
        assert queries.active(bucket) == _union(alone)


@settings(max_examples=25)
@given(which=small_world, span=worlds.spans(60), granularity=some_granularity, data=st.data())
def test_team_usage_is_the_sum_of_its_members(
    world: World, which: Which, span: Span, granularity: str, data: st.DataObject
) -> None:
    client = world(*which)
    team = data.draw(st.sampled_from([each for each in queries.teams(client) if each["usersCount"]]))["id"]
    result = queries.buckets(client, *span.texts, granularity, teamId=team)
    for bucket, alone in zip(result, _each(client, span, granularity, queries.team_users(client, team)), strict=True):
        assert queries.added([bucket]) == queries.added(alone)
        assert queries.active(bucket) == _union(alone)


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(200), granularity=some_granularity)
def test_organization_usage_is_its_teams_and_users_without_one(
    world: World, which: Which, span: Span, granularity: str
) -> None:
    """Nobody is in two teams, so that distinct users add up over teams as everything else does."""
    client = world(*which)
    parts = [
        *(queries.buckets(client, *span.texts, granularity, teamId=team["id"]) for team in queries.teams(client)),
        *(
            queries.buckets(client, *span.texts, granularity, userId=user["id"])
            for user in queries.users(client, teamMember="false")
        ),
    ]
    whole = queries.buckets(client, *span.texts, granularity)
    for bucket, alone in zip(whole, zip(*parts, strict=True), strict=True):
        assert queries.added([bucket]) == queries.added(list(alone))
        assert queries.active(bucket) == _union(list(alone))


def _whose(client: Client, data: st.DataObject) -> dict[str, str]:
    """Everybody, a team, or a user."""
    teams, users = queries.teams(client), queries.users(client)[:20]
    return data.draw(
        st.sampled_from([{}, *({"teamId": each["id"]} for each in teams), *({"userId": each["id"]} for each in users)])
    )


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(400), data=st.data())
def test_range_is_the_sum_of_its_parts(world: World, which: Which, span: Span, data: st.DataObject) -> None:
    client = world(*which)
    whose = _whose(client, data)
    cuts = data.draw(st.lists(st.integers(span.first, span.last), max_size=4))
    edges = sorted({span.first, span.last, *cuts})
    parts = [queries.bucket(client, format_utc(start), format_utc(end), **whose) for start, end in pairwise(edges)]
    whole = queries.bucket(client, *span.texts, **whose)
    assert queries.added([whole]) == queries.added(parts)
    for name, users in queries.active(whole).items():
        counts = [queries.active(part)[name] for part in parts]
        assert max(counts) <= users <= sum(counts)


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(400), granularity=some_granularity, data=st.data())
def test_buckets_add_up_to_the_range_and_equal_their_own_ranges(
    world: World, which: Which, span: Span, granularity: str, data: st.DataObject
) -> None:
    client = world(*which)
    whose = _whose(client, data)
    result = queries.buckets(client, *span.texts, granularity, **whose)
    assert (result[0]["from"], result[-1]["to"]) == span.texts
    assert all(before["to"] == after["from"] for before, after in pairwise(result))
    assert queries.added(result) == queries.added([queries.bucket(client, *span.texts, **whose)])
    chosen = data.draw(st.sampled_from(result))
    assert queries.bucket(client, chosen["from"], chosen["to"], **whose) == chosen


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(400), granularity=some_granularity, data=st.data())
def test_no_part_exceeds_its_whole(
    world: World, which: Which, span: Span, granularity: str, data: st.DataObject
) -> None:
    client = world(*which)
    whose = _whose(client, data)
    for result in queries.buckets(client, *span.texts, granularity, **whose):
        sections = dict(queries.active(result))
        top = sections.pop("any")
        assert max(sections.values()) <= top <= sum(sections.values())
        assert "userId" not in whose or top <= 1
        chat, agent = result["chat"], result["agent"]
        assert chat["usefulChatInteractions"] <= chat["interactions"]
        assert agent["linesAddedAccepted"] <= agent["linesAdded"]
        assert agent["linesRemovedAccepted"] <= agent["linesRemoved"]
        for section, events in (
            ("codeCompletions", "completions"),
            ("chat", "interactions"),
            ("agent", "interactions"),
        ):
            assert result[section]["activeUsers"] <= result[section][events]
            assert bool(result[section]["activeUsers"]) is bool(result[section][events])


@settings(max_examples=25)
@given(organization=st.sampled_from(["acme", "initech", "empty", "documented"]), now=worlds.moments())
def test_people_counts_agree_everywhere(moving: Callable[[str], Client], organization: str, now: int) -> None:
    client = moving(organization).at(format_utc(now))
    everybody = {user["id"] for user in queries.users(client)}
    members: set[str] = set()
    for team in queries.teams(client):
        inside = queries.team_users(client, team["id"])
        counts = client.got("/team/account-utilizations", teamId=team["id"])
        gone = len([user for user in inside if user["deactivatedAt"]])
        assert team["usersCount"] == len(inside)
        assert (counts["registered"], counts["deactivated"]) == (len(inside) - gone, gone)
        assert not members & {user["id"] for user in inside}
        members |= {user["id"] for user in inside}
    assert {user["id"] for user in queries.users(client, teamMember="false")} == everybody - members
    [*_, month] = client.got("/organization/account-utilizations")
    assert month["active"] == len(queries.users(client, active="true"))
    assert month["deactivated"] == len(queries.users(client, active="false"))
    assert client.got("/license")["license"]["seats"] >= month["active"]


@settings(max_examples=25)
@given(which=some_world, data=st.data())
def test_pages_of_any_sizes_add_up_to_the_whole_list(world: World, which: Which, data: st.DataObject) -> None:
    client = world(*which)
    paths = ["/organization/teams", "/organization/users"]
    paths += [f"/team/{team['id']}/users" for team in queries.teams(client)]
    path = data.draw(st.sampled_from(paths))
    whole, index = client.got(path, offset=0, limit=0)["data"], 0
    for limit in data.draw(st.lists(st.integers(1, 150), min_size=1, max_size=8)):
        page = client.got(path, offset=index, limit=limit)
        assert page["data"] == whole[index : index + limit]
        assert page["meta"]["count"] == len(page["data"])
        assert page["meta"]["total"] == len(whole)
        assert page["meta"].get("next") == (
            {"limit": limit, "offset": index + limit} if index + limit < len(whole) else None
        )
        index += limit

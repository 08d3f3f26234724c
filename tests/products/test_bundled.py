"""Tests of the bundled organizations against their files: people, teams and special people are as written there."""

from datetime import date

import numpy as np
import pytest

from mockserver.organizations import files
from mockserver.products.tabnine import ROLES
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.organization import NEVER, Level, SpecialPerson
from mockserver.simulation.people import LEVELS, Block
from mockserver.simulation.timestamps import DAY, EPOCH
from tests.products.built import augment, tabnine
from tests.simulation import worlds

SLUGS = ["acme", "initech", "globex", "hooli"]


def _world(slug: str) -> World:
    return World(files.named(slug), files.pool())


def _matches(person: SpecialPerson, block: Block, row: int, teams: list[str]) -> dict[str, bool]:
    """Each value that the file has for a person, and whether it is true of the block's row."""
    team = int(block.team[row])
    matches = {
        "team": person.team is None or teams[team] == person.team,
        "teamless": not person.teamless or team == -1,
        "role": person.role is None or block.role[row] == person.role,
        "level": person.level is None or LEVELS[block.level[row]] is person.level,
        "joined": person.joined is None or block.joined[row] == person.joined.toordinal(),
        "left": person.left is None or block.left[row] == person.left.toordinal(),
    }
    licences = {product: day.toordinal() if day else NEVER for product, day in person.licences.items()}
    return matches | {each: block.licence_start(each)[row] == day for each, day in licences.items()}


@pytest.mark.parametrize("slug", SLUGS)
def test_special_people_are_as_in_their_file(slug: str) -> None:
    world = _world(slug)
    teams = [team.name for team in world.organization.teams]
    for row, person in enumerate(world.organization.special):
        matches = _matches(person, world.people.block(0), row, teams)
        assert not [name for name, holds in matches.items() if not holds], person.email
        identity = world.identities.of(row)
        assert (identity.email, identity.name) == (person.email, person.name)


@pytest.mark.parametrize(
    ("slug", "people", "services"), [("acme", 60, 2), ("initech", 400, 2), ("globex", 2500, 4), ("hooli", 100_000, 6)]
)
def test_number_of_members_is_that_of_the_file(slug: str, people: int, services: int) -> None:
    blocks = list(_world(slug).people.blocks())
    assert sum(len(block) for block in blocks) == people + services
    assert sum(int(block.service.sum()) for block in blocks) == services


@pytest.mark.parametrize("slug", SLUGS)
def test_every_team_has_people_and_a_team_without_weight_has_none(slug: str) -> None:
    world = _world(slug)
    found = set(np.concatenate([block.team for block in world.people.blocks()]).tolist())
    weighed = {index for index, team in enumerate(world.organization.teams) if team.weight}
    assert found - {-1} == weighed


def _on(world: World, day: date) -> list[int]:
    """The members active in Augment on a day."""
    one = calendar.days(world.organization, day.toordinal(), day.toordinal())
    blocks = world.people.blocks()
    return [
        member for block in blocks for member in block.index[augment(world).facts.active(block, one)[:, 0]].tolist()
    ]


def test_acme_is_lively_in_any_ninety_days() -> None:
    world = _world("acme")
    for first in ("2024-01-01", "2025-07-01", "2026-05-01"):
        span = calendar.days(world.organization, worlds.ordinal(first), worlds.ordinal(first) + 89)
        block = world.people.block(0)
        there = int(((block.joined <= span.first) & (block.left > span.last)).sum())
        assert int(augment(world).facts.active(block, span).any(axis=1).sum()) * 10 >= there * 8, first


@pytest.mark.parametrize(("day", "users"), [(16, 50), (17, 100), (18, 250)])
def test_initech_has_its_users_on_exact_days(day: int, users: int) -> None:
    assert len(_on(_world("initech"), date(2025, 9, day))) == users


@pytest.mark.parametrize("slug", SLUGS)
def test_active_accounts_take_at_most_the_seats_of_the_file(slug: str) -> None:
    world = _world(slug)
    table, seats = tabnine(world).accounts.table, world.organization.adoption["tabnine"].seats
    taken = [int(table.active((worlds.ordinal(f"{year}-10-21") - EPOCH) * DAY).sum()) for year in range(2022, 2034)]
    assert seats is not None
    assert max(taken) <= seats
    assert (max(taken) == seats) == (slug == "initech")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_organization_has_somebody_without_a_team(slug: str) -> None:
    world = _world(slug)
    assert any((block.team == -1)[~block.service].any() for block in world.people.blocks())


def test_initech_is_silent_for_its_whole_silent_weeks() -> None:
    world = _world("initech")
    for period in world.organization.silent:
        for days in (augment(world).days, tabnine(world).days):
            span = days.span(period.first.toordinal(), period.last.toordinal())
            assert len(span) in {7, 14}
            assert not any(any(rolled.users) or rolled.sums.any() for rolled in span)


def _days_of(world: World, email: str) -> list[date]:
    """The days of three years on which somebody is active in Augment."""
    row = [person.email for person in world.organization.special].index(email)
    span = calendar.days(world.organization, worlds.ordinal("2023-10-01"), worlds.ordinal("2026-09-30"))
    one = world.people.block(0).take(np.array([row]))
    return [
        date.fromordinal(span.first + at) for at in np.flatnonzero(augment(world).facts.active(one, span)[0]).tolist()
    ]


@pytest.mark.parametrize(
    ("slug", "email", "last"),
    [
        ("initech", "mid.month@initech.example", date(2025, 10, 14)),
        ("acme", "gustav@acme.example", date(2025, 10, 10)),
        ("acme", "priya@acme.example", date(2026, 6, 30)),
    ],
)
def test_leavers_are_active_until_they_leave(slug: str, email: str, last: date) -> None:
    newest = _days_of(_world(slug), email)[-1]
    assert 0 <= (last - newest).days < 21


def test_initech_has_people_active_once_and_never() -> None:
    world = _world("initech")
    assert _days_of(world, "one.day@initech.example") == [date(2025, 10, 14)]
    assert _days_of(world, "paper.only@initech.example") == []


def test_hooli_s_addresses_and_ids_are_all_different() -> None:
    identities = _world("hooli").identities
    every = [identities.of(index) for index in range(0, 100_006, 7)]
    assert len({each.id for each in every}) == len(every)
    assert len({each.email or each.service_account for each in every}) == len(every)


def test_globex_has_an_administrator_who_is_regular_and_a_manager_who_is_light() -> None:
    block = _world("globex").people.block(0)
    assert (ROLES[block.role[0]], LEVELS[block.level[0]]) == ("Admin", Level.REGULAR)
    assert (ROLES[block.role[1]], LEVELS[block.level[1]]) == ("Manager", Level.LIGHT)

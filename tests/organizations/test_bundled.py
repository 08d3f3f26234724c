"""Tests of the bundled organizations: each has the features that it is meant to show."""

from collections import Counter
from datetime import date
from functools import cache

import numpy as np
import pytest

from mockserver.organizations import files
from mockserver.products.augment.options import Environment
from mockserver.products.jetbrains.facts import TOOLS
from mockserver.products.jetbrains.options import JetBrainsPerson
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.organization import NEVER, Organization
from tests.products.built import augment, jetbrains


@cache
def organization(slug: str) -> Organization:
    return files.named(slug)


def world(slug: str) -> World:
    return World(organization(slug), files.pool())


def active(of: World, first: str, last: str) -> np.ndarray:
    """Members by days: who is active in Augment."""
    span = days(of.organization, date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())
    return np.concatenate([augment(of).facts.active(block, span) for block in of.people.blocks()])


def test_bundled_organizations_are_listed() -> None:
    assert files.bundled() == ("acme", "documented", "empty", "globex", "hooli", "initech")


@pytest.mark.parametrize("slug", files.bundled())
def test_slug_is_the_name_of_the_file(slug: str) -> None:
    assert organization(slug).slug == slug


SIZES = {"acme": (60, 6), "globex": (2_500, 21), "initech": (400, 6), "hooli": (100_000, 80), "empty": (20, 2)}


@pytest.mark.parametrize(("slug", "people", "teams"), [(slug, *size) for slug, size in SIZES.items()], ids=SIZES)
def test_organization_has_its_size(slug: str, people: int, teams: int) -> None:
    found = organization(slug)
    assert (found.people, len(found.teams)) == (people, teams)


@pytest.mark.parametrize("slug", files.bundled())
def test_no_two_special_people_share_an_address(slug: str) -> None:
    assert max(Counter(person.email.casefold() for person in organization(slug).special).values(), default=1) == 1


QUARTERS = [("2023-10-21", "2024-01-18"), ("2025-07-23", "2025-10-20"), ("2026-08-20", "2026-11-17")]


@pytest.mark.parametrize(("first", "last"), QUARTERS)
def test_acme_is_lively_in_any_quarter(first: str, last: str) -> None:
    assert active(world("acme"), first, last).any(axis=1).sum() > 50


def test_acme_uses_every_language_and_editor_within_a_quarter() -> None:
    acme = world("acme")
    used: set[str] = set()
    for ordinal in range(date(2025, 7, 23).toordinal(), date(2025, 10, 21).toordinal()):
        for block in acme.people.blocks():
            for record in augment(acme).records.of(block, days(acme.organization, ordinal, ordinal)):
                used |= {record.language, record.editor}
    environment = acme.organization.options["augment"]
    assert isinstance(environment, Environment)
    assert used == {*environment.languages, *environment.editors, "CLI"}


def test_acme_has_joiners_leavers_a_nested_team_and_two_service_accounts() -> None:
    acme = organization("acme")
    years = {2025, 2026}
    assert {person.joined.year for person in acme.special if person.joined and person.joined.year in years} == years
    assert {person.left.year for person in acme.special if person.left} == years
    assert [team.parent for team in acme.teams if team.parent] == ["Guidance"]
    assert [account.name for account in acme.service_accounts] == ["ci-bot", "release-bot"]


@pytest.mark.parametrize(("day", "users"), [("2025-09-16", 50), ("2025-09-17", 100), ("2025-09-18", 250)])
def test_initech_has_round_numbers_of_active_users_on_three_days(day: str, users: int) -> None:
    assert active(world("initech"), day, day).sum() == users


@pytest.mark.parametrize(
    ("first", "last"), [("2024-08-12", "2024-08-18"), ("2025-08-11", "2025-08-17"), ("2025-12-22", "2026-01-04")]
)
def test_initech_is_silent_for_whole_weeks(first: str, last: str) -> None:
    assert not active(world("initech"), first, last).any()


def test_initech_has_a_person_active_on_one_day() -> None:
    initech = world("initech")
    (index,) = [
        index for index, person in enumerate(initech.organization.special) if len(person.active_only or ()) == 1
    ]
    assert np.flatnonzero(active(initech, "2023-10-01", "2026-11-17")[index]).tolist() == [
        date(2025, 10, 14).toordinal() - date(2023, 10, 1).toordinal()
    ]


def test_initech_has_a_person_who_leaves_within_a_month() -> None:
    initech = world("initech")
    (index,) = [index for index, person in enumerate(initech.organization.special) if person.left]
    october = active(initech, "2025-10-01", "2025-10-31")[index]
    assert october[:14].any()
    assert not october[14:].any()


def test_initech_has_people_without_a_team_and_a_team_without_people() -> None:
    initech = world("initech")
    teams = Counter(np.concatenate([block.team for block in initech.people.blocks()])[:400].tolist())
    assert teams[-1] > 20
    assert teams[[team.name for team in initech.organization.teams].index("The Empty Room")] == 0


SCRIPTS = {"Latin": "á", "Cyrillic": "П", "Greek": "Π", "Han": "李", "Arabic": "ل"}


@pytest.mark.parametrize("letter", SCRIPTS.values(), ids=SCRIPTS)
def test_initech_has_names_in_five_scripts(letter: str) -> None:
    assert any(letter in (person.name or "") for person in organization("initech").special)


def test_initech_has_addresses_in_mixed_case_and_with_apostrophes() -> None:
    emails = [person.email for person in organization("initech").special]
    assert any("'" in email for email in emails)
    assert any(email != email.lower() for email in emails)


def test_in_empty_everybody_is_licensed_and_nobody_has_started() -> None:
    empty = world("empty")
    (block,) = empty.people.blocks()
    for product in block.products:
        assert (block.licence_start(product) < NEVER).all()
        assert (block.use_start(product) == NEVER).all()
        assert empty.organization.adoption[product].seats == 25


@pytest.mark.parametrize("slug", ["globex", "hooli"])
def test_large_organizations_have_nested_teams(slug: str) -> None:
    assert sum(team.parent is not None for team in organization(slug).teams) >= 10


def _spent(email: str, *edges: str) -> list[tuple[int, int, int]]:
    """Hundredths out of quotas, out of top-ups, and limit hits of one person of initech, month by month."""
    initech = world("initech")
    chosen = np.array([person.email == email for person in initech.organization.special])
    mask = np.pad(chosen, (0, initech.organization.members - len(chosen)))
    days = [date.fromisoformat(edge).toordinal() for edge in edges]
    return [(each.built_in, each.top_up, each.hit) for each in jetbrains(initech).ranges.spending(days, mask).buckets]


@pytest.mark.parametrize(
    ("email", "edges", "spent"),
    [
        # Both licences' quotas, and the first one's top-up between them; the hit is the first licence's.
        ("two.licences@initech.example", ("2025-10-01", "2025-10-07", "2025-10-08"), [(900, 0, 0), (300, 500, 1)]),
        ("two.licences@initech.example", ("2025-10-08", "2025-11-01"), [(400, 0, 0)]),
        # What comes after the hit is spent, and there is no second hit.
        ("raised@initech.example", ("2025-10-16", "2025-10-17", "2025-11-01"), [(300, 500, 1), (0, 250, 0)]),
        # October ends in the top-up, November begins with the quota.
        ("turn.of.month@initech.example", ("2025-10-31", "2025-11-01", "2025-12-01"), [(200, 250, 0), (300, 0, 0)]),
        ("only.completion@initech.example", ("2025-01-01", "2026-01-01"), [(0, 0, 0)]),
    ],
)
def test_initech_has_the_awkward_cases_of_credits(
    email: str, edges: tuple[str, ...], spent: list[tuple[int, int, int]]
) -> None:
    assert _spent(email, *edges) == spent


def test_initech_has_an_old_junie_that_spends_unreported() -> None:
    initech = world("initech")
    (index,) = [index for index, options in JetBrainsPerson.all_of(initech.organization) if options.old_clients]
    first, last = date(2025, 9, 1).toordinal(), date(2025, 10, 31).toordinal()
    rows = jetbrains(initech).rows.rows(
        range(len(TOOLS)), first, last, 1000, gate=ReportingGate(assistant=True), index=np.array([index])
    )
    assert {TOOLS[row.position.tool] for row in rows} == {"code_completion"}
    assert sum(built_in for built_in, _, _ in _spent("old.junie@initech.example", "2025-09-01", "2025-11-01")) > 0

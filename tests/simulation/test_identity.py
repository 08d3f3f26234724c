"""Identities: ids in the order of members, found again by id, addresses of one's own."""

from uuid import RFC_4122, UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation.identity import Identities, Identity
from mockserver.simulation.organization import PEOPLE_MAXIMUM, ServiceAccount, SpecialPerson
from tests.simulation import worlds

SMALL = worlds.world()
BOT = ServiceAccount("bot")
MEMBERS = SMALL.organization.members
HUGE = worlds.world(people=PEOPLE_MAXIMUM).identities


def _all(identities: Identities, members: int) -> list[Identity]:
    return [identities.of(index) for index in range(members)]


def test_ids_ascend_with_the_index() -> None:
    ids = [each.id for each in _all(SMALL.identities, MEMBERS)]
    assert ids == sorted(ids)
    assert [str(each) for each in ids] == sorted(map(str, ids))
    assert len(set(ids)) == MEMBERS


@given(st.integers(0, PEOPLE_MAXIMUM))
def test_next_member_has_a_greater_id(index: int) -> None:
    assert HUGE.id_of(index) < HUGE.id_of(index + 1)


@pytest.mark.parametrize("index", [0, 1, 39, 40, 41])
def test_id_is_a_uuid_of_version_four(index: int) -> None:
    made = SMALL.identities.id_of(index)
    assert (made.version, made.variant) == (4, RFC_4122)
    assert UUID(str(made)) == made


def test_id_does_not_depend_on_the_number_of_people() -> None:
    bigger = worlds.world(people=3000).identities
    assert [bigger.of(index) for index in range(40)] == _all(SMALL.identities, 40)
    assert bigger.id_of(3000) == SMALL.identities.id_of(40), "nor does a service account's"


def test_ids_depend_on_organization_and_seed() -> None:
    ids = {shown.identities.id_of(3) for shown in (SMALL, worlds.world(seed=8), worlds.world(slug="other"))}
    assert len(ids) == 3


def test_organization_and_teams_have_distinct_ids() -> None:
    identities = SMALL.identities
    ids = [identities.organization_id, *(identities.team_id_of(position) for position in range(100))]
    assert len(set(ids)) == 101
    assert {each.version for each in ids} == {4}


def test_people_have_an_address_and_service_accounts_a_name() -> None:
    people, services = SMALL.identities.of(39), SMALL.identities.of(40)
    assert people.email is not None
    assert people.email.endswith("@small.example")
    assert (people.service_account, services.email) == (None, None)
    assert (services.service_account, services.name) == ("ci-bot", "ci-bot")


@given(st.integers(0, PEOPLE_MAXIMUM + 1))
def test_member_is_found_by_id(index: int) -> None:
    assert HUGE.index_of(str(HUGE.id_of(index))) == index


OWN = str(SMALL.identities.id_of(3))
NOBODYS = {
    "nothing": "",
    "a word": "alice",
    "a number": "3",
    "too short": OWN[:-1],
    "too long": f"{OWN}0",
    "capitals": OWN.upper(),
    "no hyphens": OWN.replace("-", ""),
    "braces": f"{{{OWN}}}",
    "a urn": f"urn:uuid:{OWN}",
    "a blank behind": f"{OWN} ",
    "one digit off": OWN[:-1] + ("1" if OWN[-1] == "0" else "0"),
    "digits of another script": OWN.replace(OWN[-1], "\N{ARABIC-INDIC DIGIT THREE}"),
    "nil": "00000000-0000-0000-0000-000000000000",
    "the last": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "another organization's": str(worlds.world(slug="other").identities.id_of(3)),
    "another seed's": str(worlds.world(seed=8).identities.id_of(3)),
    "whoever would come next": str(worlds.world(people=3000).identities.id_of(40)),
    "a service account that is not there": str(worlds.world(service_accounts=(BOT,) * 3).identities.id_of(42)),
    "the organization's": str(SMALL.identities.organization_id),
    "a team's": str(SMALL.identities.team_id_of(0)),
}


@pytest.mark.parametrize("identifier", NOBODYS.values(), ids=NOBODYS)
def test_unknown_id_finds_nobody(identifier: str) -> None:
    assert SMALL.identities.index_of(identifier) is None


def test_service_account_is_found_by_id() -> None:
    assert [SMALL.identities.index_of(str(SMALL.identities.id_of(index))) for index in (39, 40, 41)] == [39, 40, 41]


@pytest.mark.parametrize("indexes", [range(MEMBERS), [41, 3, 3], []], ids=["all", "in any order", "nobody"])
def test_ids_of_many_members_equal_those_of_each(indexes: list[int]) -> None:
    together = SMALL.identities.ids_of(np.array(indexes, dtype=np.int64))
    assert together == [str(SMALL.identities.id_of(index)) for index in indexes]


@given(st.lists(st.integers(0, PEOPLE_MAXIMUM + 1)))
def test_ids_of_a_huge_organization_equal_those_of_each(indexes: list[int]) -> None:
    together = HUGE.ids_of(np.array(indexes, dtype=np.int64))
    assert together == [str(HUGE.id_of(index)) for index in indexes]


@pytest.mark.parametrize("domain", ["small.example", "Small.Example"])
def test_address_of_a_special_person_is_given_to_nobody_else(domain: str) -> None:
    local = str(worlds.world(domain=domain).identities.of(17).email).partition("@")[0]
    taken = (f"{local}@{domain}".upper(), f"{local}.17@small.example")
    shown = worlds.world(domain=domain, special=tuple(SpecialPerson(email) for email in taken))
    emails = [str(shown.identities.of(index).email).casefold() for index in range(40)]
    assert len(set(emails)) == 40
    assert shown.identities.of(0).email == taken[0], "exactly as in the file"
    together = shown.identities.emails_of(np.arange(40))
    assert together == [shown.identities.of(index).email for index in range(40)]


@given(st.lists(st.integers(0, PEOPLE_MAXIMUM - 1)))
def test_addresses_of_many_people_equal_those_of_each(indexes: list[int]) -> None:
    together = HUGE.emails_of(np.array(indexes, dtype=np.int64))
    assert together == [HUGE.of(index).email for index in indexes]


def test_special_person_without_a_name_gets_one() -> None:
    shown = worlds.world(special=(SpecialPerson("a@b.example"), SpecialPerson("c@d.example", name="李小明")))
    assert shown.identities.of(0).name == SMALL.identities.of(0).name
    assert shown.identities.of(1).name == "李小明"


def test_person_is_found_by_address_in_any_case() -> None:
    for index in range(SMALL.organization.people):
        email = str(SMALL.identities.of(index).email)
        assert {SMALL.identities.index_of_email(each) for each in (email, email.upper())} == {index}


def test_special_and_displaced_addresses_are_found() -> None:
    local = str(SMALL.identities.of(17).email).partition("@")[0]
    shown = worlds.world(special=(SpecialPerson(f"{local}@small.example"), SpecialPerson("Straße@Other.Example")))
    for index in (0, 1, 17):
        assert shown.identities.index_of_email(str(shown.identities.of(index).email)) == index
    assert shown.identities.index_of_email("STRASSE@other.example") == 1


def test_address_that_was_displaced_twice_is_found() -> None:
    local = str(SMALL.identities.of(17).email).partition("@")[0]
    taken = (f"{local}@small.example", f"{local}.17@small.example")
    shown = worlds.world(special=tuple(SpecialPerson(each) for each in taken))
    assert shown.identities.of(17).email == f"{local}.17.17@small.example"
    assert shown.identities.index_of_email(f"{local}.17.17@small.example") == 17


@pytest.mark.parametrize(
    "email",
    ["", "@", "a@b", "ci-bot", "LOCAL", "LOCAL@other.example"]
    + [f"LOCAL{end}@small.example" for end in (".1", "1", ".", "..1", ".1.", ".1x", ".\N{ARABIC-INDIC DIGIT ONE}")],
)
def test_unknown_address_finds_nobody(email: str) -> None:
    local = str(SMALL.identities.of(0).email).partition("@")[0]
    assert SMALL.identities.index_of_email(email.replace("LOCAL", local)) is None


def test_endless_address_finds_nobody() -> None:
    """In linear time: with a search for the numbers from each position, this would take hours."""
    assert SMALL.identities.index_of_email(f"{'.1' * 1_000_000}x@small.example") is None


def test_unused_name_of_the_pool_finds_nobody() -> None:
    local = worlds.POOL.named(SMALL.people.key("identity"), SMALL.organization.people)[1]
    assert SMALL.identities.index_of_email(f"{local}@small.example") is None

"""Tests of Augment's row ids: they ascend with the members, and the file can give them."""

from uuid import UUID

import pytest

from mockserver.simulation.organization import ServiceAccount, SpecialPerson
from tests.products.built import augment
from tests.simulation import worlds

SMALL = worlds.world()
MEMBERS = SMALL.organization.members
IDS = augment(SMALL).row_ids
GIVEN = augment(
    worlds.world(
        people=2,
        special=(
            SpecialPerson("a@small.example", options={"augment": "user1"}),
            SpecialPerson("b@small.example", options={"augment": "user2"}),
        ),
        service_accounts=(
            ServiceAccount("bot", options={"augment": "user3"}),
            ServiceAccount("cat", options={"augment": "user30"}),
        ),
    )
).row_ids


def test_given_ids_replace_generated_ones() -> None:
    assert [GIVEN.of(index) for index in range(4)] == ["user1", "user2", "user3", "user30"]


def test_member_without_a_given_id_has_a_generated_one() -> None:
    for index in range(MEMBERS):
        assert IDS.of(index) == str(SMALL.identities.id_of(index))
        assert IDS.given(index) is None


@pytest.mark.parametrize("index", [0, 1, 20, 39, 40, 41])
def test_member_after_a_row_is_the_next_one(index: int) -> None:
    assert IDS.after(IDS.of(index)) == index + 1


def test_unknown_id_is_followed_by_the_next_greater_one() -> None:
    between = UUID(int=SMALL.identities.id_of(12).int + 1)
    assert IDS.after(str(between)) == 13


@pytest.mark.parametrize(
    ("row_id", "index"),
    [("", 0), ("0", 0), ("00000000-0000-0000-0000-000000000000", 0), ("g", MEMBERS), ("\N{BALLOON}", MEMBERS)],
)
def test_any_text_has_a_position_in_the_order(row_id: str, index: int) -> None:
    assert IDS.after(row_id) == index


@pytest.mark.parametrize(("row_id", "index"), [("user1", 1), ("user10", 1), ("user3", 3), ("user4", 4), ("a", 0)])
def test_given_ids_are_ordered_as_text(row_id: str, index: int) -> None:
    assert GIVEN.after(row_id) == index

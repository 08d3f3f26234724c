"""Seats: no more licences at a time than seats, and none refused while a seat is free."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation.organization import NEVER, Adoption, ScriptedFact, SpecialPerson, Turnover
from mockserver.simulation.people import BLOCK
from mockserver.simulation.seats import without_seat
from tests.simulation import worlds

TENURES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), max_size=40)
ADOPTION = Adoption(started_percent=100, starts=date(2022, 6, 1), ramp_days=400)
TURNOVER = Turnover(joiners_percent=40, leavers_percent=60, until=date(2025, 12, 31))


def _taken(licensed: np.ndarray, left: np.ndarray, day: int) -> int:
    return int(((licensed <= day) & (day < left)).sum())


@given(TENURES, st.integers(0, 12))
def test_licences_never_exceed_seats_and_every_seat_is_given(tenures: list[tuple[int, int]], seats: int) -> None:
    licensed = np.array([first for first, _ in tenures], dtype=np.int64)
    left = np.array([first + length for first, length in tenures], dtype=np.int64)
    refused = without_seat(licensed, left, seats)
    held = licensed[~refused], left[~refused]
    assert all(_taken(*held, day) <= seats for day in range(75))
    assert all(_taken(*held, day) == seats for day in licensed[refused].tolist())


def test_seat_of_a_person_who_left_is_given_again() -> None:
    licensed, left = np.array([1, 2, 3, 5]), np.array([5, NEVER, NEVER, NEVER])
    assert without_seat(licensed, left, 2).tolist() == [False, False, True, False]


@pytest.mark.parametrize("seats", [0, 1, 300, 500])
@pytest.mark.parametrize("product", worlds.PRODUCTS)
def test_no_product_has_more_licences_than_seats(product: str, seats: int) -> None:
    adoption = {product: Adoption(100, 100, date(2022, 6, 1), 400, seats)}
    people = worlds.world(people=BLOCK, service_accounts=(), turnover=TURNOVER, adoption=adoption).people
    block = people.block(0)
    licensed, left = block.licence_start(product), block.left
    taken = [
        _taken(licensed, left, day) for day in range(worlds.ordinal("2022-01-01"), worlds.ordinal("2027-01-01"), 5)
    ]
    assert max(taken) == seats
    assert (block.use_start(product)[licensed == NEVER] == NEVER).all()


def test_enough_seats_change_nothing() -> None:
    one, other = (
        worlds.world(people=300, adoption={"tabnine": Adoption(60, 90, date(2022, 6, 1), 90, seats)}).people.block(0)
        for seats in (None, 300)
    )
    for found in ("licensed", "started"):
        assert np.array_equal(getattr(one, found), getattr(other, found))


def test_people_licensed_by_the_file_keep_their_seats() -> None:
    late = date(2025, 6, 2)
    world = worlds.world(
        people=50,
        turnover=worlds.STAYING,
        adoption={"tabnine": Adoption(100, 100, date(2022, 6, 1), 0, 3)},
        special=(
            SpecialPerson("a@b.example", licences={"tabnine": late}),
            SpecialPerson("c@b.example", licences={"tabnine": None}),
            SpecialPerson("d@b.example"),
        ),
        facts=(ScriptedFact(2, "tabnine", late, (), {"completions": 1}),),
    )
    people = world.people
    assert people.licensed_by_file("tabnine") == {0, 2}
    assert people.licensed_by_file("augment") == set()
    licensed = np.flatnonzero(people.block(0).licence_start("tabnine") < NEVER)
    assert licensed.tolist()[:2] == [0, 2]
    assert len(licensed) == 3

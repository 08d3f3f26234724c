"""The name pool: no two people alike, and a way back from an address to its bearer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.organizations import files
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import PEOPLE_MAXIMUM
from tests.simulation import worlds

KEYS = st.integers(0, 2**64 - 1)


def test_names_are_unique_in_the_largest_organization() -> None:
    pool = files.pool()
    named = [pool.named(99, index) for index in range(PEOPLE_MAXIMUM)]
    assert len({local for _, local in named}) == PEOPLE_MAXIMUM
    assert len({name for name, _ in named}) == PEOPLE_MAXIMUM


@given(KEYS)
def test_whole_pool_is_used_before_a_name_is_repeated(key: int) -> None:
    pool = NamePool(
        tuple((f"G{position}", f"g{position}") for position in range(6)),
        tuple((f"F{position}", f"f{position}") for position in range(10)),
    )
    assert pool.size == 60
    assert len({pool.named(key, index) for index in range(60)}) == 60


def test_name_and_address_belong_together() -> None:
    name, local = worlds.POOL.named(5, 17)
    given_name, family_name = name.split(" ")
    assert local == f"{given_name.replace('Given', 'g')}.{family_name.replace('Family', 'f')}"


def test_each_key_has_its_own_order() -> None:
    orders = {tuple(worlds.POOL.named(key, index)[1] for index in range(20)) for key in range(50)}
    assert len(orders) == 50


TWICE = (("Ana", "ana"), ("Aña", "ana"))
ONCE = (("Ana", "ana"), ("Bo", "bo"))


@pytest.mark.parametrize(("given_names", "family_names"), [(TWICE, ONCE), (ONCE, TWICE)], ids=["given", "family"])
def test_pool_with_a_repeated_address_form_is_refused(
    given_names: tuple[tuple[str, str], ...], family_names: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(ValueError, match="two names with the same address form"):
        NamePool(given_names, family_names)


@pytest.mark.parametrize("key", range(5))
def test_person_is_found_by_local_part(key: int) -> None:
    for index in (0, 1, 17, worlds.POOL.size - 1):
        assert worlds.POOL.index_of(key, worlds.POOL.named(key, index)[1]) == index


@pytest.mark.parametrize("local", ["", ".", "g1", "g1.", ".f1", "g1.f99", "g99.f1", "g1.f1.f1", "G1.F1"])
def test_unknown_local_part_finds_nobody(local: str) -> None:
    assert worlds.POOL.index_of(7, local) is None

"""Facts, of whatever product,: sums and masks are of the cells, and say nothing beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64

COUNTERS = 3


def _of(table: I64) -> Facts:
    """Facts of counters by members by days; whoever has any above zero is active."""
    active = np.any(table > 0, axis=0)
    rows, columns = np.nonzero(active)
    return Facts(active, rows, columns, table[:, rows, columns])


def _table(facts: Facts) -> I64:
    table = np.zeros((COUNTERS, *facts.active.shape), dtype=np.int64)
    table[:, facts.rows, facts.columns] = facts.counters
    return table


@st.composite
def tables(draw: st.DrawFn) -> I64:
    """Counters by members by days, most of them zero."""
    members, days = draw(st.integers(0, 5)), draw(st.integers(1, 6))
    size = COUNTERS * members * days
    numbers = draw(st.lists(st.sampled_from((0, 0, 0, 1, 7, 10**12)), min_size=size, max_size=size))
    return np.array(numbers, dtype=np.int64).reshape(COUNTERS, members, days)


@given(tables())
def test_sums_by_member_and_by_day_are_sums_of_the_cells(table: I64) -> None:
    facts = _of(table)
    assert np.array_equal(facts.by_member, table.sum(axis=2))
    assert np.array_equal(facts.by_day, table.sum(axis=1))


@given(tables(), st.integers(0, COUNTERS - 1))
def test_counted_members_have_the_counter_above_zero(table: I64, counter: int) -> None:
    assert np.array_equal(_of(table).counted([counter]), table[counter] > 0)


@given(tables(), st.sets(st.integers(0, COUNTERS - 1)))
def test_counted_members_have_any_of_the_counters_above_zero(table: I64, counters: set[int]) -> None:
    assert np.array_equal(_of(table).counted([*counters]), (table[[*counters]] > 0).any(axis=0))


@given(tables(), st.data())
def test_only_keeps_exactly_the_chosen_cells(table: I64, data: st.DataObject) -> None:
    size = table.shape[1] * table.shape[2]
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    kept = kept.reshape(table.shape[1:])
    part = _of(table).only(kept)
    assert np.array_equal(_table(part), np.where(kept, table, 0))
    assert np.array_equal(part.active, table.any(axis=0) & kept)
    assert np.array_equal(np.argwhere(part.active), np.stack([part.rows, part.columns], axis=1))
    assert np.array_equal(part.by_day, np.where(kept, table, 0).sum(axis=1))


@given(tables(), st.data())
def test_chosen_cells_and_all_others_add_up_to_the_whole(table: I64, data: st.DataObject) -> None:
    size = table.shape[1] * table.shape[2]
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    kept, facts = kept.reshape(table.shape[1:]), _of(table)
    assert np.array_equal(_table(facts.only(kept)) + _table(facts.only(~kept)), table)
    assert np.array_equal(facts.only(kept).by_member + facts.only(~kept).by_member, facts.by_member)


def test_only_does_not_change_the_original_facts() -> None:
    table = np.arange(COUNTERS * 4, dtype=np.int64).reshape(COUNTERS, 2, 2)
    facts = _of(table)
    facts.only(np.zeros((2, 2), dtype=np.bool_))
    assert np.array_equal(_table(facts), table)


@pytest.mark.parametrize(("members", "days"), [(4, 3), (0, 3)], ids=["nobody is active", "nobody is chosen"])
def test_sums_without_cells_are_zero(members: int, days: int) -> None:
    facts = _of(np.zeros((COUNTERS, members, days), dtype=np.int64))
    assert facts.by_member.tolist() == [[0] * members] * COUNTERS
    assert facts.by_day.tolist() == [[0] * days] * COUNTERS
    assert facts.counted([0]).tolist() == [[False] * days] * members

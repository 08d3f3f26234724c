"""Tabnine's totals between two seconds: a range can be cut anywhere, and members add up to everybody."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.tabnine.facts import COUNTERS, EARLIEST, INDEX, LATEST, SECTIONS
from mockserver.products.tabnine.ranges import UsageTotals
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ScriptedFact
from mockserver.simulation.people import BLOCK
from mockserver.simulation.timestamps import DAY, EPOCH, midnight
from tests.products.built import tabnine
from tests.simulation import worlds

START = midnight(date(2025, 9, 26))
LENGTH = 24
"""Days that cuts are made in."""

SMALL = worlds.world()
BLOCKS = worlds.world(people=BLOCK + 60)
SCRIPTED = worlds.world(
    facts=(
        ScriptedFact(2, "tabnine", date(2025, 9, 30), (), {"chat_interactions": 4, "chat_useful": 2}),
        ScriptedFact(3, "tabnine", date(2025, 9, 30), (), {"keystrokes": 9}),
        ScriptedFact(4, "tabnine", date(2025, 10, 1), (), {}),
    )
)
WORLDS = {"small": SMALL, "blocks": BLOCKS, "scripted": SCRIPTED}

SECONDS = st.builds(
    lambda day, second: START + day * DAY + second,
    st.integers(0, LENGTH),
    st.one_of(
        st.sampled_from((0, EARLIEST - 1, EARLIEST, EARLIEST + 1, LATEST - 1, LATEST, LATEST + 1, DAY - 1)),
        st.integers(0, DAY - 1),
    ),
)


def cuts(least: int = 2, most: int = 8) -> st.SearchStrategy[list[int]]:
    """Ascending seconds."""
    return st.lists(SECONDS, min_size=least, max_size=most, unique=True).map(sorted)


def _everyone(world: World) -> I64:
    return np.arange(world.organization.members, dtype=np.int64)


def _looked_up(world: World, index: I64, start: int, end: int) -> UsageTotals:
    """The totals between two seconds, cell by cell."""
    span = calendar.days(world.organization, start // DAY + EPOCH, (end - 1) // DAY + EPOCH)
    sums, users = np.zeros(len(COUNTERS), dtype=np.int64), [set[int]() for _ in SECTIONS]
    for block in world.people.blocks():
        facts, seconds = (
            tabnine(world).facts.facts(block, span),
            tabnine(world).facts.seconds(block, span),
        )
        for cell, (row, column) in enumerate(zip(facts.rows.tolist(), facts.columns.tolist(), strict=True)):
            member, day = int(block.index[row]), int(span.ordinals[column])
            if member in index and start <= (day - EPOCH) * DAY + int(seconds[row, column]) < end:
                sums += facts.counters[:, cell]
                for section, counter in enumerate(SECTIONS):
                    users[section] |= {member} if facts.counters[counter, cell] else set()
    return UsageTotals(tuple(sums.tolist()), tuple(map(len, users)), len(set[int]().union(*users)))


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@settings(max_examples=25)
@given(where=cuts())
def test_everybody_equals_all_members_at_any_cuts(world: World, where: list[int]) -> None:
    assert tabnine(world).ranges.everybody(where) == tabnine(world).ranges.members(_everyone(world), where)


@pytest.mark.parametrize("world", [SMALL, SCRIPTED], ids=["small", "scripted"])
@settings(max_examples=25)
@given(where=cuts(2, 4), members=st.sets(st.integers(0, 41)))
def test_totals_count_cells_between_the_cuts(world: World, where: list[int], members: set[int]) -> None:
    index = np.array(sorted(members), dtype=np.int64)
    expected = [_looked_up(world, index, start, end) for start, end in pairwise(where)]
    assert tabnine(world).ranges.members(index, where) == expected


@settings(max_examples=25)
@given(cuts(3, 8))
def test_parts_of_a_range_add_up_to_the_whole(where: list[int]) -> None:
    for totals in (
        tabnine(SMALL).ranges.everybody,
        lambda cut: tabnine(SMALL).ranges.members(np.array([3, 7, 20]), cut),
    ):
        parts, (whole,) = totals(where), totals([where[0], where[-1]])
        assert np.sum([part.sums for part in parts], axis=0).tolist() == list(whole.sums)
        for users, together in zip(zip(*(part.users for part in parts), strict=True), whole.users, strict=True):
            assert max(users) <= together <= sum(users)


@settings(max_examples=25)
@given(cuts(), st.sets(st.integers(0, BLOCK + 61), max_size=40))
def test_two_groups_of_members_add_up_to_everybody(where: list[int], chosen: set[int]) -> None:
    everyone = _everyone(BLOCKS)
    mine = np.isin(everyone, list(chosen))
    some, others, everybody = (
        tabnine(BLOCKS).ranges.members(everyone[mine], where),
        tabnine(BLOCKS).ranges.members(everyone[~mine], where),
        tabnine(BLOCKS).ranges.everybody(where),
    )
    for one, other, all_ in zip(some, others, everybody, strict=True):
        assert np.add(one.sums, other.sums).tolist() == list(all_.sums)
        assert np.add(one.users, other.users).tolist() == list(all_.users)
        assert one.anybody + other.anybody == all_.anybody


@settings(max_examples=25)
@given(cuts())
def test_user_of_several_sections_counts_once(where: list[int]) -> None:
    for totals in tabnine(SMALL).ranges.everybody(where):
        assert max(totals.users) <= totals.anybody <= min(sum(totals.users), 40)


@settings(max_examples=25)
@given(cuts(), st.integers(0, 41))
def test_member_is_at_most_one_user(where: list[int], member: int) -> None:
    for totals in tabnine(SMALL).ranges.members(np.array([member]), where):
        assert {*totals.users, totals.anybody} <= {0, 1}
        assert (totals.anybody == 1) == any(totals.sums)


def test_teams_add_up_to_everybody() -> None:
    table, where = tabnine(SMALL).accounts.table, [START, START + 7 * DAY + 40_000, START + 14 * DAY]
    teams = [
        tabnine(SMALL).ranges.members(table.index[table.team == team], where) for team in np.unique(table.team).tolist()
    ]
    assert len(teams) == 2
    for part, everybody in enumerate(tabnine(SMALL).ranges.everybody(where)):
        assert np.sum([team[part].sums for team in teams], axis=0).tolist() == list(everybody.sums)
        assert sum(team[part].anybody for team in teams) == everybody.anybody


@pytest.mark.parametrize("end", [LATEST, LATEST + 1, DAY - 1, DAY, DAY + EARLIEST])
@pytest.mark.parametrize("start", [LATEST - DAY, -1, 0, 1, EARLIEST])
def test_range_over_the_working_hours_is_the_whole_day(start: int, end: int) -> None:
    monday = midnight(date(2025, 9, 29))
    (totals,) = tabnine(SMALL).ranges.everybody([monday + start, monday + end])
    (day,) = tabnine(SMALL).days.span(monday // DAY + EPOCH, monday // DAY + EPOCH)
    assert (list(totals.sums), totals.users) == (day.sums.tolist(), day.users)
    assert totals.anybody > 0


@pytest.mark.parametrize("hours", [(0, 8), (18, 24), (-6, 8)])
def test_nothing_happens_outside_working_hours(hours: tuple[int, int]) -> None:
    monday = midnight(date(2025, 9, 29))
    where = [monday + hour * 3600 for hour in hours]
    (totals,) = tabnine(SMALL).ranges.everybody(where)
    assert totals == UsageTotals((0,) * len(COUNTERS), (0, 0, 0), 0)
    assert tabnine(SMALL).ranges.members(_everyone(SMALL), where) == [totals]


def test_fact_at_a_cut_belongs_to_the_later_part() -> None:
    one = calendar.days(SCRIPTED.organization, worlds.ordinal("2025-09-30"), worlds.ordinal("2025-09-30"))
    second = midnight(date(2025, 9, 30)) + int(tabnine(SCRIPTED).facts.seconds(SCRIPTED.people.block(0), one)[2, 0])
    before, at, after = tabnine(SCRIPTED).ranges.members(np.array([2]), [second - 9, second, second + 1, second + 9])
    assert (before.anybody, after.anybody) == (0, 0)
    assert (at.sums[INDEX["chat_interactions"]], at.sums[INDEX["chat_useful"]], at.users) == (4, 2, (0, 1, 0))


def test_keystrokes_alone_make_no_active_user() -> None:
    where = [midnight(date(2025, 9, 30)), midnight(date(2025, 10, 1))]
    (totals,) = tabnine(SCRIPTED).ranges.members(np.array([3]), where)
    assert (totals.sums[INDEX["keystrokes"]], totals.users, totals.anybody) == (9, (0, 0, 0), 0)


FIRST = midnight(SMALL.organization.first_day)
OUTSIDE = {
    "long before the organization": [-62_135_596_800, -62_135_596_800 + 40 * DAY, FIRST - 400 * DAY],
    "up to its first day": [FIRST - 7 * DAY, FIRST],
    "into its first hours": [FIRST - 7 * DAY, FIRST + 8 * 3600],
}


@pytest.mark.parametrize("where", OUTSIDE.values(), ids=OUTSIDE)
def test_range_before_the_history_is_empty(where: list[int]) -> None:
    nothing = [UsageTotals((0,) * len(COUNTERS), (0, 0, 0), 0)] * (len(where) - 1)
    assert tabnine(SMALL).ranges.everybody(where) == nothing
    assert tabnine(SMALL).ranges.members(_everyone(SMALL), where) == nothing


def test_range_from_before_the_history_equals_the_history() -> None:
    end = FIRST + 500 * DAY
    late, early = ([first, FIRST + 300 * DAY, end] for first in (FIRST, -62_135_596_800))
    assert tabnine(SMALL).ranges.everybody(early) == tabnine(SMALL).ranges.everybody(late)
    members = np.array([1, 2])
    assert tabnine(SMALL).ranges.members(members, early) == tabnine(SMALL).ranges.members(members, late)


def test_long_range_is_computed_in_pieces_without_loss() -> None:
    """More members times days than are computed at once."""
    where = [midnight(date(2025, 1, 1)) + index * 97 * DAY + 33_333 for index in range(3)]
    assert tabnine(BLOCKS).ranges.members(_everyone(BLOCKS), where) == tabnine(BLOCKS).ranges.everybody(where)


def test_no_members_have_no_usage() -> None:
    nobody = np.array([], dtype=np.int64)
    assert (
        tabnine(SMALL).ranges.members(nobody, [START, START + DAY, START + 9 * DAY])
        == [UsageTotals((0,) * len(COUNTERS), (0, 0, 0), 0)] * 2
    )

"""Tests of rolled-up days: sums of everybody's facts, in whatever order days are requested."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from threading import Barrier, Event, Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.augment import facts as augment_facts
from mockserver.products.tabnine import facts as tabnine_facts
from mockserver.products.world import World
from mockserver.simulation import calendar, rollups
from mockserver.simulation.facts import Facts
from mockserver.simulation.organization import ScriptedFact
from mockserver.simulation.people import BLOCK, Block
from mockserver.simulation.rollups import RolledUpDay, Rollups
from tests.products.built import augment, tabnine
from tests.simulation import worlds

FIRST = worlds.ordinal("2024-12-01")
WORLD = worlds.world(facts=(ScriptedFact(2, "augment", date(2024, 12, 25), ("Go", "CLI"), {"chat_messages": 1}),))
SPANS = st.tuples(st.integers(0, 250), st.integers(0, 130)).map(lambda pair: (FIRST + pair[0], FIRST + sum(pair)))


def _plain(days: list[RolledUpDay]) -> list[tuple[list[int], tuple[int, ...], bytes]]:
    return [(day.sums.tolist(), (*day.users, day.anybody), day.members.tobytes()) for day in days]


def _fresh(world: World = WORLD) -> Rollups:
    return Rollups(world.people, augment(world).facts, len(augment_facts.COUNTERS))


KNOWN = _plain(_fresh().span(FIRST, FIRST + 400))


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_bits_are_counted_alike_by_every_release_of_numpy(words: list[int]) -> None:
    bitmaps = np.array([words, words[::-1]], dtype=np.uint64)
    assert rollups.bits_by_table(bitmaps).tolist() == [[word.bit_count() for word in row] for row in bitmaps.tolist()]
    assert rollups.count_bits(bitmaps.view(np.uint8)).tolist() == [sum(map(int.bit_count, words))] * 2


@pytest.mark.parametrize("people", [1, 6, 40, BLOCK, BLOCK + 1, 2 * BLOCK + 13])
def test_rolled_up_day_has_the_sums_and_the_active_members(people: int) -> None:
    world = worlds.world(people=people, turnover=worlds.STAYING)
    first = worlds.ordinal("2025-10-13")
    span = calendar.days(world.organization, first, first + 9)
    facts = [augment(world).facts.facts(block, span) for block in world.people.blocks()]
    active = np.concatenate([each.active for each in facts])
    for position, day in enumerate(augment(world).days.span(first, first + 9)):
        assert day.sums.tolist() == np.sum([each.by_day[:, position] for each in facts], axis=0).tolist()
        assert day.users == (int(active[:, position].sum()),)
        assert day.members.shape == (1, -(-(people + 2) // 64) * 8)
        assert np.unpackbits(day.members[0])[: people + 2].tolist() == active[:, position].astype(int).tolist()


@pytest.mark.parametrize("people", [6, BLOCK + 1])
def test_rolled_up_day_has_the_members_of_each_mark(people: int) -> None:
    world = worlds.world(people=people, turnover=worlds.STAYING)
    first = worlds.ordinal("2025-10-13")
    span = calendar.days(world.organization, first, first + 9)
    facts = [tabnine(world).facts.facts(block, span) for block in world.people.blocks()]
    for row, counter in enumerate(tabnine_facts.SECTIONS):
        counted = np.concatenate([each.counted([counter]) for each in facts])
        for position, day in enumerate(tabnine(world).days.span(first, first + 9)):
            assert day.members.shape == (3, -(-(people + 2) // 64) * 8)
            assert day.users[row] == int(counted[:, position].sum())
            assert np.unpackbits(day.members[row])[: people + 2].tolist() == counted[:, position].astype(int).tolist()
            assert day.anybody == int(np.unpackbits(day.members, axis=1).any(axis=0).sum())


@settings(max_examples=25, deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=6))
def test_days_are_the_same_in_any_span(spans: list[tuple[int, int]]) -> None:
    rolled = _fresh()
    for first, last in spans:
        assert _plain(rolled.span(first, last)) == KNOWN[first - FIRST : last - FIRST + 1]


def test_gaps_between_cached_days_are_filled() -> None:
    rolled = _fresh()
    for known in (3, 10, 11, 99):
        rolled.span(FIRST + known, FIRST + known)
    assert _plain(rolled.span(FIRST, FIRST + 200)) == KNOWN[:201]


def test_span_that_ends_before_it_begins_has_no_days() -> None:
    assert _fresh().span(FIRST, FIRST - 1) == []


def _computed_runs(rolled: Rollups, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The runs of days that are computed from now on."""
    runs: list[tuple[int, int]] = []
    plain = rolled._roll_up  # noqa: SLF001 - what is computed again is seen nowhere else

    def noted(span: calendar.Days) -> dict[int, RolledUpDay]:
        runs.append((span.first - FIRST, span.last - FIRST))
        return plain(span)

    monkeypatch.setattr(rolled, "_roll_up", noted)
    return runs


def test_day_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "_CELLS_OF_MONTH", 0)
    rolled = _fresh()
    runs = _computed_runs(rolled, monkeypatch)
    rolled.span(FIRST + 5, FIRST + 9)
    rolled.span(FIRST, FIRST + 12)
    rolled.span(FIRST, FIRST + 12)
    assert runs == [(5, 9), (0, 4), (10, 12)]


@pytest.mark.parametrize(
    ("cells", "computed"),
    [(42 * 31, [(0, 30), (31, 61)]), (42 * 31 - 1, [(5, 5), (30, 30), (31, 31), (6, 6)])],
)
def test_month_of_a_small_organization_is_computed_with_its_first_day(
    monkeypatch: pytest.MonkeyPatch, cells: int, computed: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(rollups, "_CELLS_OF_MONTH", cells)
    rolled = _fresh()
    runs = _computed_runs(rolled, monkeypatch)
    for first, last in ((5, 5), (30, 31), (6, 6)):
        assert _plain(rolled.span(FIRST + first, FIRST + last)) == KNOWN[first : last + 1]
    assert runs == computed


def test_least_recently_used_days_are_evicted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "MEMORY_BUDGET", 1)
    monkeypatch.setattr(rollups, "_CELLS_OF_MONTH", 0)
    rolled = _fresh()
    runs = _computed_runs(rolled, monkeypatch)
    for first in (0, 90, 0, 180):
        assert _plain(rolled.span(FIRST + first, FIRST + first + 89)) == KNOWN[first : first + 90]
    del runs[:]
    rolled.span(FIRST, FIRST + 89)
    assert runs == [], "used after the others, so still cached"
    rolled.span(FIRST + 90, FIRST + 179)
    assert runs == [(90, 120), (121, 150), (151, 179)]


def test_span_beyond_the_budget_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "MEMORY_BUDGET", 1)
    assert _plain(_fresh().span(FIRST, FIRST + 400)) == KNOWN


def test_more_marks_cache_fewer_days(monkeypatch: pytest.MonkeyPatch) -> None:
    marks: tuple[list[tuple[int, ...]], ...] = ([], [(0, 1)], [(0,), (4,), (9, 10)])
    kept = [Rollups(WORLD.people, tabnine(WORLD).facts, 14, each)._days_kept for each in marks]  # noqa: SLF001 - memory is seen nowhere else
    assert kept[0] == kept[1] > kept[2]
    monkeypatch.setattr(rollups, "MEMORY_BUDGET", 1)
    assert _fresh()._days_kept == 180  # noqa: SLF001 - memory is seen nowhere else


@pytest.mark.parametrize(
    ("worth", "days", "observed"),
    [
        (10**9, 90, []),
        (42 * 90, 90, ["rolling up small: 90 days to go, from 2024-12-01"]),
        (42 * 90 + 1, 90, []),
        (
            42 * 50,
            90,
            ["rolling up small: 90 days to go, from 2024-12-01", "rolling up small: 59 days to go, from 2025-01-01"],
        ),
    ],
)
def test_long_computation_logs_its_progress(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, worth: int, days: int, observed: list[str]
) -> None:
    monkeypatch.setattr(rollups, "_WORTH_LOGGING", worth)
    with caplog.at_level(logging.INFO, logger="mockserver"):
        rolled = _fresh()
        rolled.span(FIRST, FIRST + days - 1)
        rolled.span(FIRST, FIRST + days - 1)
    assert caplog.messages == observed


def test_concurrent_threads_get_the_same_days() -> None:
    rolled = _fresh()
    spans = [(FIRST + start, FIRST + start + 60) for start in (0, 30, 60, 15, 0, 45, 90, 5)] * 4
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda span: _plain(rolled.span(*span)), spans))
    assert found == [KNOWN[first - FIRST : last - FIRST + 1] for first, last in spans]


def test_threads_compute_the_same_days_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rolled = _fresh()
    runs = _computed_runs(rolled, monkeypatch)
    together = Barrier(8)

    def compute_days(_: int) -> None:
        together.wait()
        rolled.span(FIRST, FIRST + 89)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(compute_days, range(8)))
    assert runs == [(0, 30), (31, 61), (62, 92)]


def test_cached_days_do_not_wait_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    rolled = _fresh()
    known = rolled.span(FIRST, FIRST + 3)
    observed: list[int] = []
    compute = Rollups._roll_up  # noqa: SLF001 (called in the middle of it)

    def ask_meanwhile(self: Rollups, span: calendar.Days) -> dict[int, RolledUpDay]:
        asker = Thread(target=lambda: observed.append(len(rolled.span(FIRST, FIRST + 3))))
        asker.start()
        asker.join(5)
        return compute(self, span)

    monkeypatch.setattr(Rollups, "_roll_up", ask_meanwhile)
    rolled.span(FIRST + 40, FIRST + 42)
    assert observed == [len(known)]


@pytest.mark.parametrize("chosen", [(), (3,), (BLOCK,), (0, BLOCK - 1, 2 * BLOCK + 5)])
def test_blocks_without_chosen_members_are_skipped(chosen: tuple[int, ...]) -> None:
    """The days are those of everybody, and a block without chosen members is not computed."""
    world = worlds.world(people=2 * BLOCK + 13, turnover=worlds.STAYING)
    first = worlds.ordinal("2025-10-13")
    mask = np.zeros(world.organization.members, dtype=np.bool_)
    mask[list(chosen)] = True
    computed: list[int] = []

    class Some:
        def facts(self, block: Block, span: calendar.Days) -> Facts:
            computed.extend(np.unique(block.index // BLOCK * BLOCK).tolist())
            facts = augment(world).facts.facts(block, span)
            return facts.only(np.broadcast_to(mask[block.index][:, None], facts.active.shape))

    observed, everybody = (
        Rollups(world.people, Some(), len(augment_facts.COUNTERS), (), only) for only in (mask, None)
    )
    days = observed.span(first, first + 9)
    assert computed == sorted({index // BLOCK * BLOCK for index in chosen})
    assert _plain(days) == _plain(everybody.span(first, first + 9))


@pytest.mark.parametrize("finished", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_order_in_which_blocks_are_finished_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, finished: tuple[int, ...]
) -> None:
    world = worlds.world(people=2 * BLOCK + 13, turnover=worlds.STAYING)
    first = worlds.ordinal("2025-10-13")
    expected = _plain(_fresh(world).span(first, first + 9))
    turns = {block: Event() for block in finished}
    followers = dict(pairwise(finished))
    turns[finished[0]].set()

    class InTurn:
        def facts(self, block: Block, span: calendar.Days) -> Facts:
            number = int(block.index[0]) // BLOCK
            assert turns[number].wait(30), "all blocks are computed at the same time"
            facts = augment(world).facts.facts(block, span)
            if number in followers:
                turns[followers[number]].set()
            return facts

    monkeypatch.setattr(rollups, "_THREADS", 3)
    monkeypatch.setattr(rollups, "_CELLS_AT_ONCE", BLOCK * 10)
    assert _plain(Rollups(world.people, InTurn(), len(augment_facts.COUNTERS)).span(first, first + 9)) == expected


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("cells", [1, 2 * BLOCK * 10, 10**9])
def test_days_do_not_depend_on_threads_or_on_what_is_computed_together(
    monkeypatch: pytest.MonkeyPatch, threads: int, cells: int
) -> None:
    world = worlds.world(people=4 * BLOCK + 13, turnover=worlds.STAYING)
    first = worlds.ordinal("2025-10-13")
    expected = _plain(_fresh(world).span(first, first + 9))
    monkeypatch.setattr(rollups, "_THREADS", threads)
    monkeypatch.setattr(rollups, "_CELLS_AT_ONCE", cells)
    assert _plain(_fresh(world).span(first, first + 9)) == expected


def test_error_in_one_thread_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    world = worlds.world(people=2 * BLOCK + 13, turnover=worlds.STAYING)

    class Failing:
        def facts(self, block: Block, span: calendar.Days) -> Facts:
            if int(block.index[0]) == BLOCK:
                raise LookupError("no facts of the second block")
            return augment(world).facts.facts(block, span)

    monkeypatch.setattr(rollups, "_THREADS", 2)
    monkeypatch.setattr(rollups, "_CELLS_AT_ONCE", 1)
    rolled = Rollups(world.people, Failing(), len(augment_facts.COUNTERS))
    with pytest.raises(LookupError, match="second block"):
        rolled.span(FIRST, FIRST)


def test_progress_counts_days_up_to_all_of_them() -> None:
    told: list[tuple[int, int]] = []
    rolled = _fresh()
    rolled.span(FIRST + 31, FIRST + 61, lambda *days: told.append(days))
    rolled.span(FIRST, FIRST + 89, lambda *days: told.append(days))
    rolled.span(FIRST, FIRST + 89, lambda *days: told.append(days))
    assert told == [(31, 31), (62, 90), (90, 90)], "cached days are done from the start, and are not told again"

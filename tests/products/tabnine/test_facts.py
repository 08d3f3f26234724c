"""Tabnine's facts: no part exceeds its whole, and any members and days alone have the same facts as among all."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.tabnine.facts import COUNTERS, EARLIEST, INDEX, LATEST, SECTIONS
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ExactDay, Levels, ScriptedFact, SpecialPerson
from mockserver.simulation.people import BLOCK
from tests.products.built import augment, tabnine
from tests.simulation import worlds

WORLD = worlds.world(people=300)
AUTUMN = ("2025-09-01", "2025-11-30")
WEEK = ("2025-10-13", "2025-10-19")
SCRIPTED = worlds.world(
    turnover=worlds.STAYING,
    facts=(
        ScriptedFact(2, "tabnine", date(2025, 10, 14), (), {"completions": 3, "keystrokes": 100}),
        ScriptedFact(2, "tabnine", date(2025, 10, 16), (), {}),
        ScriptedFact(5, "tabnine", date(2025, 10, 18), (), {"agent_interactions": 1}),
        ScriptedFact(3, "augment", date(2025, 10, 14), ("Go", "CLI"), {"chat_messages": 1}),
    ),
)


def _facts(world: World, first: str, last: str, number: int = 0) -> Facts:
    return tabnine(world).facts.facts(world.people.block(number), worlds.days(world, first, last))


def _table(facts: Facts) -> I64:
    """The counters by counter, member and day, zeros where nobody is active."""
    table = np.zeros((len(COUNTERS), *facts.active.shape), dtype=np.int64)
    table[:, facts.rows, facts.columns] = facts.counters
    return table


COUNTED = _facts(WORLD, *AUTUMN).counters


def _counter(name: str) -> I64:
    row: I64 = COUNTED[INDEX[name]]
    return row


def test_counters_belong_to_the_active_cells() -> None:
    facts = _facts(WORLD, *AUTUMN)
    assert np.array_equal(np.argwhere(facts.active), np.stack([facts.rows, facts.columns], axis=1))
    assert facts.counters.shape == (len(COUNTERS), len(facts.rows))


def test_active_people_have_an_event() -> None:
    for world in (WORLD, SCRIPTED):
        assert (_facts(world, *AUTUMN).counters[list(SECTIONS)] > 0).any(axis=0).all()


def test_no_counter_is_negative() -> None:
    assert (COUNTED >= 0).all()


@pytest.mark.parametrize("counter", COUNTERS)
def test_every_counter_counts_something(counter: str) -> None:
    assert _counter(counter).any()


@pytest.mark.parametrize("counter", COUNTERS)
def test_counter_is_not_above_zero_in_every_cell(counter: str) -> None:
    assert not _counter(counter).all()


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("chat_useful", "chat_interactions"),
        ("instruct_accepted", "chat_interactions"),
        ("agent_lines_added_accepted", "agent_lines_added"),
        ("agent_lines_removed_accepted", "agent_lines_removed"),
        ("completions", "completion_lines"),
        ("completion_lines", "completion_chars"),
        ("chat_chars", "chat_lines"),
    ],
)
def test_part_never_exceeds_its_whole(part: str, whole: str) -> None:
    assert (_counter(part) <= _counter(whole)).all()


@pytest.mark.parametrize(
    ("cause", "effects"),
    [
        ("completions", ["completion_chars", "keystrokes", "completion_lines"]),
        ("chat_useful", ["chat_lines"]),
        ("agent_interactions", ["agent_lines_added"]),
    ],
)
def test_effect_happens_exactly_where_its_cause_does(cause: str, effects: list[str]) -> None:
    for effect in effects:
        assert np.array_equal(_counter(effect) > 0, _counter(cause) > 0), effect


def test_service_accounts_are_never_active() -> None:
    world = worlds.world()
    assert world.people.block(0).service.tolist()[-2:] == [True, True]
    assert not _facts(world, *AUTUMN).active[-2:].any()


def test_busy_days_are_busy_in_every_product() -> None:
    span, block = worlds.days(WORLD, *AUTUMN), WORLD.people.block(0)
    works = WORLD.presence.workload(block, span).works
    here, there = tabnine(WORLD).facts.facts(block, span), augment(WORLD).facts.facts(block, span)
    assert not (here.active & ~works).any()
    assert not (there.active & ~works).any()
    both = here.active & there.active
    done = [_table(each).sum(axis=0)[both] for each in (here, there)]
    busy = WORLD.presence.workload(block, span).busy[both]
    quiet, bustling = busy < np.quantile(busy, 0.25), busy > np.quantile(busy, 0.75)
    for each in done:
        assert each[quiet].sum() * bustling.sum() * 5 < each[bustling].sum() * quiet.sum() * 4


def test_nobody_is_active_before_starting_or_after_leaving() -> None:
    span, block = worlds.days(WORLD, "2022-05-01", "2023-04-30"), WORLD.people.block(0)
    active, started = tabnine(WORLD).facts.facts(block, span).active, block.use_start("tabnine")
    assert active.any()
    assert not (active & (span.ordinals < started[:, None])).any()
    assert not (active & (span.ordinals >= block.left[:, None])).any()


def test_exact_day_has_exactly_its_users() -> None:
    day = date(2025, 10, 15)
    world = worlds.world(people=300, exact=(ExactDay(day, "tabnine", 77),))
    assert int(_facts(world, day.isoformat(), day.isoformat()).active.sum()) == 77


def test_active_only_people_are_inactive_on_other_days() -> None:
    only = (date(2025, 9, 17), date(2025, 10, 15))
    world = worlds.world(special=(SpecialPerson("a@b.example", joined=date(2022, 1, 3), active_only=only),))
    span = worlds.days(world, *AUTUMN)
    active = tabnine(world).facts.facts(world.people.block(0), span).active[0]
    assert [date.fromordinal(day) for day in span.ordinals[active].tolist()] == list(only)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 299), min_size=1, max_size=50, unique=True).map(sorted))
def test_facts_of_some_members_are_the_same_as_among_all(chosen: list[int]) -> None:
    span, block = worlds.days(WORLD, "2025-10-01", "2025-10-31"), WORLD.people.block(0)
    some = block.take(np.array(chosen))
    assert np.array_equal(
        _table(tabnine(WORLD).facts.facts(some, span)), _table(tabnine(WORLD).facts.facts(block, span))[:, chosen]
    )
    assert np.array_equal(tabnine(WORLD).facts.seconds(some, span), tabnine(WORLD).facts.seconds(block, span)[chosen])


@settings(max_examples=25)
@given(st.integers(0, 90), st.integers(0, 90))
def test_facts_of_some_days_are_the_same_as_in_a_longer_span(one: int, other: int) -> None:
    start, block = worlds.ordinal(AUTUMN[0]), WORLD.people.block(0)
    first, last = min(one, other), max(one, other)
    alone, whole = days(WORLD.organization, start + first, start + last), worlds.days(WORLD, *AUTUMN)
    assert np.array_equal(
        _table(tabnine(WORLD).facts.facts(block, alone)),
        _table(tabnine(WORLD).facts.facts(block, whole))[:, :, first : last + 1],
    )
    assert np.array_equal(
        tabnine(WORLD).facts.seconds(block, alone), tabnine(WORLD).facts.seconds(block, whole)[:, first : last + 1]
    )


def test_seconds_are_spread_over_working_hours() -> None:
    seconds = tabnine(WORLD).facts.seconds(WORLD.people.block(0), worlds.days(WORLD, *AUTUMN))
    assert seconds.shape == (302, 91)
    assert (EARLIEST, LATEST) == (8 * 3600, 18 * 3600)
    assert (seconds >= EARLIEST).all()
    assert (seconds < LATEST).all()
    hours = np.bincount(seconds.ravel() // 3600, minlength=18)[8:]
    assert hours.min() * 5 > hours.max() * 4, "no hour is much fuller than another"


def test_seconds_depend_on_seed_and_organization() -> None:
    shown = (worlds.world(), worlds.world(), worlds.world(seed=8), worlds.world(slug="other"))
    one, same, *others = (
        tabnine(world).facts.seconds(world.people.block(0), worlds.days(world, *WEEK)) for world in shown
    )
    assert np.array_equal(one, same)
    assert all((one != other).any() for other in others)


def test_scripted_facts_replace_generated_ones() -> None:
    table = _table(_facts(SCRIPTED, *WEEK))
    counters = dict(zip(COUNTERS, table[:, 2, 1].tolist(), strict=True))
    assert {name: number for name, number in counters.items() if number} == {"completions": 3, "keystrokes": 100}
    assert not table[:, 2, 3].any(), "a fact without counters means no activity"
    assert table[:, 5, 5].sum() == table[INDEX["agent_interactions"], 5, 5] == 1


def test_scripted_facts_leave_other_cells_alone() -> None:
    plain, table = (_table(_facts(world, *WEEK)) for world in (worlds.world(turnover=worlds.STAYING), SCRIPTED))
    touched = np.zeros(table.shape[1:], dtype=bool)
    touched[[2, 2, 5], [1, 3, 5]] = True
    assert np.array_equal(plain[:, ~touched], table[:, ~touched])


def test_scripted_facts_of_another_product_change_nothing() -> None:
    fact = replace(SCRIPTED.organization.facts[0], product="augment")
    plain, scripted = (
        _table(_facts(worlds.world(turnover=worlds.STAYING, facts=facts), *WEEK)) for facts in ((), (fact,))
    )
    assert np.array_equal(plain, scripted)


def test_without_generation_there_are_only_scripted_facts() -> None:
    world = worlds.world(generated=False, facts=SCRIPTED.organization.facts)
    assert np.argwhere(_facts(world, *WEEK).active).tolist() == [[2, 1], [5, 5]]


def test_facts_do_not_depend_on_the_number_of_members() -> None:
    small, big = worlds.world(people=BLOCK + 30), worlds.world(people=3 * BLOCK)
    for number, shared in ((0, BLOCK), (1, 30)):
        one, other = (_table(_facts(world, *WEEK, number)) for world in (small, big))
        assert np.array_equal(one[:, :shared], other[:, :shared])


def test_heavy_users_do_more_than_regular_and_light_ones() -> None:
    done = []
    for levels in (Levels(100, 0), Levels(0, 0), Levels(0, 100)):
        counters = _facts(worlds.world(people=400, levels=levels), *AUTUMN).counters
        done.append([int(counters[section].sum()) for section in SECTIONS])
    for light, regular, heavy in zip(*done, strict=True):
        assert light * 3 < regular * 2 < heavy

"""Augment's facts: active members have events, and any members and days alone have the same facts as among all."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.world import World
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Adoption, Levels, ScriptedFact
from mockserver.simulation.people import BLOCK
from tests.products.built import augment
from tests.simulation import worlds

WORLD = worlds.world(people=300)
AUTUMN = ("2025-09-01", "2025-11-30")
SCRIPTED = worlds.world(
    facts=(
        ScriptedFact(2, "augment", date(2025, 10, 14), ("Go", "VSCode"), {"chat_messages": 3, "tool_calls": 1}),
        ScriptedFact(2, "augment", date(2025, 10, 14), ("Go", "CLI"), {"chat_messages": 4}),
        ScriptedFact(2, "augment", date(2025, 10, 16), (), {}),
        ScriptedFact(41, "augment", date(2025, 10, 18), ("Java", "Vim"), {"remote_lines": 9}),
        ScriptedFact(3, "tabnine", date(2025, 10, 14), (), {"chat": 1}),
    )
)


def _facts(world: World, first: str, last: str, number: int = 0) -> Facts:
    return augment(world).facts.facts(world.people.block(number), worlds.days(world, first, last))


def _table(facts: Facts) -> I64:
    """The counters by counter, member and day, zeros where nobody is active."""
    table = np.zeros((len(COUNTERS), *facts.active.shape), dtype=np.int64)
    table[:, facts.rows, facts.columns] = facts.counters
    return table


def _total(counters: I64, *names: str) -> int:
    return sum(int(counters[INDEX[name]].sum()) for name in names)


def test_counters_belong_to_the_active_cells() -> None:
    facts = _facts(WORLD, *AUTUMN)
    assert np.array_equal(np.argwhere(facts.active), np.stack([facts.rows, facts.columns], axis=1))
    assert facts.counters.shape == (len(COUNTERS), len(facts.rows))


def test_active_members_have_an_event() -> None:
    assert (_facts(WORLD, *AUTUMN).counters > 0).any(axis=0).all()


def test_no_counter_is_negative() -> None:
    assert (_facts(WORLD, *AUTUMN).counters >= 0).all()


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("completions_accepted", "completions_count"),
        ("completions_lines", "completions_suggested_lines"),
        ("completions_accepted", "completions_lines"),
    ],
)
def test_accepted_never_exceeds_suggested(part: str, whole: str) -> None:
    counters = _facts(WORLD, *AUTUMN).counters
    assert (counters[INDEX[part]] <= counters[INDEX[whole]]).all()


@pytest.mark.parametrize("kind", ["remote", "ide", "cli_interactive", "cli_non_interactive"])
def test_agents_write_lines_only_with_messages(kind: str) -> None:
    counters = _facts(WORLD, *AUTUMN).counters
    messages = counters[INDEX[f"{kind}_messages"]] > 0
    assert messages.any()
    assert not counters[INDEX[f"{kind}_lines"]][~messages].any()


def test_only_agents_call_tools_at_least_once_a_message() -> None:
    counters = _facts(WORLD, *AUTUMN).counters
    messages = sum(
        counters[INDEX[f"{kind}_messages"]] for kind in ("remote", "ide", "cli_interactive", "cli_non_interactive")
    )
    assert (counters[INDEX["tool_calls"]] >= messages).all()
    assert ((counters[INDEX["tool_calls"]] > 0) == (messages > 0)).all()


@pytest.mark.parametrize("counter", COUNTERS)
def test_counter_is_above_zero_in_some_cells_but_not_all(counter: str) -> None:
    counted = _facts(WORLD, *AUTUMN).counters[INDEX[counter]] > 0
    assert 0 < int(counted.sum()) < len(counted)


def test_service_accounts_only_use_the_unattended_command_line() -> None:
    world = worlds.world()
    facts = augment(world).facts.facts(world.people.block(0).take(np.array([40, 41])), worlds.days(world, *AUTUMN))
    used = {name for name in COUNTERS if facts.counters[INDEX[name]].any()}
    assert used == {"tool_calls", "cli_non_interactive_messages", "cli_non_interactive_lines"}
    assert facts.active.any(axis=1).all()


def test_active_days_are_the_same_with_and_without_counters() -> None:
    for world in (WORLD, SCRIPTED):
        span = worlds.days(world, *AUTUMN)
        block = world.people.block(0)
        assert np.array_equal(
            augment(world).facts.active(block, span),
            augment(world).facts.facts(block, span).active,
        )


@settings(max_examples=25)
@given(st.lists(st.integers(0, 299), min_size=1, max_size=50, unique=True).map(sorted))
def test_facts_of_some_members_are_the_same_as_among_all(chosen: list[int]) -> None:
    span, block = worlds.days(WORLD, "2025-10-01", "2025-10-31"), WORLD.people.block(0)
    alone = augment(WORLD).facts.facts(block.take(np.array(chosen)), span)
    assert np.array_equal(_table(alone), _table(_facts(WORLD, "2025-10-01", "2025-10-31"))[:, chosen])


@settings(max_examples=25)
@given(st.integers(0, 90), st.integers(0, 90))
def test_facts_of_some_days_are_the_same_as_in_a_longer_span(one: int, other: int) -> None:
    first, last = (date.fromordinal(worlds.ordinal(AUTUMN[0]) + index).isoformat() for index in sorted((one, other)))
    alone = _table(_facts(WORLD, first, last))
    whole = _table(_facts(WORLD, *AUTUMN))
    assert np.array_equal(alone, whole[:, :, min(one, other) : max(one, other) + 1])


def test_scripted_facts_replace_generated_ones() -> None:
    table = _table(_facts(SCRIPTED, "2025-10-13", "2025-10-19"))
    counters = dict(zip(COUNTERS, table[:, 2, 1].tolist(), strict=True))
    assert {name: number for name, number in counters.items() if number} == {"chat_messages": 7, "tool_calls": 1}
    assert not table[:, 2, 3].any(), "a fact without counters means no activity"
    assert table[:, 41, 5].sum() == table[INDEX["remote_lines"], 41, 5] == 9


def test_scripted_facts_leave_other_members_alone() -> None:
    plain, table = (_table(_facts(world, "2025-10-13", "2025-10-19")) for world in (worlds.world(), SCRIPTED))
    untouched = np.ones(table.shape[1:], dtype=bool)
    untouched[[2, 2, 41], [1, 3, 5]] = False
    others = ~np.isin(np.arange(42), [2, 41])
    assert np.array_equal(plain[:, others], table[:, others])
    assert np.array_equal(plain[:, untouched & others[:, None]], table[:, untouched & others[:, None]])


def test_scripted_facts_are_found_in_any_part() -> None:
    whole = _table(_facts(SCRIPTED, "2025-10-13", "2025-10-19"))
    span, block = worlds.days(SCRIPTED, "2025-10-14", "2025-10-14"), SCRIPTED.people.block(0)
    alone = augment(SCRIPTED).facts.facts(block.take(np.array([2, 41])), span)
    assert np.array_equal(_table(alone)[:, :, 0], whole[:, [2, 41], 1])


def test_without_generation_there_are_only_scripted_facts() -> None:
    world = worlds.world(generated=False, facts=SCRIPTED.organization.facts)
    assert np.argwhere(_facts(world, "2025-10-13", "2025-10-19").active).tolist() == [[2, 1], [41, 5]]


def test_facts_do_not_depend_on_the_number_of_members() -> None:
    small, big = worlds.world(people=BLOCK + 30), worlds.world(people=3 * BLOCK)
    for number, shared in ((0, BLOCK), (1, 30)):
        one, other = (_table(_facts(world, "2025-10-01", "2025-10-31", number)) for world in (small, big))
        assert np.array_equal(one[:, :shared], other[:, :shared])


def test_heavy_users_do_more_than_regular_and_light_ones() -> None:
    done = []
    for levels in (Levels(100, 0), Levels(0, 0), Levels(0, 100)):
        counters = _facts(worlds.world(people=400, service_accounts=(), levels=levels), *AUTUMN).counters
        done.append((_total(counters, "completions_count"), _total(counters, "chat_messages", "ide_messages")))
    for light, regular, heavy in zip(*done, strict=True):
        assert light * 3 < regular * 2 < heavy


def test_adoption_ramps_up_over_the_first_year() -> None:
    spread = {"augment": Adoption(starts=date(2023, 1, 2), ramp_days=360)}
    world = worlds.world(people=800, service_accounts=(), adoption=spread, turnover=worlds.STAYING)
    quarters = [("2023-01-09", "2023-02-05"), ("2023-04-03", "2023-04-30"), ("2023-09-04", "2023-10-01")]
    users = [int(_facts(world, *quarter).active.any(axis=1).sum()) for quarter in quarters]
    assert users[0] * 2 < users[1]
    assert users[1] * 3 < users[2] * 2


def test_august_is_quieter_than_october() -> None:
    world = worlds.world(people=800, turnover=worlds.STAYING)
    august, october = (
        _facts(world, first, last) for first, last in (("2025-08-04", "2025-08-31"), ("2025-10-06", "2025-11-02"))
    )
    assert int(august.active.sum()) * 100 < int(october.active.sum()) * 95
    assert _total(august.counters, *COUNTERS) * 100 < _total(october.counters, *COUNTERS) * 85

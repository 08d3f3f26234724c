"""JetBrains AI's facts: what is done is what credits allow, and any part is as in the whole."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.jetbrains.facts import COUNTERS, CREDITS, MEASURES, SPENDERS, TOOLS
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, Tool
from mockserver.products.world import World
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ExactDay, Levels, ScriptedFact, SpecialPerson
from mockserver.simulation.people import BLOCK
from tests.products.built import jetbrains
from tests.simulation import worlds

WORLD = worlds.world(people=300)
AUTUMN = ("2025-09-01", "2025-11-30")
WEEK = ("2025-10-13", "2025-10-19")
INDEX = {name: index for index, name in enumerate(COUNTERS)}


def _facts(world: World, first: str = AUTUMN[0], last: str = AUTUMN[1], number: int = 0) -> Facts:
    return jetbrains(world).facts.facts(world.people.block(number), worlds.days(world, first, last))


def _table(facts: Facts) -> I64:
    """The counters by counter, member and day, zeros where nobody is active."""
    table = np.zeros((len(COUNTERS), *facts.active.shape), dtype=np.int64)
    table[:, facts.rows, facts.columns] = facts.counters
    return table


def _licensed_world(people: int, *licences: Allotment, **more: tuple[Tool, ...]) -> World:
    """A world of people who all have these licences."""
    person = JetBrainsPerson(credits=licences, **more)  # type: ignore[arg-type]
    special = tuple(SpecialPerson(f"{index}@small.example", options={"jetbrains": person}) for index in range(people))
    return worlds.world(people=people, special=special, turnover=worlds.STAYING)


RICH, POOR, BARE = (
    _licensed_world(120, Allotment(10_000_000)),
    _licensed_world(120, Allotment(300, 150), Allotment(100)),
    _licensed_world(120),
)
COUNTED = _facts(WORLD).counters


def _counter(name: str) -> I64:
    row: I64 = COUNTED[INDEX[name]]
    return row


def _invocations(counters: I64) -> I64:
    """By tool: the invocations."""
    found: I64 = counters[[INDEX[f"{tool}_invocations"] for tool in TOOLS]]
    return found


def test_counters_belong_to_the_active_cells() -> None:
    facts = _facts(WORLD)
    assert np.array_equal(np.argwhere(facts.active), np.stack([facts.rows, facts.columns], axis=1))
    assert facts.counters.shape == (len(COUNTERS), len(facts.rows))
    assert np.array_equal(
        jetbrains(WORLD).facts.active(WORLD.people.block(0), worlds.days(WORLD, *AUTUMN)), facts.active
    )


@pytest.mark.parametrize("world", [WORLD, RICH, POOR, BARE], ids=["generated", "rich", "poor", "bare"])
def test_active_people_used_a_tool(world: World) -> None:
    """An active user made at least one request, with credits or without."""
    assert (_invocations(_facts(world).counters) > 0).any(axis=0).all()


def test_no_counter_is_negative() -> None:
    assert (COUNTED >= 0).all()


@pytest.mark.parametrize("counter", COUNTERS)
def test_every_counter_varies(counter: str) -> None:
    assert _counter(counter).any()
    assert not _counter(counter).all()


@pytest.mark.parametrize("tool", TOOLS)
def test_accepted_at_most_suggested_and_suggested_after_invocation(tool: str) -> None:
    for less, more in (("acceptances", "suggestions"), ("accepted_lines", "suggested_lines")):
        assert (_counter(f"{tool}_{less}") <= _counter(f"{tool}_{more}")).all()
    for measure in MEASURES:
        assert not (_counter(f"{tool}_{measure}")[_counter(f"{tool}_invocations") == 0]).any()
    for effect, cause in (("suggested_lines", "suggestions"), ("accepted_lines", "acceptances")):
        assert not (_counter(f"{tool}_{effect}")[_counter(f"{tool}_{cause}") == 0]).any()


def test_tools_that_send_data_are_in_alphabetical_order() -> None:
    assert list(TOOLS) == sorted({*Tool} - {Tool.ASK, Tool.OTHER})


def test_only_completion_next_edits_and_codex_cost_no_credits() -> None:
    """Credits go to Junie in both modes, Claude Agent, the chat with third parties' models and some other tools."""
    assert {*SPENDERS} == {*Tool} - {Tool.COMPLETION, Tool.EDITS, Tool.CODEX}
    assert COUNTERS[CREDITS] == tuple(f"{spender}_credits" for spender in SPENDERS)


@pytest.mark.parametrize("tool", [Tool.CLAUDE, Tool.JUNIE])
def test_agent_is_used_exactly_where_it_costs_credits(tool: Tool) -> None:
    assert np.array_equal(_counter(f"{tool}_invocations") > 0, _counter(f"{tool}_credits") > 0)


def test_chat_may_cost_credits_or_none() -> None:
    chats, spent = _counter("aia_invocations"), _counter("aia_credits")
    assert not spent[chats == 0].any()
    assert (spent[chats > 0] == 0).any()


def test_credits_of_tools_equal_credits_of_licences() -> None:
    for world in (WORLD, POOR, SCRIPTED):
        ledger = jetbrains(world).facts.spending(world.people.block(0), worlds.days(world, *AUTUMN))
        assert np.array_equal(ledger.spent, _table(_facts(world))[CREDITS].sum(axis=0))
        assert ledger.hit.any()


def test_without_licences_only_free_tools_are_used() -> None:
    facts, rich = _facts(BARE), _facts(RICH)
    assert not facts.counters[CREDITS].any()
    agents = [INDEX[f"{tool}_{measure}"] for tool in (Tool.CLAUDE, Tool.JUNIE) for measure in MEASURES]
    assert not facts.counters[agents].any()
    assert rich.counters[agents].any(axis=1).all()
    free = [INDEX[f"{tool}_{measure}"] for tool in (Tool.COMPLETION, Tool.EDITS, Tool.CODEX) for measure in MEASURES]
    assert np.array_equal(facts.counters[free], rich.counters[free]), "free tools need no licence"
    assert np.array_equal(facts.active, rich.active)


@pytest.mark.parametrize("tool", [Tool.CHAT, Tool.CLAUDE, Tool.JUNIE])
def test_credits_limit_the_invocations(tool: Tool) -> None:
    """The price of a request is known from a world with unlimited credits; the last one may be paid in part."""
    rich, poor, bare = (_facts(world).counters for world in (RICH, POOR, BARE))
    names = INDEX[f"{tool}_invocations"], INDEX[f"{tool}_credits"]
    free = bare[names[0]]
    (requests, demand), (done, spent) = ((counters[names[0]] - free, counters[names[1]]) for counters in (rich, poor))
    assert np.array_equal(requests > 0, demand > 0)
    price = demand // np.maximum(requests, 1)
    assert np.array_equal(price * requests, demand)
    assert np.array_equal(done, -(-spent // np.maximum(price, 1)))
    assert (spent <= demand).all()
    assert (spent < demand).any()
    assert ((spent > 0) & (spent < demand)).any(), "a day on which the credits run out"


def test_last_credits_of_a_day_go_to_tools_in_order() -> None:
    demand, spent = (_facts(world).counters[CREDITS] for world in (RICH, POOR))
    short = spent < demand
    for index in range(len(SPENDERS)):
        assert not spent[index + 1 :, short[index]].any()
    assert (short.any(axis=0) & (spent.sum(axis=0) > 0)).any()


def test_service_accounts_are_never_active() -> None:
    assert WORLD.people.block(0).service.tolist()[-2:] == [True, True]
    assert not _facts(WORLD).active[-2:].any()


def test_busy_days_have_more_invocations() -> None:
    span, block = worlds.days(WORLD, *AUTUMN), WORLD.people.block(0)
    workload, facts = WORLD.presence.workload(block, span), jetbrains(WORLD).facts.facts(block, span)
    assert not (facts.active & ~workload.works).any()
    busy, done = workload.busy[facts.rows, facts.columns], _invocations(facts.counters).sum(axis=0)
    quiet, bustling = busy < np.quantile(busy, 0.25), busy > np.quantile(busy, 0.75)
    assert done[quiet].sum() * bustling.sum() * 5 < done[bustling].sum() * quiet.sum() * 4


def test_nobody_is_active_before_the_start_of_use_or_after_leaving() -> None:
    span, block = worlds.days(WORLD, "2022-05-01", "2023-04-30"), WORLD.people.block(0)
    active, started = jetbrains(WORLD).facts.facts(block, span).active, block.use_start("jetbrains")
    assert active.any()
    assert not (active & (span.ordinals < started[:, None])).any()
    assert not (active & (span.ordinals >= block.left[:, None])).any()


def test_exact_day_has_exactly_its_users() -> None:
    day = date(2025, 10, 15)
    world = worlds.world(people=300, exact=(ExactDay(day, "jetbrains", 77),))
    assert int(_facts(world, day.isoformat(), day.isoformat()).active.sum()) == 77


TOOLBOXES = {
    "completion alone": (Tool.COMPLETION,),
    "next edits alone": (Tool.EDITS,),
    "the chat alone": (Tool.CHAT,),
    "an agent, and next edits": (Tool.CLAUDE, Tool.EDITS),
    "Junie in both modes, and completion": (Tool.JUNIE, Tool.ASK, Tool.COMPLETION),
    "something else, and the chat": (Tool.OTHER, Tool.CHAT),
    "all of them": tuple(Tool),
}


@pytest.mark.parametrize("tools", TOOLBOXES.values(), ids=TOOLBOXES)
def test_person_with_declared_tools_uses_no_others(tools: tuple[Tool, ...]) -> None:
    world = _licensed_world(30, Allotment(10_000_000), tools=tools)
    facts = _facts(world)
    assert (_invocations(facts.counters) > 0).any(axis=0).all()
    used = {tool for tool in TOOLS if facts.counters[INDEX[f"{tool}_invocations"]].any()}
    spending = {tool for tool in SPENDERS if facts.counters[INDEX[f"{tool}_credits"]].any()}
    assert used == {*tools} & {*TOOLS}
    assert spending == {*tools} & {*SPENDERS}
    for index, tool in enumerate(TOOLS):
        can_use = jetbrains(world).facts.can_use(index, world.people.block(0))
        assert can_use.tolist()[:30] == [tool in tools] * 30


def test_declared_tools_do_not_change_other_people() -> None:
    special_person = SpecialPerson("a@small.example", options={"jetbrains": JetBrainsPerson(tools=(Tool.EDITS,))})
    plain, changed = (
        _table(_facts(worlds.world(special=special, turnover=worlds.STAYING))) for special in ((), (special_person,))
    )
    assert (plain[:, 0] != changed[:, 0]).any()
    assert np.array_equal(plain[:, 1:], changed[:, 1:])


@pytest.mark.parametrize("index", range(len(TOOLS)), ids=TOOLS)
def test_can_use_includes_everybody_who_uses_a_tool(index: int) -> None:
    for world in (WORLD, SCRIPTED):
        facts = _facts(world)
        used = facts.by_member[INDEX[f"{TOOLS[index]}_invocations"]] > 0
        can_use = jetbrains(world).facts.can_use(index, world.people.block(0))
        assert not (used & ~can_use).any()
    assert TOOLS[index] == "aia" or not jetbrains(WORLD).facts.can_use(index, WORLD.people.block(0)).all()


JUNIE_USE = {"junie_invocations": 4, "junie_suggestions": 9, "junie_credits": 700, "junie_ask_credits": 50}
SCRIPTED = worlds.world(
    turnover=worlds.STAYING,
    special=tuple(
        SpecialPerson(
            f"{index}@small.example", options={"jetbrains": JetBrainsPerson(credits=(Allotment(1_000, 200),))}
        )
        for index in range(8)
    ),
    facts=(
        ScriptedFact(2, "jetbrains", date(2025, 10, 1), (), JUNIE_USE),
        ScriptedFact(2, "jetbrains", date(2025, 10, 14), (), {"nes_invocations": 3, "nes_suggestions": 2}),
        ScriptedFact(2, "jetbrains", date(2025, 10, 16), (), {}),
        ScriptedFact(5, "jetbrains", date(2025, 10, 18), (), {"other_credits": 77}),
        ScriptedFact(6, "jetbrains", date(2025, 10, 3), (), {"aia_credits": 900, "claude_code_credits": 900}),
        ScriptedFact(6, "jetbrains", date(2025, 10, 5), (), JUNIE_USE),
        ScriptedFact(3, "augment", date(2025, 10, 14), ("Go", "CLI"), {"chat_messages": 1}),
    ),
)
SILENT = replace(SCRIPTED.organization, generated=False)


def _nonzero_counters(table: I64, row: int, day: int) -> dict[str, int]:
    """The counters of a member on a day of October that are not zero."""
    return {name: number for name, number in zip(COUNTERS, table[:, row, day - 1].tolist(), strict=True) if number}


@pytest.mark.parametrize("generated", [True, False])
def test_scripted_facts_are_unchanged(generated: bool) -> None:  # noqa: FBT001 (a table's column)
    world = World(replace(SCRIPTED.organization, generated=generated), worlds.POOL)
    table = _table(_facts(world, "2025-10-01", "2025-10-31"))
    assert _nonzero_counters(table, 2, 1) == JUNIE_USE
    assert _nonzero_counters(table, 2, 14) == {"nes_invocations": 3, "nes_suggestions": 2}
    assert _nonzero_counters(table, 2, 16) == {}, "a fact without counters is a day without activity"
    assert _nonzero_counters(table, 5, 18)["other_credits"] <= 77


def test_scripted_credits_are_limited_by_licences() -> None:
    table = _table(_facts(World(SILENT, worlds.POOL), "2025-10-01", "2025-10-31"))
    assert _nonzero_counters(table, 6, 3) == {"aia_credits": 900, "claude_code_credits": 300}
    assert _nonzero_counters(table, 6, 5) == {"junie_invocations": 4, "junie_suggestions": 9}


def test_without_generation_only_scripted_facts_are_left() -> None:
    facts = _facts(World(SILENT, worlds.POOL), "2025-10-01", "2025-10-31")
    assert np.argwhere(facts.active).tolist() == [[2, 0], [2, 13], [5, 17], [6, 2], [6, 4]]


def test_scripted_facts_change_nothing_else_but_credits() -> None:
    plain, changed = (
        _table(_facts(World(replace(SCRIPTED.organization, facts=facts), worlds.POOL), "2025-10-01", "2025-11-30"))
        for facts in ((), SCRIPTED.organization.facts)
    )
    others = [row for row in range(42) if row not in (2, 5, 6)]
    assert np.array_equal(plain[:, others], changed[:, others])
    assert np.array_equal(plain[:, :, 31:], changed[:, :, 31:]), "another month has its own credits"
    touched = np.zeros(changed.shape[1:], dtype=bool)
    touched[[2, 2, 2, 5, 6, 6], [0, 13, 15, 17, 2, 4]] = True
    free = [index for name, index in INDEX.items() if name.startswith(("nes", "code_completion"))]
    assert np.array_equal(plain[free][:, ~touched], changed[free][:, ~touched])


def test_can_use_includes_members_with_scripted_facts() -> None:
    for index in range(len(TOOLS)):
        can_use = jetbrains(SCRIPTED).facts.can_use(index, SCRIPTED.people.block(0))
        assert can_use[[2, 5, 6]].all()


@pytest.mark.parametrize("world", [WORLD, SCRIPTED, POOR], ids=["generated", "scripted", "poor"])
@settings(max_examples=25)
@given(chosen=st.sets(st.integers(0, 41), max_size=30).map(sorted), one=st.integers(0, 90), other=st.integers(0, 90))
def test_facts_do_not_depend_on_the_block_or_the_span(world: World, chosen: list[int], one: int, other: int) -> None:
    """A span may begin in the middle of a month, after some of its credits were spent."""
    start, block = worlds.ordinal(AUTUMN[0]), world.people.block(0)
    first, last = min(one, other), max(one, other)
    some, part = block.take(np.array(chosen, dtype=np.int64)), days(world.organization, start + first, start + last)
    whole = worlds.days(world, *AUTUMN)
    kept = slice(first, last + 1)
    assert np.array_equal(
        _table(jetbrains(world).facts.facts(some, part)),
        _table(jetbrains(world).facts.facts(block, whole))[:, chosen, kept],
    )
    ledger, ledgers = (
        jetbrains(world).facts.spending(some, part),
        jetbrains(world).facts.spending(block, whole),
    )
    for name in ("built_in", "top_up", "hit"):
        assert np.array_equal(getattr(ledger, name), getattr(ledgers, name)[chosen, kept])
    assert np.array_equal(
        jetbrains(world).facts.active(some, part),
        jetbrains(world).facts.active(block, whole)[chosen, kept],
    )


@given(st.permutations(["2025-09-30", "2025-10-01", "2025-10-17", "2025-11-02"]))
def test_order_of_computation_does_not_matter(order: list[str]) -> None:
    world = worlds.world()
    for day in order:
        assert np.array_equal(_table(_facts(world, day, day)), _table(_facts(worlds.world(), day, day)))


def test_facts_do_not_depend_on_the_size_of_the_organization() -> None:
    small, big = worlds.world(people=BLOCK + 30), worlds.world(people=3 * BLOCK)
    for number, shared in ((0, BLOCK), (1, 30)):
        one, other = (_table(_facts(world, *WEEK, number)) for world in (small, big))
        assert np.array_equal(one[:, :shared], other[:, :shared])


def test_facts_depend_on_seed_and_organization() -> None:
    shown = (worlds.world(), worlds.world(), worlds.world(seed=8), worlds.world(slug="other"))
    one, same, *others = (_table(_facts(world, *WEEK)) for world in shown)
    assert np.array_equal(one, same)
    assert all((one != other).any() for other in others)


def test_heavier_users_do_more() -> None:
    done = []
    for levels in (Levels(100, 0), Levels(0, 0), Levels(0, 100)):
        counters = _facts(worlds.world(people=400, levels=levels)).counters
        done.append(_invocations(counters).sum(axis=1).tolist())
    for light, regular, heavy in zip(*done, strict=True):
        assert light * 3 < regular * 2 < heavy * 2


def test_heavier_users_hit_their_limits_more_often() -> None:
    hits = []
    for levels in (Levels(100, 0), Levels(0, 0), Levels(0, 100)):
        world = worlds.world(people=400, levels=levels)
        span: Days = worlds.days(world, *AUTUMN)
        hits.append(int(jetbrains(world).facts.spending(world.people.block(0), span).hit.sum()))
    light, regular, heavy = hits
    assert light * 5 < regular * 2 < heavy

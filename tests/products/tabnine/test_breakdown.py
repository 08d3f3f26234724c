"""What was done with Tabnine's agent and chat by agent type and model: sums of the facts, with tokens and costs."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.tabnine import breakdown
from mockserver.products.tabnine.breakdown import AGENT_LABELS, COLUMNS, LABELS, TOKEN_COUNTERS
from mockserver.products.tabnine.facts import INDEX
from mockserver.products.tabnine.models import AGENT_TYPES, CLI_PERCENT, MODELS
from mockserver.products.world import World
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ScriptedFact
from mockserver.simulation.timestamps import DAY, midnight
from tests.products.built import tabnine
from tests.simulation import worlds

START, LENGTH = midnight(date(2025, 9, 1)), 60
WORLD = worlds.world(people=300)
SCRIPTED_COUNTERS = {
    "agent_interactions": 9,
    "agent_input_tokens": 700,
    "agent_output_tokens": 300,
    "agent_cost": 12,
    "agent_user_messages": 4,
    "chat_interactions": 2,
    "chat_input_tokens": 50,
    "chat_output_tokens": 5,
}
SCRIPTED = worlds.world(
    facts=(
        ScriptedFact(2, "tabnine", date(2025, 9, 30), (), SCRIPTED_COUNTERS),
        ScriptedFact(3, "tabnine", date(2025, 9, 30), (), {"agent_interactions": 1}),
    )
)
WORLDS = {"generated": WORLD, "scripted": SCRIPTED}


def _sums(world: World, cuts: list[int], members: list[int] | None = None) -> I64:
    """The sums between the first two cuts, by label and column."""
    ranges = tabnine(world).breakdowns
    found = ranges.everybody(cuts) if members is None else ranges.members(np.array(members), cuts)
    return np.array(found[0].sums, dtype=np.int64).reshape(LABELS, len(COLUMNS))


WHOLE = _sums(WORLD, [START, START + LENGTH * DAY])
AGENT = dict(zip(COLUMNS, WHOLE[:AGENT_LABELS].sum(axis=0).tolist(), strict=True))


def cuts() -> st.SearchStrategy[list[int]]:
    """Two ascending seconds."""
    seconds = st.integers(START, START + LENGTH * DAY)
    return st.lists(seconds, min_size=2, max_size=5, unique=True).map(sorted)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@settings(max_examples=20)
@given(where=cuts())
def test_everybody_equals_all_members(world: World, where: list[int]) -> None:
    everyone = np.arange(world.organization.members, dtype=np.int64)
    assert tabnine(world).breakdowns.everybody(where) == tabnine(world).breakdowns.members(everyone, where)


@settings(max_examples=20)
@given(where=cuts())
def test_labels_add_up_to_the_facts(where: list[int]) -> None:
    for parts, totals in zip(
        tabnine(WORLD).breakdowns.everybody(where), tabnine(WORLD).ranges.everybody(where), strict=True
    ):
        sums = np.array(parts.sums).reshape(LABELS, len(COLUMNS))
        agent, chat = sums[:AGENT_LABELS].sum(axis=0), sums[AGENT_LABELS:].sum(axis=0)
        assert agent[:5].tolist() == list(totals.sums[INDEX["agent_interactions"] :])
        assert chat[0] == totals.sums[INDEX["chat_interactions"]]
        assert parts.users[breakdown.AGENT] == totals.users[2]


def test_tokens_and_costs_are_about_those_of_the_examples() -> None:
    tokens = AGENT["input_tokens"] + AGENT["output_tokens"]
    users = tabnine(WORLD).breakdowns.everybody([START, START + 30 * DAY])[0].users[breakdown.AGENT]
    assert 3.8 < AGENT["input_tokens"] / AGENT["output_tokens"] < 4.3
    assert 17.5 < AGENT["cost"] / 10_000 / tokens * 1_000_000 < 19
    assert 25_000 < tokens / 2 / users < 70_000
    first_model = WHOLE[0 : AGENT_LABELS : len(MODELS), [5, 6]].sum() / tokens
    assert 0.65 < first_model < 0.79
    by_type = WHOLE[:AGENT_LABELS, 0].reshape(len(AGENT_TYPES), -1).sum(axis=1)
    assert abs(by_type[1] / by_type.sum() - CLI_PERCENT / 100) < 0.06


def test_interaction_has_tokens_and_a_message_of_a_person() -> None:
    block = WORLD.people.block(0)
    source = breakdown.BreakdownFacts(WORLD.people, tabnine(WORLD).facts, WORLD.scripts)
    facts = source.facts(block, worlds.days(WORLD, "2025-09-01", "2025-10-30"))
    named = dict(zip(COLUMNS, facts.counters, strict=True))
    agent = facts.labels < AGENT_LABELS
    assert (facts.counters[:, agent][[0, 5, 6, 8]] >= 1).all()
    assert (facts.counters[:, ~agent][[0, 5, 6]] >= 1).all()
    assert (named["user_messages"] <= named["interactions"]).all()
    assert not named["cost"][~agent].any()


def test_scripted_tokens_replace_generated_ones() -> None:
    day = [midnight(date(2025, 9, 30)), midnight(date(2025, 10, 1))]
    scripted, generated = (_sums(SCRIPTED, day, [member]) for member in (2, 3))
    agent, chat = scripted[:AGENT_LABELS].sum(axis=0), scripted[AGENT_LABELS:].sum(axis=0)
    assert (agent[0], *agent[5:]) == (9, 700, 300, 12, 4)
    assert chat[[0, 5, 6]].tolist() == [2, 50, 5]
    assert (generated.sum(axis=0)[[5, 6, 7]] > 0).all()


def test_counters_of_tokens_can_be_in_a_file() -> None:
    assert set(SCRIPTED_COUNTERS) >= set(TOKEN_COUNTERS)

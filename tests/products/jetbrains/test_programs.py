"""JetBrains programs of people: most are updated, some stay old, and everybody has one or two IDEs."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.jetbrains.options import JetBrainsPerson, JetBrainsProgram
from mockserver.products.jetbrains.programs import IDES, Programs, ReportingGate
from mockserver.products.world import World
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER, Adoption, ScriptedFact, SpecialPerson
from mockserver.simulation.people import BLOCK, Block
from tests.products.built import jetbrains
from tests.simulation import worlds

WORLD = worlds.world(people=2 * BLOCK)
RELEASED = date(2025, 12, 8).toordinal()
HONEST, IGNORED = ReportingGate(RELEASED, assistant=True), ReportingGate(assistant=True)
STARTS = worlds.SPREAD.starts.toordinal()
FACT = ScriptedFact(2, "jetbrains", date(2025, 10, 14), (), {"junie_invocations": 1})
OLD = tuple(
    SpecialPerson(f"{index}@small.example", options={"jetbrains": JetBrainsPerson(old_clients=clients)})
    for index, clients in enumerate(
        [(), (JetBrainsProgram.JUNIE,), (JetBrainsProgram.IDE, JetBrainsProgram.ASSISTANT), tuple(JetBrainsProgram)]
    )
)


def _block(world: World = WORLD) -> Block:
    return world.people.block(0)


def _since(client: JetBrainsProgram, gate: ReportingGate = IGNORED, world: World = WORLD) -> I64:
    return jetbrains(world).programs.since(client, _block(world), gate)


every_client = pytest.mark.parametrize("client", JetBrainsProgram)


@every_client
def test_most_people_update_some_time_after_the_release(client: JetBrainsProgram) -> None:
    since = _since(client, HONEST)
    assert (since >= RELEASED).all()
    updated = since[since < NEVER]
    assert 0.005 < (since == NEVER).mean() < 0.1
    assert 20 < (updated - RELEASED).mean() < 80
    assert len(np.unique(updated)) > 40


@every_client
def test_ignored_release_dates_move_only_the_release(client: JetBrainsProgram) -> None:
    honest, ignored = _since(client, HONEST), _since(client, IGNORED)
    assert np.array_equal(honest == NEVER, ignored == NEVER)
    moved = (honest - ignored)[honest < NEVER]
    assert len(np.unique(moved)) == 1


@every_client
def test_ignored_release_dates_give_data_from_the_start_of_the_product(
    client: JetBrainsProgram,
) -> None:
    """Every date has data, and the first ones do not have all of it."""
    assert 0.5 < (_since(client) <= STARTS).mean() < 1


def test_without_adoption_the_product_starts_on_the_first_day() -> None:
    started, unknown = (
        jetbrains(worlds.world(adoption=spread)).programs
        for spread in ({"jetbrains": Adoption(starts=worlds.BASE.first_day)}, {})
    )
    block = _block(worlds.world())
    for client in JetBrainsProgram:
        assert np.array_equal(started.since(client, block, IGNORED), unknown.since(client, block, IGNORED))


def test_clients_are_updated_independently() -> None:
    ide, assistant, junie = (_since(client) for client in JetBrainsProgram)
    assert (ide != assistant).any()
    assert (assistant != junie).any()


def test_declared_old_clients_stay_old() -> None:
    plain, changed = (worlds.world(special=special) for special in (OLD[:0], OLD))
    for client in JetBrainsProgram:
        old = np.array(
            [
                index < len(OLD) and client in dict(JetBrainsPerson.all_of(changed.organization))[index].old_clients
                for index in range(42)
            ]
        )
        expected = np.where(old, NEVER, _since(client, world=plain))
        assert old.any()
        assert np.array_equal(_since(client, world=changed), expected)


@pytest.mark.parametrize(("gate", "first"), [(IGNORED, 0), (HONEST, RELEASED)], ids=["ignored", "honest"])
def test_scripted_facts_imply_new_programs(gate: ReportingGate, first: int) -> None:
    plain, changed = (worlds.world(facts=facts) for facts in ((), (FACT,)))
    for client in JetBrainsProgram:
        before, since = (_since(client, gate, world) for world in (plain, changed))
        assert since[2] == first
        assert np.array_equal(np.delete(since, 2), np.delete(before, 2))


def test_scripted_facts_do_not_renew_old_clients() -> None:
    world = worlds.world(special=OLD, facts=(FACT,))
    assert [int(_since(client, world=world)[2]) for client in JetBrainsProgram] == [NEVER, NEVER, 0]


def test_facts_of_another_product_do_not_renew_clients() -> None:
    fact = ScriptedFact(2, "tabnine", date(2025, 10, 14), (), {"completions": 1})
    plain, changed = (worlds.world(facts=facts) for facts in ((), (fact,)))
    for client in JetBrainsProgram:
        assert np.array_equal(_since(client, world=plain), _since(client, world=changed))


def test_old_junie_withholds_only_its_own_data() -> None:
    """IDE, AI Assistant and Junie have a minimum version each; an old Junie withholds only its own data."""
    ide, assistant, junie = (_since(client) for client in JetBrainsProgram)
    of_junie, of_others = jetbrains(WORLD).programs.sending(_block(), IGNORED)
    assert np.array_equal(of_others, np.maximum(ide, assistant))
    assert np.array_equal(of_junie, np.maximum(np.maximum(ide, assistant), junie))
    assert ((of_others < NEVER) & (of_junie == NEVER)).any()
    assert not ((of_others == NEVER) & (of_junie < NEVER)).any()


def test_old_assistant_may_leave_the_data_of_junie() -> None:
    ide, assistant, junie = (_since(client) for client in JetBrainsProgram)
    of_junie, of_others = jetbrains(WORLD).programs.sending(_block(), ReportingGate(assistant=False))
    assert np.array_equal(of_junie, np.maximum(ide, junie))
    assert np.array_equal(of_others, np.maximum(ide, assistant))
    assert ((of_others == NEVER) & (of_junie < NEVER)).any()


@pytest.mark.parametrize(
    ("index", "junie", "others"), [(0, True, True), (1, False, True), (2, False, False), (3, False, False)]
)
def test_declared_old_clients_withhold_their_data(index: int, junie: bool, others: bool) -> None:  # noqa: FBT001 (a table's columns)
    facts = tuple(ScriptedFact(index, "jetbrains", FACT.day, (), FACT.counters) for index in range(len(OLD)))
    world = worlds.world(special=OLD, facts=facts)
    of_junie, of_others = jetbrains(world).programs.sending(_block(world), IGNORED)
    assert (of_junie[index] < NEVER, of_others[index] < NEVER) == (junie, others)


ORDINALS = np.arange(worlds.ordinal("2025-09-01"), worlds.ordinal("2025-11-30") + 1)


def _used(clients: Programs, block: Block) -> list[set[int]]:
    """The IDEs that each member works in on any of the days."""
    return [set(row) for row in clients.ide_on(block, ORDINALS).tolist()]


def test_every_ide_is_used_and_the_first_one_most() -> None:
    has = [int(jetbrains(WORLD).programs.has(_block(), [ide]).sum()) for ide in range(len(IDES))]
    assert min(has) > 0
    assert max(has) == has[0]


def test_everybody_works_in_one_or_two_ides() -> None:
    masks = np.stack([jetbrains(WORLD).programs.has(_block(), [ide]) for ide in range(len(IDES))])
    for row, used in enumerate(_used(jetbrains(WORLD).programs, _block())):
        assert used == set(np.flatnonzero(masks[:, row]).tolist()), "every IDE of a member is used within 90 days"
    assert set(masks.sum(axis=0).tolist()) == {1, 2}


def test_second_ide_is_used_on_fewer_days() -> None:
    both = np.flatnonzero([len(used) == 2 for used in _used(jetbrains(WORLD).programs, _block())])
    days = jetbrains(WORLD).programs.ide_on(_block().take(both), ORDINALS)
    usual = np.array([np.bincount(row).max() for row in days])
    assert 0.75 < usual.sum() / days.size < 0.85
    assert 0.15 < len(both) / BLOCK < 0.35


@settings(max_examples=25)
@given(st.sets(st.integers(0, len(IDES) - 1)))
def test_has_includes_people_with_any_of_the_ides(ides: set[int]) -> None:
    alone = [jetbrains(WORLD).programs.has(_block(), [ide]) for ide in ides]
    expected = np.logical_or.reduce([np.zeros(BLOCK, dtype=bool), *alone])
    assert np.array_equal(jetbrains(WORLD).programs.has(_block(), ides), expected)


@settings(max_examples=25)
@given(st.sets(st.integers(0, BLOCK - 1), max_size=20).map(sorted), st.integers(0, 80), st.integers(1, 11))
def test_programs_do_not_depend_on_the_block_or_the_days(rows: list[int], first: int, length: int) -> None:
    some, days = _block().take(np.array(rows, dtype=np.int64)), slice(first, first + length)
    alone = jetbrains(WORLD).programs.ide_on(some, ORDINALS[days])
    assert np.array_equal(alone, jetbrains(WORLD).programs.ide_on(_block(), ORDINALS)[rows, days])
    for client in JetBrainsProgram:
        assert np.array_equal(jetbrains(WORLD).programs.since(client, some, IGNORED), _since(client)[rows])

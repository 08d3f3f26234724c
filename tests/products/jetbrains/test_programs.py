"""People's JetBrains programs: versions rise and some stay old, an IDE of a day is one's own."""

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
    SpecialPerson(f"{place}@small.example", options={"jetbrains": JetBrainsPerson(old_clients=clients)})
    for place, clients in enumerate(
        [(), (JetBrainsProgram.JUNIE,), (JetBrainsProgram.IDE, JetBrainsProgram.ASSISTANT), tuple(JetBrainsProgram)]
    )
)


def _block(world: World = WORLD) -> Block:
    return world.people.block(0)


def _since(client: JetBrainsProgram, gates: ReportingGate = IGNORED, world: World = WORLD) -> I64:
    return jetbrains(world).programs.since(client, _block(world), gates)


every_client = pytest.mark.parametrize("client", JetBrainsProgram)


@every_client
def test_versions_come_to_most_people_some_time_after_they_are_out_and_to_some_never(client: JetBrainsProgram) -> None:
    since = _since(client, HONEST)
    assert (since >= RELEASED).all()
    updated = since[since < NEVER]
    assert 0.005 < (since == NEVER).mean() < 0.1
    assert 20 < (updated - RELEASED).mean() < 80
    assert len(np.unique(updated)) > 40


@every_client
def test_where_dates_are_not_real_only_the_day_of_the_release_is_another(client: JetBrainsProgram) -> None:
    honest, ignored = _since(client, HONEST), _since(client, IGNORED)
    assert np.array_equal(honest == NEVER, ignored == NEVER)
    moved = (honest - ignored)[honest < NEVER]
    assert len(np.unique(moved)) == 1


@every_client
def test_where_dates_are_not_real_about_every_second_client_is_new_when_the_product_starts(
    client: JetBrainsProgram,
) -> None:
    """So that every date has data, and the first ones do not have all of it."""
    assert 0.5 < (_since(client) <= STARTS).mean() < 1


def test_an_organization_without_a_start_of_the_product_counts_from_its_first_day() -> None:
    started, unknown = (
        jetbrains(worlds.world(adoption=spread)).programs
        for spread in ({"jetbrains": Adoption(starts=worlds.BASE.first_day)}, {})
    )
    block = _block(worlds.world())
    for client in JetBrainsProgram:
        assert np.array_equal(started.since(client, block, IGNORED), unknown.since(client, block, IGNORED))


def test_clients_are_updated_each_in_its_own_time() -> None:
    ide, assistant, junie = (_since(client) for client in JetBrainsProgram)
    assert (ide != assistant).any()
    assert (assistant != junie).any()


def test_old_clients_of_the_file_stay_old() -> None:
    plain, stated = (worlds.world(special=special) for special in (OLD[:0], OLD))
    for client in JetBrainsProgram:
        old = np.array(
            [
                place < len(OLD) and client in dict(JetBrainsPerson.all_of(stated.organization))[place].old_clients
                for place in range(42)
            ]
        )
        expected = np.where(old, NEVER, _since(client, world=plain))
        assert old.any()
        assert np.array_equal(_since(client, world=stated), expected)


@pytest.mark.parametrize(("gates", "first"), [(IGNORED, 0), (HONEST, RELEASED)], ids=["ignored", "honest"])
def test_scripted_facts_imply_new_programs(gates: ReportingGate, first: int) -> None:
    plain, stated = (worlds.world(facts=facts) for facts in ((), (FACT,)))
    for client in JetBrainsProgram:
        before, since = (_since(client, gates, world) for world in (plain, stated))
        assert since[2] == first
        assert np.array_equal(np.delete(since, 2), np.delete(before, 2))


def test_scripted_facts_do_not_renew_old_clients() -> None:
    world = worlds.world(special=OLD, facts=(FACT,))
    assert [int(_since(client, world=world)[2]) for client in JetBrainsProgram] == [NEVER, NEVER, 0]


def test_facts_of_another_product_renew_nothing() -> None:
    fact = ScriptedFact(2, "tabnine", date(2025, 10, 14), (), {"completions": 1})
    plain, stated = (worlds.world(facts=facts) for facts in ((), (fact,)))
    for client in JetBrainsProgram:
        assert np.array_equal(_since(client, world=plain), _since(client, world=stated))


def test_data_are_sent_by_clients_that_are_all_new_enough_and_an_old_junie_loses_its_own_only() -> None:
    """IDE, AI Assistant and Junie have a least version each; an old Junie takes none but Junie's data away."""
    ide, assistant, junie = (_since(client) for client in JetBrainsProgram)
    of_junie, of_others = jetbrains(WORLD).programs.sending(_block(), IGNORED)
    assert np.array_equal(of_others, np.maximum(ide, assistant))
    assert np.array_equal(of_junie, np.maximum(np.maximum(ide, assistant), junie))
    assert ((of_others < NEVER) & (of_junie == NEVER)).any()
    assert not ((of_others == NEVER) & (of_junie < NEVER)).any()


def test_an_old_assistant_may_leave_junies_data_alone() -> None:
    ide, assistant, junie = (_since(client) for client in JetBrainsProgram)
    of_junie, of_others = jetbrains(WORLD).programs.sending(_block(), ReportingGate(assistant=False))
    assert np.array_equal(of_junie, np.maximum(ide, junie))
    assert np.array_equal(of_others, np.maximum(ide, assistant))
    assert ((of_others == NEVER) & (of_junie < NEVER)).any()


@pytest.mark.parametrize(
    ("place", "junie", "others"), [(0, True, True), (1, False, True), (2, False, False), (3, False, False)]
)
def test_of_old_clients(place: int, junie: bool, others: bool) -> None:  # noqa: FBT001 (a table's columns)
    facts = tuple(ScriptedFact(index, "jetbrains", FACT.day, (), FACT.counters) for index in range(len(OLD)))
    world = worlds.world(special=OLD, facts=facts)
    of_junie, of_others = jetbrains(world).programs.sending(_block(world), IGNORED)
    assert (of_junie[place] < NEVER, of_others[place] < NEVER) == (junie, others)


ORDINALS = np.arange(worlds.ordinal("2025-09-01"), worlds.ordinal("2025-11-30") + 1)


def _used(clients: Programs, block: Block) -> list[set[int]]:
    """The IDEs that each member works in on any of the days."""
    return [set(row) for row in clients.ide_on(block, ORDINALS).tolist()]


def test_every_ide_is_used_and_the_first_one_most() -> None:
    has = [int(jetbrains(WORLD).programs.has(_block(), [ide]).sum()) for ide in range(len(IDES))]
    assert min(has) > 0
    assert max(has) == has[0]


def test_ide_of_a_day_is_one_of_at_most_two() -> None:
    masks = np.stack([jetbrains(WORLD).programs.has(_block(), [ide]) for ide in range(len(IDES))])
    for row, used in enumerate(_used(jetbrains(WORLD).programs, _block())):
        assert used == set(np.flatnonzero(masks[:, row]).tolist()), "ninety days see all that one has"
    assert set(masks.sum(axis=0).tolist()) == {1, 2}


def test_the_second_ide_is_for_the_lesser_part_of_the_days() -> None:
    both = np.flatnonzero([len(used) == 2 for used in _used(jetbrains(WORLD).programs, _block())])
    days = jetbrains(WORLD).programs.ide_on(_block().take(both), ORDINALS)
    usual = np.array([np.bincount(row).max() for row in days])
    assert 0.75 < usual.sum() / days.size < 0.85
    assert 0.15 < len(both) / BLOCK < 0.35


@settings(max_examples=25)
@given(st.sets(st.integers(0, len(IDES) - 1)))
def test_has_counts_people_with_any_of_the_ides(ides: set[int]) -> None:
    alone = [jetbrains(WORLD).programs.has(_block(), [ide]) for ide in ides]
    expected = np.logical_or.reduce([np.zeros(BLOCK, dtype=bool), *alone])
    assert np.array_equal(jetbrains(WORLD).programs.has(_block(), ides), expected)


@settings(max_examples=25)
@given(st.sets(st.integers(0, BLOCK - 1), max_size=20).map(sorted), st.integers(0, 80), st.integers(1, 11))
def test_some_members_on_some_days_have_what_they_have_among_all(rows: list[int], first: int, length: int) -> None:
    some, days = _block().take(np.array(rows, dtype=np.int64)), slice(first, first + length)
    alone = jetbrains(WORLD).programs.ide_on(some, ORDINALS[days])
    assert np.array_equal(alone, jetbrains(WORLD).programs.ide_on(_block(), ORDINALS)[rows, days])
    for client in JetBrainsProgram:
        assert np.array_equal(jetbrains(WORLD).programs.since(client, some, IGNORED), _since(client)[rows])

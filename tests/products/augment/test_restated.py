"""Laws of restated facts: in any publication, of any organization, everything agrees and nothing is above the final."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.augment import PRODUCT, Augment, published, shares
from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import ScriptedFact
from mockserver.simulation.restatement import Publication, Restatement
from tests.products.built import augment
from tests.products.test_events import SPECS, above_whole, without_event
from tests.simulation import worlds

DAY = date(2025, 10, 15)
MODES = (Restatement.LATE_ROWS, Restatement.CORRECTIONS)
SCRIPTED = tuple(
    ScriptedFact(member, "augment", DAY - timedelta(days=days), labels, counters)
    for member in range(12)
    for days in (0, 1, 2)
    for labels, counters in (
        (("Go", "VSCode"), {"completions_count": 90 + member, "completions_accepted": 70, "completions_lines": 133,
                            "completions_suggested_lines": 200, "chat_messages": 31}),
        (("Java", "CLI"), {"cli_interactive_messages": 35, "cli_interactive_lines": 77, "tool_calls": 40}),
        (("Rust", "Vim"), {"chat_messages": 55 - member, "completions_count": 30}),
    )
)  # fmt: skip
"""Days with three rows for each member."""

counters = st.lists(st.integers(0, 400), min_size=len(COUNTERS), max_size=len(COUNTERS))


def numbered(world: World, mode: Restatement, length: int, number: int, day: date = DAY) -> Augment:
    """Augment in a day's publication with this number; the first one has the number 1."""
    return published.at(world, Publication(mode, length, day.toordinal() + number - 1))


def table(world: World, seen: Augment, first: int, last: int) -> I64:
    """Counters by members by days."""
    block = world.people.block(0)
    facts = seen.facts.facts(block, calendar.days(world.organization, first, last))
    found = np.zeros((len(COUNTERS), len(block), last - first + 1), dtype=np.int64)
    found[:, facts.rows, facts.columns] = facts.counters
    assert (facts.active == (found.sum(axis=0) > 0)).all(), "who is there has an event, and only they"
    assert (facts.active == seen.facts.active(block, calendar.days(world.organization, first, last))).all()
    return found


@pytest.mark.parametrize("facts", [(), SCRIPTED], ids=["generated", "scripted"])
@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**64 - 1),
    mode=st.sampled_from(MODES),
    length=st.integers(1, 14),
    day=st.dates(DAY - timedelta(days=40), DAY),
)
def test_publications_come_closer_to_the_final_facts(
    seed: int, mode: Restatement, length: int, day: date, facts: tuple[ScriptedFact, ...]
) -> None:
    world = worlds.world(seed, facts=facts)
    first, last = day.toordinal() - 9, day.toordinal()
    final = table(world, augment(world), first, last)
    before = np.zeros_like(final)
    for number in range(1, length + 2):
        seen = table(world, numbered(world, mode, length, number, day), first, last)
        assert (before <= seen).all()
        assert (seen <= final).all()
        active = seen[:, seen.any(axis=0)]
        assert (without_event(SPECS["augment"], active), above_whole(SPECS["augment"], active)) == ([], [])
        before = seen
    assert (before == final).all()


@pytest.mark.parametrize("facts", [(), SCRIPTED], ids=["generated", "scripted"])
@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**64 - 1),
    mode=st.sampled_from(MODES),
    number=st.integers(1, 4),
    back=st.integers(0, 3),
)
def test_records_sums_and_rollups_are_those_of_the_restated_facts(
    seed: int, mode: Restatement, number: int, back: int, facts: tuple[ScriptedFact, ...]
) -> None:
    world = worlds.world(seed, facts=facts)
    seen, block, day = numbered(world, mode, 3, number), world.people.block(0), DAY.toordinal() - back
    counted = table(world, seen, day, day)[:, :, 0]
    records = np.zeros_like(counted)
    for record in seen.records.of(block, calendar.days(world.organization, day, day)):
        part = np.array([record.counters]).T
        assert (without_event(SPECS["augment"], part), above_whole(SPECS["augment"], part)) == ([], [])
        records[:, record.member] += record.counters
    assert (records == counted).all()
    [rolled] = seen.days.span(day, day)
    assert (rolled.sums == counted.sum(axis=1)).all()
    assert rolled.users[0] == counted.any(axis=0).sum()
    for sums in seen.record_sums.on(day):
        assert (sum((each.counters for each in sums.values()), np.zeros(len(COUNTERS), int)) == rolled.sums).all()


@pytest.mark.parametrize("mode", MODES)
def test_spending_never_falls_and_ends_with_the_final_amounts(mode: Restatement) -> None:
    world = worlds.world(people=300)
    first, last = DAY.toordinal() - 5, DAY.toordinal()
    seen = [*(numbered(world, mode, 3, number) for number in range(1, 5)), augment(world)]
    amounts = np.array([[day.sums for day in each.spent.span(first, last)] for each in seen])
    grown = np.diff(np.abs(amounts), axis=0)  # A model with a discount has a negative surcharge.
    assert (grown >= 0).all()
    assert grown.any(axis=(1, 2)).tolist() == [True, True, True, False]


def test_sums_of_final_days_are_computed_once_for_all_publications(monkeypatch: pytest.MonkeyPatch) -> None:
    world = worlds.world()
    final = augment(world)
    last = DAY.toordinal()
    known = final.days.span(last - 60, last)
    monkeypatch.setattr(type(final.facts), "facts", None)
    seen = numbered(world, Restatement.LATE_ROWS, 3, 1)
    assert seen.days.span(last - 60, last - 3) == known[:-3]
    with pytest.raises(TypeError):
        seen.days.span(last - 60, last - 2)


def test_same_publication_is_assembled_once() -> None:
    world = worlds.world()
    publication = Publication(Restatement.LATE_ROWS, 3, DAY.toordinal())
    assert published.at(world, publication) is published.at(
        world, Publication(Restatement.LATE_ROWS, 3, DAY.toordinal())
    )
    assert published.at(world, None) is world.of(PRODUCT)


@given(counters, st.integers(0, 255), st.integers(0, 255))
def test_growing_share_never_shrinks_and_leaves_each_event(drawn: list[int], one: int, other: int) -> None:
    whole = np.array([drawn], dtype=np.int64).T
    accepted, count = INDEX["completions_accepted"], INDEX["completions_count"]
    whole[count] += whole[accepted]
    whole[INDEX["completions_suggested_lines"]] += whole[INDEX["completions_lines"]]
    less, more = (shares.growing(whole, np.array([share])) for share in sorted((one, other)))
    assert ((less >= 0) & (less <= more) & (more <= whole)).all()
    events = [index for index, name in enumerate(COUNTERS) if name.endswith(("_messages", "_count", "_accepted"))]
    assert ((whole - more)[events] > 0).tolist() == (whole[events] > 0).tolist()
    assert more[accepted] <= more[count]

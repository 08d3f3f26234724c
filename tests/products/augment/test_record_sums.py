"""The sums of a day's records by language and by editor are those of the records themselves."""

from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from mockserver.products.augment import record_sums
from mockserver.products.augment.options import Environment
from mockserver.products.augment.records import LabelSums
from mockserver.products.world import World
from mockserver.simulation.organization import ScriptedFact
from tests.products.built import augment
from tests.simulation import worlds

DAY = date(2025, 10, 15)
FACTS = (
    ScriptedFact(2, "augment", DAY, ("Rust", "Vim"), {"chat_messages": 2}),
    ScriptedFact(2, "augment", DAY, ("Ada", "Vim"), {"ide_lines": 5}),
    ScriptedFact(3, "augment", DAY, (), {}),
    ScriptedFact(4, "augment", DAY, ("Go", "VSCode"), {"tool_calls": 1}),
)
WORLDS = {
    "generated": worlds.world(people=300, turnover=worlds.STAYING),
    "scripted": worlds.world(facts=FACTS),
    "CLI as an editor": worlds.world(options={"augment": Environment(editors={"CLI": 1, "VSCode": 1})}),
    "nobody": worlds.world(people=0),
}


def plain(sums: dict[str, LabelSums]) -> dict[str, tuple[int, list[int]]]:
    """Sums as lists, to compare."""
    return {label: (each.users, each.counters.tolist()) for label, each in sums.items()}


def of_records(world: World, day: date, axis: str) -> dict[str, tuple[int, list[int]]]:
    """The sums of a day by language or editor, record by record."""
    users, counters = defaultdict(set), defaultdict(list)
    span = worlds.days(world, str(day), str(day))
    for block in world.people.blocks(0):
        for record in augment(world).records.of(block, span):
            users[getattr(record, axis)].add(record.member)
            counters[getattr(record, axis)].append(record.counters)
    return {label: (len(users[label]), np.sum(each, axis=0).tolist()) for label, each in counters.items()}


@pytest.mark.parametrize("day", [DAY, date(2025, 10, 18), date(2025, 12, 25), date(2022, 6, 20)], ids=str)
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("members_at_once", [7, 10_000])
def test_sums_are_those_of_the_records(
    monkeypatch: pytest.MonkeyPatch, world: World, day: date, members_at_once: int
) -> None:
    monkeypatch.setattr(record_sums, "_MEMBERS_AT_ONCE", members_at_once)
    sums = record_sums.RecordSums(world.people, augment(world).records).on(day.toordinal())
    by_language, by_editor = map(plain, sums)
    assert by_language == of_records(world, day, "language")
    assert by_editor == of_records(world, day, "editor")


def test_days_that_were_not_used_lately_are_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world, day = WORLDS["generated"], DAY.toordinal()
    monkeypatch.setattr(record_sums, "_DAYS_KEPT", 2)
    sums = record_sums.RecordSums(world.people, augment(world).records)
    one, two = sums.on(day), sums.on(day + 1)
    assert (sums.on(day) is one, sums.on(day + 1) is two) == (True, True)
    sums.on(day)
    sums.on(day + 2)
    assert sums.on(day) is one
    again = sums.on(day + 1)
    assert again is not two
    assert list(map(plain, again)) == list(map(plain, two))

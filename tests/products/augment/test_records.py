"""The records of a day: they add up to its counters, in order, and none is empty."""

from datetime import date

import numpy as np
import pytest

from mockserver.products.augment.facts import COUNTERS, INDEX
from mockserver.products.augment.options import Environment
from mockserver.products.augment.records import CLI_EDITOR, LanguageRecord
from mockserver.products.world import World
from mockserver.simulation.organization import ScriptedFact
from tests.products.built import augment
from tests.simulation import worlds

WORLD = worlds.world(people=300, turnover=worlds.STAYING)
DAY = "2025-10-15"
CLI_ONLY = [index for name, index in INDEX.items() if "cli" in name]
ELSEWHERE = [index for name, index in INDEX.items() if "cli" not in name and name != "tool_calls"]


def _records(world: World, day: str = DAY) -> list[LanguageRecord]:
    return augment(world).records.of(world.people.block(0), worlds.days(world, day, day))


@pytest.mark.parametrize("day", [DAY, "2025-10-18", "2025-12-25", "2022-06-20"])
def test_records_of_a_day_add_up_to_its_counters(day: str) -> None:
    span = worlds.days(WORLD, day, day)
    facts = augment(WORLD).facts.facts(WORLD.people.block(0), span)
    sums = np.zeros_like(facts.by_member)
    for record in _records(WORLD, day):
        sums[:, record.member] += np.array(record.counters)
    assert np.array_equal(sums, facts.by_member)


def test_records_ascend_by_member_language_and_editor() -> None:
    keys = [(record.member, record.language, record.editor) for record in _records(WORLD)]
    assert keys == sorted(set(keys))


def test_no_record_is_empty_or_negative() -> None:
    records = _records(WORLD)
    assert records
    assert all(any(record.counters) and min(record.counters) >= 0 for record in records)


def test_command_line_is_a_separate_editor() -> None:
    for record in _records(WORLD):
        elsewhere = ELSEWHERE if record.editor == CLI_EDITOR else CLI_ONLY
        assert not any(record.counters[index] for index in elsewhere), record


def test_records_use_exactly_the_languages_and_editors_of_the_file() -> None:
    records = _records(WORLD)
    assert {record.language for record in records} == {"Python", "Java", "Go"}
    assert {record.editor for record in records} == {"VSCode", "JetBrains", CLI_EDITOR}


def test_person_has_one_editor_and_at_most_two_languages_a_day() -> None:
    editors_of: dict[int, set[str]] = {}
    for day in (DAY, "2025-10-16", "2025-10-17"):
        records = _records(WORLD, day)
        for member in {record.member for record in records}:
            mine = [record for record in records if record.member == member]
            assert len({record.language for record in mine}) <= 2
            editors_of.setdefault(member, set()).update(record.editor for record in mine)
    assert all(len(editors - {CLI_EDITOR}) <= 1 for editors in editors_of.values())
    assert any(len(_languages(member)) == 2 for member in range(20)), "some days have two languages"


def _languages(member: int) -> set[str]:
    return {record.language for record in _records(WORLD) if record.member == member}


def test_service_accounts_only_use_the_command_line() -> None:
    assert {record.editor for record in _records(WORLD) if record.member >= 300} == {CLI_EDITOR}


def test_records_of_some_members_are_the_same_as_among_all() -> None:
    span, chosen = worlds.days(WORLD, DAY, DAY), [3, 8, 150, 301]
    alone = augment(WORLD).records.of(WORLD.people.block(0).take(np.array(chosen)), span)
    assert alone == [record for record in _records(WORLD) if record.member in chosen]


def test_scripted_facts_are_records_in_order() -> None:
    day = date.fromisoformat(DAY)
    facts = (
        ScriptedFact(2, "augment", day, ("Rust", "Vim"), {"chat_messages": 2}),
        ScriptedFact(2, "augment", day, ("Ada", "Vim"), {"ide_lines": 5}),
        ScriptedFact(3, "augment", day, (), {}),
    )
    records = [record for record in _records(worlds.world(facts=facts)) if record.member in {2, 3}]
    counted = [(r.language, r.editor, {COUNTERS[at]: n for at, n in enumerate(r.counters) if n}) for r in records]
    assert counted == [("Ada", "Vim", {"ide_lines": 5}), ("Rust", "Vim", {"chat_messages": 2})]


@pytest.mark.parametrize("editors", [{"CLI": 1}, {"CLI": 1, "VSCode": 1}])
def test_editor_named_cli_makes_no_duplicate_records(editors: dict[str, int]) -> None:
    world = worlds.world(options={"augment": Environment(editors=editors)})
    keys = [(record.member, record.language, record.editor) for record in _records(world)]
    assert keys == sorted(set(keys))

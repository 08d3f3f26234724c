"""A member's day in Augment, split by language and editor: the finest grain of Augment's facts.

The parts of a day add up to its counters (`facts`) by construction.
"""

from dataclasses import dataclass

import numpy as np

from mockserver.products.augment.facts import AGENT_MESSAGES, COUNTERS, INDEX, NAME, AugmentFacts
from mockserver.products.augment.options import Environment
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block, People
from mockserver.simulation.scripts import ScriptedDay, Scripts

CLI_EDITOR = "CLI"
_CLI = np.array(["cli" in name for name in COUNTERS])
_CLI_MESSAGES = [index for index in AGENT_MESSAGES if _CLI[index]]
_ONE_LANGUAGE_DAYS = 26_000
"""The 16-bit chance of a day in the first language only."""


@dataclass(frozen=True, slots=True)
class LanguageRecord:
    """What one member did on one day in one language and editor; `counters` in the order of COUNTERS."""

    member: int
    language: str
    editor: str
    counters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Split:
    """By member: two languages and an editor (by index), and four parts of the day's counters.

    The parts are the first and second language in the editor, then the first and second on the command line.
    """

    first: I64
    second: I64
    editor: I64
    parts: tuple[I64, I64, I64, I64]


class AugmentRecords:
    """Augment's records of one day: a pure function of a block of members and that day."""

    def __init__(self, people: People, facts: AugmentFacts, scripts: Scripts) -> None:
        environment = Environment.of(people.organization)
        self._facts = facts
        self._scripts = scripts
        self._key = people.key("augment languages")
        self._languages = sorted(environment.languages)
        self._language_weights = np.array([environment.languages[name] for name in self._languages], dtype=np.int64)
        self._editors = sorted(environment.editors)
        self._editor_weights = np.array([environment.editors[name] for name in self._editors], dtype=np.int64)

    def of(self, block: Block, day: Days) -> list[LanguageRecord]:
        """The records of `day`, a span of one day; ascending by member, language and editor."""
        facts = self._facts.facts(block, day)
        scripts = {script.row: script for script in self._scripts.within(NAME, block, day)}
        split = self._split(block, day.first, facts.by_member)
        found: list[LanguageRecord] = []
        for row in facts.rows.tolist():
            member = int(block.index[row])
            parts = _scripted(member, scripts[row]) if row in scripts else self._generated(member, row, split)
            found += sorted(parts, key=lambda part: (part.language, part.editor))
        return found

    def _split(self, block: Block, day: int, counters: I64) -> _Split:
        person = hashing.mix(self._key, block.index)
        today = hashing.mix(person, np.array([day], dtype=np.int64))
        first = hashing.weighted(hashing.field(person, 0), self._language_weights)
        second = hashing.weighted(hashing.field(today, 0), self._language_weights)
        one = (hashing.field(today, 1) < _ONE_LANGUAGE_DAYS) | (first == second)
        share = np.where(one, 0, 16 + (hashing.field(today, 4, 8) * 3 >> 3))
        cli = _cli_part(counters)
        ide = counters - cli
        ide_second, cli_second = ide * share >> 8, cli * share >> 8
        editor = hashing.weighted(hashing.field(person, 1), self._editor_weights)
        return _Split(first, second, editor, (ide - ide_second, ide_second, cli - cli_second, cli_second))

    def _generated(self, member: int, row: int, split: _Split) -> list[LanguageRecord]:
        languages = (self._languages[split.first[row]], self._languages[split.second[row]]) * 2
        editor = self._editors[split.editor[row]]
        editors = (editor, editor, CLI_EDITOR, CLI_EDITOR)
        parts: dict[tuple[str, str], I64] = {}
        for label, part in zip(zip(languages, editors, strict=True), split.parts, strict=True):
            # Two parts have the same label where both languages are the same, or where the file has CLI as an editor.
            parts[label] = parts[label] + part[:, row] if label in parts else part[:, row]
        return [LanguageRecord(member, *label, tuple(part.tolist())) for label, part in parts.items() if part.any()]


def _scripted(member: int, script: ScriptedDay) -> list[LanguageRecord]:
    return [
        LanguageRecord(member, fact.labels[0], fact.labels[1], tuple(fact.counters.get(name, 0) for name in COUNTERS))
        for fact in script.facts
    ]


def _cli_part(counters: I64) -> I64:
    """The counters of the command line, with their messages' share of the tool calls."""
    cli = np.where(_CLI[:, None], counters, 0)
    messages = np.maximum(counters[AGENT_MESSAGES].sum(axis=0), 1)
    cli[INDEX["tool_calls"]] = counters[INDEX["tool_calls"]] * counters[_CLI_MESSAGES].sum(axis=0) // messages
    return cli

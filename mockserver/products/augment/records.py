"""A member's day in Augment, split by language and editor: the finest grain of Augment's facts.

The parts of a day add up to its counters (`facts`) by construction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mockserver.products.augment import options, shares
from mockserver.products.augment.facts import AGENT_MESSAGES, COUNTERS, INDEX, DailyFacts
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block, People
from mockserver.simulation.scripts import ScriptedDay

CLI_EDITOR = "CLI"
_CLI = np.array(["cli" in name for name in COUNTERS])
_CLI_MESSAGES = [index for index in AGENT_MESSAGES if _CLI[index]]
_ONE_LANGUAGE_DAYS = 26_000
"""The 16-bit chance of a day in the first language only."""

_Names = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class LanguageRecord:
    """What one member did on one day in one language and editor; `counters` in the order of COUNTERS."""

    member: int
    language: str
    editor: str
    counters: tuple[int, ...]


@dataclass(slots=True)
class LabelSums:
    """The records of one day with one language or editor: how many members have any, and the sum of their counters."""

    users: int
    counters: I64


DaySums = tuple[dict[str, LabelSums], dict[str, LabelSums]]
"""The sums of one day, by language and by editor."""


class AugmentRecords:
    """Augment's records of one day: a pure function of a block of members and that day."""

    def __init__(self, people: People, facts: DailyFacts) -> None:
        self._environment = options.environment(people.organization.options)
        self._facts = facts
        self._key = people.key("augment languages")

    def of(self, block: Block, day: Days) -> list[LanguageRecord]:
        """The records of `day`, a span of one day; ascending by member, language and editor."""
        facts = self._facts.facts(block, day)
        scripts = {script.row: script for script in self._facts.scripted(block, day)}
        generated = self._parts(block, day.first, facts.by_member)
        found: list[LanguageRecord] = []
        for row in facts.rows.tolist():
            member = int(block.index[row])
            parts = _scripted(member, scripts[row]) if row in scripts else _generated(member, row, generated)
            found += sorted(parts, key=lambda part: (part.language, part.editor))
        return found

    def sums(self, block: Block, day: Days) -> DaySums:
        """The records of `day`, a span of one day, summed without making them."""
        facts = self._facts.facts(block, day)
        scripts = [each for each in self._facts.scripted(block, day) if each.facts]
        rows = np.setdiff1d(facts.rows, [each.row for each in scripts])
        parts = self._parts(block, day.first, facts.by_member)
        generated = [(languages[rows], editors[rows], counters[:, rows]) for languages, editors, counters in parts]
        found = _summed(generated, 0, self._environment.languages), _summed(generated, 1, self._editors)
        for script in scripts:
            for axis, sums in enumerate(found):
                _add_records(sums, axis, _scripted(0, script))
        return found

    @property
    def _editors(self) -> set[str]:
        return {*self._environment.editors, CLI_EDITOR}

    def _parts(self, block: Block, day: int, counters: I64) -> list[tuple[_Names, _Names, I64]]:
        """By member: language, editor and counters of the two languages in the editor, then on the command line."""
        person = hashing.mix(self._key, block.index)
        today = hashing.mix(person, np.array([day], dtype=np.int64))
        first, second = (_draw(self._environment.languages, hashing.field(bits, 0)) for bits in (person, today))
        one = (hashing.field(today, 1) < _ONE_LANGUAGE_DAYS) | (first == second)
        share = np.where(one, 0, 16 + (hashing.field(today, 4, 8) * 3 >> 3))
        chosen, cli = _draw(self._environment.editors, hashing.field(person, 1)), _cli_part(counters)
        parts = []
        for editor, counted in ((chosen, counters - cli), (np.full_like(chosen, CLI_EDITOR), cli)):
            in_second = shares.of(counted, share)
            parts += [(first, editor, counted - in_second), (second, editor, in_second)]
        return parts


def _draw(weights: Mapping[str, int], bits: I64) -> _Names:
    """A name for each draw, by the names' weights."""
    names = sorted(weights)
    chosen = hashing.weighted(bits, np.array([weights[name] for name in names], dtype=np.int64))
    return np.array(names, dtype=np.object_)[chosen]


def _generated(member: int, row: int, parts: list[tuple[_Names, _Names, I64]]) -> list[LanguageRecord]:
    sums: dict[tuple[str, str], I64] = {}
    for languages, editors, counters in parts:
        # Two parts have the same label where both languages are the same, or where the file has CLI as an editor.
        label = languages[row], editors[row]
        sums[label] = sums[label] + counters[:, row] if label in sums else counters[:, row]
    return [LanguageRecord(member, *label, tuple(each.tolist())) for label, each in sums.items() if each.any()]


def _scripted(member: int, script: ScriptedDay) -> list[LanguageRecord]:
    return [
        LanguageRecord(member, fact.labels[0], fact.labels[1], tuple(fact.counters.get(name, 0) for name in COUNTERS))
        for fact in script.facts
    ]


def _summed(parts: list[tuple[_Names, _Names, I64]], axis: int, names: Iterable[str]) -> dict[str, LabelSums]:
    """The parts of some members, summed by their languages (axis 0) or editors (axis 1)."""
    found = {}
    counted = [(part[axis], part[2], part[2].any(axis=0)) for part in parts]
    for name in sorted(names):
        chosen = [(has_any & (labels == name), counters) for labels, counters, has_any in counted]
        users = int(np.count_nonzero(np.logical_or.reduce([mask for mask, _ in chosen])))
        if users:
            found[name] = LabelSums(users, np.sum([each[:, mask].sum(axis=1) for mask, each in chosen], axis=0))
    return found


def _add_records(sums: dict[str, LabelSums], axis: int, records: list[LanguageRecord]) -> None:
    """Add the records of one member, who counts once for each label."""
    seen = set()
    for record in records:
        label = (record.language, record.editor)[axis]
        found = sums.setdefault(label, LabelSums(0, np.zeros(len(COUNTERS), dtype=np.int64)))
        found.users += label not in seen
        found.counters = found.counters + record.counters
        seen.add(label)


def _cli_part(counters: I64) -> I64:
    """The counters of the command line, with their messages' share of the tool calls."""
    cli = np.where(_CLI[:, None], counters, 0)
    messages = [counters[kinds].sum(axis=0) for kinds in (_CLI_MESSAGES, AGENT_MESSAGES)]
    cli[INDEX["tool_calls"]] = shares.in_proportion(counters[INDEX["tool_calls"]], *messages)
    return cli

"""Answers what each member did in Augment on each day: fourteen counters, and their split by language and editor.

The finest grain is (member, day, language, editor); a day's counters are the sum of its records by construction.
Augment's own names for the counters stay out (its `reports` has them).
"""

from dataclasses import dataclass

import numpy as np

from mockserver.simulation import chance
from mockserver.simulation.calendar import Days
from mockserver.simulation.chance import I64, U64
from mockserver.simulation.organization import Product
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.scripts import Scripts

COUNTERS = (
    "tool_calls",
    "completions_count",
    "completions_accepted",
    "completions_lines",
    "completions_suggested_lines",
    "chat_messages",
    "remote_messages",
    "remote_lines",
    "ide_messages",
    "ide_lines",
    "cli_interactive_messages",
    "cli_interactive_lines",
    "cli_non_interactive_messages",
    "cli_non_interactive_lines",
)
"""Names of the counters, in the order of axis 0 wherever they are an array."""

CLI_EDITOR = "CLI"
_PLACE = {name: place for place, name in enumerate(COUNTERS)}
_CLI = np.array(["cli" in name for name in COUNTERS])
_AGENT_MESSAGES = [
    place for name, place in _PLACE.items() if name.endswith("_messages") and not name.startswith("chat")
]
_CLI_MESSAGES = [place for name, place in _PLACE.items() if name.startswith("cli") and name.endswith("_messages")]
_VOLUME = chance.exponential(256, 256)
_SCALES = np.array([3, 8, 20], dtype=np.int64)
_SERVICE_SCALE = 14
_HABITS = {"completions": 92, "chat": 80, "ide": 65, "cli": 30, "cli_batch": 10, "remote": 18}


@dataclass(frozen=True, slots=True)
class Facts:
    """Members by days: who is active, and the counters (axis 0 in the order of COUNTERS)."""

    active: Mask
    counters: I64


@dataclass(frozen=True, slots=True)
class Record:
    """What one member did on one day in one language and editor; `counters` in the order of COUNTERS."""

    member: int
    language: str
    editor: str
    counters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The active cells, flattened: for each its scale, its busyness and two hashes."""

    scale: I64
    habits: dict[str, I64]
    first: U64
    second: U64

    def volume(self, bits: U64, place: int) -> I64:
        return _VOLUME[chance.field(bits, place, 8)] * self.scale >> 16


class Augment:
    """Augment's facts: a pure function of a block of members and a run of days."""

    def __init__(self, people: People, presence: Presence, scripts: Scripts) -> None:
        self._people = people
        self._presence = presence
        self._scripts = scripts
        organization = people.organization
        self._languages = sorted(organization.languages)
        self._language_weights = np.array([organization.languages[name] for name in self._languages], dtype=np.int64)
        self._editors = sorted(organization.editors)
        self._editor_weights = np.array([organization.editors[name] for name in self._editors], dtype=np.int64)

    def active(self, block: Block, span: Days) -> Mask:
        """Who is active on which day."""
        mask = self._presence.active(Product.AUGMENT, block, span, self._presence.pulse(block, span))
        for script in self._scripts.within(Product.AUGMENT, block, span):
            mask[script.row, script.column] = bool(script.facts)
        return mask

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        pulse = self._presence.pulse(block, span)
        active = self._presence.active(Product.AUGMENT, block, span, pulse)
        rows, columns = np.nonzero(active)
        counters = np.zeros((len(COUNTERS), *active.shape), dtype=np.int64)
        if len(rows):
            counters[:, rows, columns] = self._count(block, rows, span.ordinals[columns], pulse.busy[rows, columns])
        for script in self._scripts.within(Product.AUGMENT, block, span):
            active[script.row, script.column] = bool(script.facts)
            counters[:, script.row, script.column] = script.total(COUNTERS)
        return Facts(active, counters)

    def _cells(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> _Cells:
        habit = chance.mix(self._people.key("augment habits"), block.index)
        service = block.service
        habits = {}
        for place, (name, share) in enumerate(_HABITS.items()):
            has = chance.percent(chance.field(habit, place, 10) << 6, share) & ~service
            habits[name] = has.astype(np.int64)[rows]
        habits["service"] = service.astype(np.int64)[rows]
        scale = np.where(service, _SERVICE_SCALE, _SCALES[block.level])[rows] * busy
        first = chance.mix(chance.mix(self._people.key("augment first"), block.index)[rows], ordinals)
        second = chance.mix(chance.mix(self._people.key("augment second"), block.index)[rows], ordinals)
        return _Cells(scale, habits, first, second)

    def _count(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> I64:
        cells = self._cells(block, rows, ordinals, busy)
        counts = np.zeros((len(COUNTERS), len(rows)), dtype=np.int64)
        self._count_completions(cells, counts)
        self._count_chat(cells, counts)
        self._count_agents(cells, counts)
        agent_messages = counts[_AGENT_MESSAGES].sum(axis=0)
        counts[_PLACE["tool_calls"]] = agent_messages * (8 + chance.field(cells.second, 7, 5)) >> 3
        return counts

    @staticmethod
    def _count_completions(cells: _Cells, counts: I64) -> None:
        count = cells.habits["completions"] * (1 + cells.volume(cells.first, 0) * 5)
        accepted = count * (60 + (chance.field(cells.first, 1, 8) >> 1)) >> 8
        lines = accepted + (accepted * chance.field(cells.first, 2, 8) >> 7)
        counts[_PLACE["completions_count"]] = count
        counts[_PLACE["completions_accepted"]] = accepted
        counts[_PLACE["completions_lines"]] = lines
        counts[_PLACE["completions_suggested_lines"]] = lines + (
            (count - accepted) * (128 + chance.field(cells.first, 3, 8)) >> 7
        )

    @staticmethod
    def _count_chat(cells: _Cells, counts: I64) -> None:
        anything_else = cells.habits["completions"] | cells.habits["service"]
        chat = cells.habits["chat"] * cells.volume(cells.first, 4)
        counts[_PLACE["chat_messages"]] = chat + (1 - anything_else)

    @staticmethod
    def _count_agents(cells: _Cells, counts: I64) -> None:
        today, service = chance.field(cells.first, 7, 8), cells.habits["service"]
        messages = {
            "remote": cells.habits["remote"] * (today < 50) * (1 + (cells.volume(cells.second, 0) >> 2)),
            "ide": cells.habits["ide"] * (today > 70) * (1 + (cells.volume(cells.first, 5) >> 1)),
            "cli_interactive": cells.habits["cli"] * (today % 8 < 5) * (1 + (cells.volume(cells.second, 1) >> 1)),
            "cli_non_interactive": (service | (cells.habits["cli_batch"] * (today % 4 == 0)))
            * (1 + cells.volume(cells.second, 2)),
        }
        for place, (name, sent) in enumerate(messages.items()):
            counts[_PLACE[f"{name}_messages"]] = sent
            counts[_PLACE[f"{name}_lines"]] = sent * (1 + chance.field(cells.second, 3 + place, 8)) >> 4

    def records(self, block: Block, span: Days) -> list[Record]:
        """The records of one day, ascending by member, language and editor; `span` is that day alone."""
        facts = self.facts(block, span)
        scripted = {script.row: script for script in self._scripts.within(Product.AUGMENT, block, span)}
        split = self._split(block, span.first, facts.counters[:, :, 0])
        found: list[Record] = []
        for row in np.flatnonzero(facts.active[:, 0]).tolist():
            member = int(block.index[row])
            if row in scripted:
                parts = [
                    Record(member, *fact.labels, tuple(scripted[row].counts(fact, COUNTERS)))
                    for fact in scripted[row].facts
                ]
            else:
                parts = [
                    Record(member, language, editor, tuple(counters[:, row].tolist()))
                    for language, editor, counters in self._labelled(row, split)
                    if counters[:, row].any()
                ]
            found += sorted(parts, key=lambda part: (part.language, part.editor))
        return found

    def _split(self, block: Block, day: int, counters: I64) -> tuple[I64, I64, I64, list[I64]]:
        """First language, second language, editor by row; and the counters of the four parts (editor, CLI; by language)."""
        key = self._people.key("augment languages")
        person = chance.mix(key, block.index)
        today = chance.mix(person, np.full(len(block), day, dtype=np.int64))
        first = chance.weighted(chance.field(person, 0), self._language_weights)
        second = chance.weighted(chance.field(today, 0), self._language_weights)
        editor = chance.weighted(chance.field(person, 1), self._editor_weights)
        share = np.where(
            (chance.field(today, 1) < 26_000) | (first == second), 0, 16 + (chance.field(today, 4, 8) * 3 >> 3)
        )
        cli = self._cli_part(counters)
        cli_second, editor_second = cli * share >> 8, (counters - cli) * share >> 8
        parts = [counters - cli - editor_second, editor_second, cli - cli_second, cli_second]
        return first, second, editor, parts

    @staticmethod
    def _cli_part(counters: I64) -> I64:
        cli = np.where(_CLI[:, None], counters, 0)
        agents = np.maximum(counters[_AGENT_MESSAGES].sum(axis=0), 1)
        cli[_PLACE["tool_calls"]] = counters[_PLACE["tool_calls"]] * counters[_CLI_MESSAGES].sum(axis=0) // agents
        return cli

    def _labelled(self, row: int, split: tuple[I64, I64, I64, list[I64]]) -> list[tuple[str, str, I64]]:
        first, second, editor, parts = split
        one, two = self._languages[first[row]], self._languages[second[row]]
        here = self._editors[editor[row]]
        labels = [(one, here), (two, here), (one, CLI_EDITOR), (two, CLI_EDITOR)]
        return [(*label, part) for label, part in zip(labels, parts, strict=True)]

"""What each member did in Augment on each day: fourteen counters.

Their split by language and editor is in `records`; the names that Augment's API gives them are the vendor's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mockserver.products.augment.options import NAME
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, gather
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.scripts import ScriptedDay, Scripts

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

INDEX = {name: index for index, name in enumerate(COUNTERS)}
AGENTS = ("remote", "ide", "cli_interactive", "cli_non_interactive")
AGENT_MESSAGES = [INDEX[f"{kind}_messages"] for kind in AGENTS]
_VOLUME = hashing.exponential(256, 256)
_SCALES = np.array([3, 8, 20], dtype=np.int64)
"""By level: how much a member does in a day."""
_SERVICE_SCALE = 14
_HABITS = {"completions": 92, "chat": 80, "ide": 65, "cli": 30, "cli_batch": 10, "remote": 18}
"""The percentage of people who ever use each way of working."""


@dataclass(frozen=True, slots=True)
class _ActiveCells:
    """Active cells: the scale of each, its habits (0 or 1) and two hashes."""

    scale: I64
    habits: dict[str, I64]
    first: U64
    second: U64

    def volume(self, bits: U64, index: int) -> I64:
        """An exponential draw around the cell's scale."""
        return _VOLUME[hashing.field(bits, index, 8)] * self.scale >> 16


class DailyFacts(Protocol):
    """Augment's counters: a pure function of a block of members and a run of days."""

    def active(self, block: Block, span: Days) -> Mask:
        """Who is active on which day."""

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""

    def scripted(self, block: Block, span: Days) -> Iterator[ScriptedDay]:
        """The days that the organization file states row by row."""


class AugmentFacts:
    """The final counters: what really happened."""

    def __init__(self, people: People, presence: Presence, scripts: Scripts) -> None:
        self._presence = presence
        self._scripts = scripts
        self._habits = people.key("augment habits")
        self._first = people.key("augment first")
        self._second = people.key("augment second")

    def active(self, block: Block, span: Days) -> Mask:
        """Who is active on which day."""
        mask = self._presence.active(NAME, block, span, self._presence.workload(block, span))
        for script in self.scripted(block, span):
            mask[script.row, script.column] = bool(script.facts)
        return mask

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        return gather(NAME, COUNTERS, self._presence, self._scripts, block, span, self._count)

    def scripted(self, block: Block, span: Days) -> Iterator[ScriptedDay]:
        """The days that the organization file states row by row."""
        return self._scripts.within(NAME, block, span)

    def _count(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> I64:
        cells = self._cells(block, rows, ordinals, busy)
        counts = np.zeros((len(COUNTERS), len(rows)), dtype=np.int64)
        _count_completions(cells, counts)
        _count_chat(cells, counts)
        _count_agents(cells, counts)
        calls_per_message = 8 + hashing.field(cells.second, 7, 5)
        counts[INDEX["tool_calls"]] = counts[AGENT_MESSAGES].sum(axis=0) * calls_per_message >> 3
        return counts

    def _cells(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> _ActiveCells:
        bits = hashing.mix(self._habits, block.index)
        habits = {
            name: hashing.percent(hashing.field(bits, index, 10) << 6, share) & ~block.service
            for index, (name, share) in enumerate(_HABITS.items())
        }
        habits["service"] = block.service
        scale = np.where(block.service, _SERVICE_SCALE, _SCALES[block.level])
        return _ActiveCells(
            scale=scale[rows] * busy,
            habits={name: has.astype(np.int64)[rows] for name, has in habits.items()},
            first=hashing.mix(hashing.mix(self._first, block.index)[rows], ordinals),
            second=hashing.mix(hashing.mix(self._second, block.index)[rows], ordinals),
        )


def _count_completions(cells: _ActiveCells, counts: I64) -> None:
    count = cells.habits["completions"] * (1 + cells.volume(cells.first, 0) * 5)
    accepted = count * (60 + (hashing.field(cells.first, 1, 8) >> 1)) >> 8
    lines = accepted + (accepted * hashing.field(cells.first, 2, 8) >> 7)
    rejected = (count - accepted) * (128 + hashing.field(cells.first, 3, 8)) >> 7
    counts[INDEX["completions_count"]] = count
    counts[INDEX["completions_accepted"]] = accepted
    counts[INDEX["completions_lines"]] = lines
    counts[INDEX["completions_suggested_lines"]] = lines + rejected


def _count_chat(cells: _ActiveCells, counts: I64) -> None:
    """Members who are active but use no completions chat at least once: nobody is active without an event."""
    least = 1 - (cells.habits["completions"] | cells.habits["service"])
    counts[INDEX["chat_messages"]] = cells.habits["chat"] * cells.volume(cells.first, 4) + least


def _count_agents(cells: _ActiveCells, counts: I64) -> None:
    today, habits = hashing.field(cells.first, 7, 8), cells.habits
    batch = habits["service"] | habits["cli_batch"] & (today & 3 == 0)
    sent = {
        "remote": habits["remote"] * (today < 50) * (1 + (cells.volume(cells.second, 0) >> 2)),
        "ide": habits["ide"] * (today > 70) * (1 + (cells.volume(cells.first, 5) >> 1)),
        "cli_interactive": habits["cli"] * (today & 7 < 5) * (1 + (cells.volume(cells.second, 1) >> 1)),
        "cli_non_interactive": batch * (1 + cells.volume(cells.second, 2)),
    }
    for index, (name, messages) in enumerate(sent.items()):
        counts[INDEX[f"{name}_messages"]] = messages
        counts[INDEX[f"{name}_lines"]] = messages * (1 + hashing.field(cells.second, 3 + index, 8)) >> 4

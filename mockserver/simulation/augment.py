"""Answers what each member did in Augment on each day: fourteen counters.

Their split by language and editor stays out (`augment_records`), and so do Augment's own names for the counters.
"""

from dataclasses import dataclass

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, gather
from mockserver.simulation.hashing import I64, U64
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

PLACE = {name: place for place, name in enumerate(COUNTERS)}
AGENT_MESSAGES = [PLACE[f"{kind}_messages"] for kind in ("remote", "ide", "cli_interactive", "cli_non_interactive")]
_VOLUME = hashing.exponential(256, 256)
_SCALES = np.array([3, 8, 20], dtype=np.int64)
"""By level: how much a member does."""
_SERVICE_SCALE = 14
_HABITS = {"completions": 92, "chat": 80, "ide": 65, "cli": 30, "cli_batch": 10, "remote": 18}
"""The percentage of people who ever use each way of working."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Active cells: how much each could do, its habits (0 or 1) and two hashes."""

    scale: I64
    habits: dict[str, I64]
    first: U64
    second: U64

    def volume(self, bits: U64, place: int) -> I64:
        """An exponential draw around the cell's scale."""
        return _VOLUME[hashing.field(bits, place, 8)] * self.scale >> 16


class Augment:
    """Augment's facts: a pure function of a block of members and a run of days."""

    def __init__(self, people: People, presence: Presence, scripts: Scripts) -> None:
        self._presence = presence
        self._scripts = scripts
        self._habits = people.key("augment habits")
        self._first = people.key("augment first")
        self._second = people.key("augment second")

    def active(self, block: Block, span: Days) -> Mask:
        """Who is active on which day."""
        mask = self._presence.active(Product.AUGMENT, block, span, self._presence.workload(block, span))
        for script in self._scripts.within(Product.AUGMENT, block, span):
            mask[script.row, script.column] = bool(script.facts)
        return mask

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        return gather(Product.AUGMENT, COUNTERS, self._presence, self._scripts, block, span, self._count)

    def _count(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> I64:
        cells = self._cells(block, rows, ordinals, busy)
        counts = np.zeros((len(COUNTERS), len(rows)), dtype=np.int64)
        _count_completions(cells, counts)
        _count_chat(cells, counts)
        _count_agents(cells, counts)
        calls_a_message = 8 + hashing.field(cells.second, 7, 5)
        counts[PLACE["tool_calls"]] = counts[AGENT_MESSAGES].sum(axis=0) * calls_a_message >> 3
        return counts

    def _cells(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> _Cells:
        bits = hashing.mix(self._habits, block.index)
        habits = {
            name: hashing.percent(hashing.field(bits, place, 10) << 6, share) & ~block.service
            for place, (name, share) in enumerate(_HABITS.items())
        }
        habits["service"] = block.service
        scale = np.where(block.service, _SERVICE_SCALE, _SCALES[block.level])
        return _Cells(
            scale=scale[rows] * busy,
            habits={name: has.astype(np.int64)[rows] for name, has in habits.items()},
            first=hashing.mix(hashing.mix(self._first, block.index)[rows], ordinals),
            second=hashing.mix(hashing.mix(self._second, block.index)[rows], ordinals),
        )


def _count_completions(cells: _Cells, counts: I64) -> None:
    count = cells.habits["completions"] * (1 + cells.volume(cells.first, 0) * 5)
    accepted = count * (60 + (hashing.field(cells.first, 1, 8) >> 1)) >> 8
    lines = accepted + (accepted * hashing.field(cells.first, 2, 8) >> 7)
    passed_over = (count - accepted) * (128 + hashing.field(cells.first, 3, 8)) >> 7
    counts[PLACE["completions_count"]] = count
    counts[PLACE["completions_accepted"]] = accepted
    counts[PLACE["completions_lines"]] = lines
    counts[PLACE["completions_suggested_lines"]] = lines + passed_over


def _count_chat(cells: _Cells, counts: I64) -> None:
    """Whoever is active without completing has chatted at least once, so that nobody is active without an event."""
    must = 1 - (cells.habits["completions"] | cells.habits["service"])
    counts[PLACE["chat_messages"]] = cells.habits["chat"] * cells.volume(cells.first, 4) + must


def _count_agents(cells: _Cells, counts: I64) -> None:
    today, habits = hashing.field(cells.first, 7, 8), cells.habits
    batch = habits["service"] | habits["cli_batch"] & (today & 3 == 0)
    sent = {
        "remote": habits["remote"] * (today < 50) * (1 + (cells.volume(cells.second, 0) >> 2)),
        "ide": habits["ide"] * (today > 70) * (1 + (cells.volume(cells.first, 5) >> 1)),
        "cli_interactive": habits["cli"] * (today & 7 < 5) * (1 + (cells.volume(cells.second, 1) >> 1)),
        "cli_non_interactive": batch * (1 + cells.volume(cells.second, 2)),
    }
    for place, (name, messages) in enumerate(sent.items()):
        counts[PLACE[f"{name}_messages"]] = messages
        counts[PLACE[f"{name}_lines"]] = messages * (1 + hashing.field(cells.second, 3 + place, 8)) >> 4

"""What each person did in Tabnine on each day, and at which second of the day it happened.

Ratios are never stored; whoever needs one computes it from the counters. The proportions, and how many people use each
section, are about those of the one populated example that the vendor has published.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, gather
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.scripts import Scripts
from mockserver.simulation.timestamps import DAY, EPOCH

NAME: Final = "tabnine"

COUNTERS = (
    "completions",
    "completion_chars",
    "keystrokes",
    "completion_lines",
    "chat_interactions",
    "chat_useful",
    "chat_lines",
    "chat_chars",
    "instruct_accepted",
    "agent_interactions",
    "agent_lines_added",
    "agent_lines_added_accepted",
    "agent_lines_removed",
    "agent_lines_removed_accepted",
)
"""Names of the counters, in the order of axis 0 wherever they are an array."""

INDEX = {name: index for index, name in enumerate(COUNTERS)}
SECTIONS = tuple(INDEX[name] for name in ("completions", "chat_interactions", "agent_interactions"))
"""The counters of which one event makes a person active in a section, and so in Tabnine."""

EARLIEST, LATEST = 8 * 3600, 18 * 3600
"""Seconds of a day: a person's facts of that day happen from the first on and before the last."""

_VOLUME = hashing.exponential(256, 256)
_SCALES = np.array([4, 11, 28], dtype=np.int64)
"""By level: how much a person does in a day."""
_HABITS = {"agent": 79, "chat": 98, "completions": 57}
"""The percentage of people who ever use each section; whoever does not chat uses completions."""
_COMPLETIONS, _AGENT = 99, 194
"""The scale of completions and of an agent's interactions, in 256ths of that of chat."""
_AGENT_DAYS = 150
"""On how many of 256 active days the agent is used by the people who ever use it."""


@dataclass(frozen=True, slots=True)
class TimedCells:
    """What members of a block did: the row of each cell in the block, its second since 1970, its label and counters."""

    rows: I64
    seconds: I64
    labels: I64
    counters: I64


class TabnineFacts:
    """Tabnine's counters: a pure function of a block of members and a run of days."""

    width = len(COUNTERS)
    labels = 1
    marks = len(SECTIONS)

    def __init__(self, people: People, presence: Presence, scripts: Scripts, *, has_agent: bool = True) -> None:
        self._has_agent = has_agent
        self._presence = presence
        self._scripts = scripts
        self._habits = people.key("tabnine habits")
        self._first = people.key("tabnine first")
        self._second = people.key("tabnine second")
        self._seconds = people.key("tabnine instants")

    def seconds(self, block: Block, span: Days) -> I64:
        """Members by days: the second of the day at which all of a person's facts of that day happen."""
        bits = hashing.mix(hashing.mix(self._seconds, block.index)[:, None], span.ordinals[None, :])
        return EARLIEST + (hashing.field(bits, 0, 32) * (LATEST - EARLIEST) >> 32)

    def times(self, block: Block, span: Days, facts: Facts) -> I64:
        """The second since 1970 at which each cell of some facts happens."""
        happened = (span.ordinals - EPOCH) * DAY + self.seconds(block, span)
        times: I64 = happened[facts.rows, facts.columns]
        return times

    def cells(self, block: Block, span: Days) -> TimedCells:
        """Every cell with its time, all with one label."""
        facts = self.facts(block, span)
        return TimedCells(facts.rows, self.times(block, span, facts), np.zeros_like(facts.rows), facts.counters)

    def did(self, counters: I64, labels: I64) -> Mask:  # noqa: ARG002 (there is one label)
        """By section, the cells that count."""
        mask: Mask = counters[list(SECTIONS)] > 0
        return mask

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        found = gather(NAME, COUNTERS, self._presence, self._scripts, block, span, self._count)
        if not self._has_agent:
            found.counters[INDEX["agent_interactions"] :] = 0
        return found

    def _count(self, block: Block, rows: I64, ordinals: I64, busy: I64) -> I64:
        agents, chats, completes = (uses[rows] for uses in self._uses(block))
        scale = _SCALES[block.level][rows] * busy
        first = hashing.mix(hashing.mix(self._first, block.index)[rows], ordinals)
        second = hashing.mix(hashing.mix(self._second, block.index)[rows], ordinals)
        completions = completes * _volume(first, 0, scale * _COMPLETIONS >> 8)
        agent = agents * _volume(first, 4, scale * _AGENT >> 8) * (hashing.field(first, 5, 8) < _AGENT_DAYS)
        chat = chats * _volume(second, 0, scale)
        # Nobody is active without an event: a day without any gets a chat interaction, or a completion.
        nothing = (completions + agent + chat == 0).astype(np.int64)
        counts = np.zeros((len(COUNTERS), len(rows)), dtype=np.int64)
        _count_completions(counts, first, completions + nothing * (1 - chats))
        _count_chat(counts, second, chat + nothing * chats)
        _count_agent(counts, first, second, agent)
        return counts

    def _uses(self, block: Block) -> tuple[I64, I64, I64]:
        """Who ever uses an agent, chat and completions: 0 or 1 for each member. Everybody uses chat or completions."""
        bits = hashing.mix(self._habits, block.index)
        draws = (hashing.field(bits, index) for index in (1, 2, 3))
        agents, chats, completes = (
            hashing.percent(draw, share).astype(np.int64) for draw, share in zip(draws, _HABITS.values(), strict=True)
        )
        return agents, chats, np.maximum(completes, 1 - chats)


def _volume(bits: hashing.U64, index: int, scale: I64) -> I64:
    """An exponential draw around a scale."""
    return _scaled(_VOLUME[hashing.field(bits, index, 8)], scale, 16)


def _scaled(number: I64, factor: I64, bits: int) -> I64:
    """A number times a factor that is given as an integer of 2**-bits; rounded, halves up."""
    return number * factor + (1 << bits - 1) >> bits


def _count_completions(counts: I64, bits: hashing.U64, completions: I64) -> None:
    chars = completions * (55 + (hashing.field(bits, 1, 8) >> 2))
    counts[INDEX["completions"]] = completions
    counts[INDEX["completion_chars"]] = chars
    counts[INDEX["keystrokes"]] = _scaled(chars, 108 + (hashing.field(bits, 2, 8) >> 1), 7)
    counts[INDEX["completion_lines"]] = _scaled(completions, 256 + (hashing.field(bits, 3, 8) * 67 >> 4), 8)


def _count_chat(counts: I64, bits: hashing.U64, interactions: I64) -> None:
    useful = _scaled(interactions, 79 + (hashing.field(bits, 1, 8) >> 1), 8)
    lines = _scaled(useful, 256 + (hashing.field(bits, 2, 8) * 39 >> 4), 8)
    counts[INDEX["chat_interactions"]] = interactions
    counts[INDEX["chat_useful"]] = useful
    counts[INDEX["chat_lines"]] = lines
    counts[INDEX["chat_chars"]] = _scaled(lines, 47 + (hashing.field(bits, 3, 8) >> 1), 8)
    counts[INDEX["instruct_accepted"]] = _scaled(interactions, 20 + (hashing.field(bits, 4, 8) * 233 >> 8), 8)


def _count_agent(counts: I64, first: hashing.U64, second: hashing.U64, interactions: I64) -> None:
    added = interactions * (10 + (hashing.field(first, 6, 8) * 176 >> 8))
    removed = _scaled(added, hashing.field(first, 7, 8) * 36, 16)
    counts[INDEX["agent_interactions"]] = interactions
    counts[INDEX["agent_lines_added"]] = added
    counts[INDEX["agent_lines_added_accepted"]] = added - _scaled(added, hashing.field(second, 6, 8) * 3, 15)
    counts[INDEX["agent_lines_removed"]] = removed
    counts[INDEX["agent_lines_removed_accepted"]] = removed - _scaled(removed, hashing.field(second, 7, 8) * 3, 15)

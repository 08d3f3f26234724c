"""What each person did in each tool of JetBrains AI on each day: rows, from any row on, in either direction.

A page costs what its rows cost, wherever it begins and however many people there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import numpy as np

from mockserver.products.jetbrains import sources
from mockserver.products.jetbrains.facts import ACTIVITY, MEASURES, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.options import NAME, Tool
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Presence

_CELLS_AT_ONCE = 16 * 1024
"""Members times days that are computed together; members in a slice."""

_SLICES_CACHED = 8
"""Slices of everybody that are cached, some 3 MB each: one day of the largest organizations."""


class RowPosition(NamedTuple):
    """The position of a row: the tool's index in TOOLS, the day's ordinal, the member's index."""

    tool: int
    day: int
    member: int


@dataclass(frozen=True, slots=True)
class ToolRow:
    """What one member did with one tool on one day; `counts` in the order of MEASURES."""

    position: RowPosition
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _RowQuery:
    """The rows of a query: of how many members; `fetch` gives the users among those of a slice, by its number."""

    gate: ReportingGate
    members: int
    fetch: Callable[[int], Block]
    descending: bool

    def ordered(self, values: Sequence[int]) -> Sequence[int]:
        """Ascending values in the order of the query."""
        return values[::-1] if self.descending else values


class JetBrainsRows:
    """Rows by tool, day and member, ascending or descending."""

    def __init__(self, people: People, presence: Presence, facts: JetBrainsFacts, programs: Programs) -> None:
        self._people = people
        self._presence = presence
        self._facts = facts
        self._programs = programs
        self._everybody = lru_cache(maxsize=_SLICES_CACHED)(partial(self._users, range(people.organization.people)))

    def rows(
        self,
        tools: Sequence[int],
        first: int,
        last: int,
        count: int,
        *,
        gate: ReportingGate,
        index: I64 | None = None,
        after: RowPosition | None = None,
        descending: bool = False,
    ) -> list[ToolRow]:
        """Up to `count` rows with any activity, from `first` to `last`, both inclusive, strictly after a position.

        `tools` are indexes of TOOLS; `index` restricts the members.
        """
        if index is None:
            query = _RowQuery(gate, self._people.organization.people, self._everybody, descending)
        else:
            query = _RowQuery(gate, len(index), partial(self._users, index), descending)
        first = max(first, self._earliest, gate.released or 0)
        found: list[ToolRow] = []
        for tool in query.ordered(sorted(set(tools))):
            start = after if after is not None and after.tool == tool else None
            if len(found) < count and (after is None or start or (tool < after.tool) == descending):
                candidates = self._candidates(query, tool, first, last, start)
                found += self._rows(query, tool, candidates, count - len(found))
        return found

    @cached_property
    def _earliest(self) -> int:
        """The first day on which anybody can have used JetBrains AI: by its adoption, or by the file."""
        organization = self._people.organization
        adoption = organization.adoption.get(NAME)
        scripted = [fact.day for fact in organization.facts if fact.product == NAME]
        scripted += [day for person in organization.special for day in person.active_only or ()]
        scripted += [day for person in organization.special if (day := person.licences.get(NAME))]
        return min((*scripted, adoption.starts if adoption else date.max)).toordinal()

    def _users(self, index: Sequence[int] | I64, number: int) -> Block:
        """The members who ever use JetBrains AI, out of a slice of some indexes."""
        some = index[number * _CELLS_AT_ONCE : (number + 1) * _CELLS_AT_ONCE]
        block = self._people.members(np.array(some, dtype=np.int64))
        return block.take(np.flatnonzero(block.use_start(NAME) < NEVER))

    def _candidates(
        self, query: _RowQuery, tool: int, first: int, last: int, after: RowPosition | None
    ) -> Iterator[I64]:
        """Cells that may have a row, in order; some days of all members at once, or some members on one day."""
        if after:
            first, last = (first, min(last, after.day)) if query.descending else (max(first, after.day), last)
        length = max(_CELLS_AT_ONCE // max(query.members, 1), 1)
        for start in query.ordered(range(first, last + 1, length)):
            span = days(self._people.organization, start, min(start + length - 1, last))
            if self._presence.opens(span).any():
                for number in query.ordered(range(-(-query.members // _CELLS_AT_ONCE))):
                    yield self._active(query, tool, query.fetch(number), span, after)

    def _active(self, query: _RowQuery, tool: int, block: Block, span: Days, after: RowPosition | None) -> I64:
        """The cells after a position in which a member is active who can use the tool: their days and members."""
        junie, others = self._programs.sending(block, query.gate)
        since = np.maximum(block.use_start(NAME), junie if TOOLS[tool] == Tool.JUNIE else others)
        if TOOLS[tool] == Tool.CODEX:
            since = np.maximum(since, query.gate.codex)
        using = (since <= span.last) & (block.left > span.first) & self._facts.can_use(tool, block)
        if after and span.first == span.last == after.day:
            using &= block.index <= after.member if query.descending else block.index >= after.member
        block, since = block.take(np.flatnonzero(using)), since[using]
        columns, rows = np.nonzero((self._facts.active(block, span) & (since[:, None] <= span.ordinals)).T)
        cells = np.stack([span.ordinals[columns], block.index[rows]])
        if after:
            order, border = cells[0] * (1 << 20) + cells[1], after.day * (1 << 20) + after.member
            cells = cells[:, order < border if query.descending else order > border]
        return cells[:, ::-1] if query.descending else cells

    def _rows(self, query: _RowQuery, tool: int, candidates: Iterator[I64], count: int) -> list[ToolRow]:
        """Up to `count` rows; cells are computed together, somewhat more than needed, until there are enough rows."""
        found: list[ToolRow] = []
        pending = np.empty((2, 0), dtype=np.int64)
        for cells in candidates:
            pending = np.concatenate([pending, cells], axis=1)
            while (missing := count - len(found)) > 0 and pending.shape[1] >= missing * 3 // 2 + 32:
                batch, pending = np.split(pending, [missing * 3 // 2 + 32], axis=1)
                found += self._rows_of(query, tool, batch)
            if len(found) >= count:
                return found[:count]
        return [*found, *self._rows_of(query, tool, pending)][:count]

    def _rows_of(self, query: _RowQuery, tool: int, cells: I64) -> list[ToolRow]:
        """The rows of some cells."""
        if not cells.size:
            return []
        ordinals, index = cells
        members, rows = np.unique(index, return_inverse=True)
        span = days(self._people.organization, int(ordinals.min()), int(ordinals.max()))
        source = sources.reported(self._facts, self._programs, query.gate)
        facts = source.facts(self._people.members(members), span)
        table = np.zeros((len(MEASURES), len(members), len(span)), dtype=np.int64)
        table[:, facts.rows, facts.columns] = facts.counters[tool * len(MEASURES) : (tool + 1) * len(MEASURES)]
        counts = table[:, rows, ordinals - span.first]
        some = np.flatnonzero(counts[list(ACTIVITY.values())].any(axis=0))
        columns = ordinals[some].tolist(), index[some].tolist(), counts[:, some].T.tolist()
        return [
            ToolRow(RowPosition(tool, day, member), tuple(row_counts))
            for day, member, row_counts in zip(*columns, strict=True)
        ]

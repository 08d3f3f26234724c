"""What each person did in each tool of JetBrains AI on each day: rows, from any row on, in either direction.

A page costs what its rows cost, wherever it begins and however many people there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from mockserver.products.jetbrains import sources
from mockserver.products.jetbrains.facts import MEASURES, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.options import NAME, Tool
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER
from mockserver.simulation.people import Block, People, concatenate
from mockserver.simulation.presence import Mask, Presence

_CELLS_AT_ONCE = 16 * 1024
"""Members times days that are computed together; members in a slice."""

_SLICES_CACHED = 8
"""Slices of everybody that are cached, some 3 MB each: one day of the largest organizations."""

_JUNIE = TOOLS.index(Tool.JUNIE)

_ACTIVITY = [MEASURES.index(name) for name in ("suggestions", "acceptances", "invocations")]
"""The measures of which any above zero makes a row."""


@dataclass(frozen=True, slots=True, order=True)
class RowPosition:
    """The position of a row: the tool's index in TOOLS, the day's ordinal, the member's index."""

    tool: int
    day: int
    index: int


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
        self._everybody = lru_cache(maxsize=_SLICES_CACHED)(self._slice)

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
        everybody = self._people.organization.people
        query = (
            _RowQuery(gate, everybody, self._everybody, descending)
            if index is None
            else _RowQuery(gate, len(index), lambda number: self._users(_cut(index, number)), descending)
        )
        first = max(first, self._earliest, gate.released or 0)
        found: list[ToolRow] = []
        for tool in query.ordered(sorted(set(tools))):
            start = after if after is not None and after.tool == tool else None
            if after is None or start or (tool < after.tool) == descending:
                windows = self._windows(query, first, last, start)
                pieces = (self._active(query, tool, *window, start) for window in windows)
                found += self._rows(query, tool, pieces, count - len(found))
                if len(found) >= count:
                    break
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

    def _slice(self, number: int) -> Block:
        return self._users(_cut(np.arange(self._people.organization.people, dtype=np.int64), number))

    def _users(self, index: I64) -> Block:
        """The members who ever use JetBrains AI, out of those with some indexes."""
        block = self._people.members(index)
        return block.take(np.flatnonzero(block.use_start(NAME) < NEVER))

    def _windows(
        self, query: _RowQuery, first: int, last: int, after: RowPosition | None
    ) -> Iterator[tuple[Block, Days]]:
        """Members and days to compute together, in order: some days of all members, or some members on one day."""
        if after:
            first, last = (first, min(last, after.day)) if query.descending else (max(first, after.day), last)
        length = max(_CELLS_AT_ONCE // max(query.members, 1), 1)
        starts = range(last, first - 1, -length) if query.descending else range(first, last + 1, length)
        for start in starts:
            low, high = (max(start - length + 1, first), start) if query.descending else (start, start + length - 1)
            span = days(self._people.organization, low, min(high, last))
            if self._presence.opens(span).any():
                for number in query.ordered(range(-(-query.members // _CELLS_AT_ONCE))):
                    yield query.fetch(number), span

    def _active(
        self, query: _RowQuery, tool: int, block: Block, span: Days, after: RowPosition | None
    ) -> "_CandidateCells":
        """The cells after a position in which a member is active who can use the tool, in order."""
        first, last = span.first, span.last
        junie, others = self._programs.sending(block, query.gate)
        since = np.maximum(block.use_start(NAME), junie if tool == _JUNIE else others)
        using = (since <= last) & (block.left > first) & self._facts.ever(tool, block)
        if after and len(span) == 1 and first == after.day:
            using &= block.index <= after.index if query.descending else block.index >= after.index
        block, since = block.take(np.flatnonzero(using)), since[using]
        active = self._facts.active(block, span) & (since[:, None] <= span.ordinals)
        columns, rows = np.nonzero(active.T)
        if query.descending:
            columns, rows = columns[::-1], rows[::-1]
        if after:
            rest = _is_after(span.ordinals[columns], block.index[rows], after, descending=query.descending)
            columns, rows = columns[rest], rows[rest]
        return _CandidateCells(block, rows, span.ordinals[columns])

    def _rows(self, query: _RowQuery, tool: int, pieces: Iterator["_CandidateCells"], count: int) -> list[ToolRow]:
        """Up to `count` rows; cells are computed together, somewhat more than needed, until there are enough rows."""
        found: list[ToolRow] = []
        batch: list[_CandidateCells] = []
        room = _more_than(count)
        for piece in pieces:
            start = 0
            while start < len(piece.rows) and len(found) < count:
                batch.append(piece.part(slice(start, start + room)))
                start, room = start + room, room - len(batch[-1].rows)
                if not room:
                    found += self._rows_of(query, tool, batch)
                    batch, room = [], _more_than(count - len(found))
            if len(found) >= count:
                return found[:count]
        return [*found, *(self._rows_of(query, tool, batch) if batch else ())][:count]

    def _rows_of(self, query: _RowQuery, tool: int, batch: list["_CandidateCells"]) -> list[ToolRow]:
        """The rows of these cells."""
        parts, row, ordinals, before = [], [], np.concatenate([piece.ordinals for piece in batch]), 0
        for piece in batch:
            used, rows_in_part = piece.members()
            parts.append(used)
            row.append(rows_in_part + before)
            before += len(used)
        block, rows = concatenate(parts), np.concatenate(row)
        span = days(self._people.organization, int(ordinals.min()), int(ordinals.max()))
        facts = sources.reported(self._facts, self._programs, query.gate).facts(block, span)
        cells = np.full((len(block), len(span)), -1, dtype=np.int64)
        cells[facts.rows, facts.columns] = np.arange(len(facts.rows))
        sent = np.flatnonzero(cells[rows, ordinals - span.first] >= 0)
        rows, ordinals = rows[sent], ordinals[sent]
        measures = slice(tool * len(MEASURES), (tool + 1) * len(MEASURES))
        counts = facts.counters[measures, cells[rows, ordinals - span.first]]
        some = np.flatnonzero(counts[_ACTIVITY].any(axis=0))
        columns = ordinals[some].tolist(), block.index[rows[some]].tolist(), counts[:, some].T.tolist()
        return [
            ToolRow(RowPosition(tool, day, member), tuple(row_counts))
            for day, member, row_counts in zip(*columns, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _CandidateCells:
    """Members of a block, each with a day on which the member may have a row, in order."""

    block: Block
    rows: I64
    ordinals: I64

    def part(self, which: slice) -> "_CandidateCells":
        """Some of them."""
        return _CandidateCells(self.block, self.rows[which], self.ordinals[which])

    def members(self) -> tuple[Block, I64]:
        """The members of the cells, as a block, and the row of each cell's member in it."""
        used = np.zeros(len(self.block), dtype=np.bool_)
        used[self.rows] = True
        return self.block.take(np.flatnonzero(used)), (np.cumsum(used) - 1)[self.rows]


def _more_than(count: int) -> int:
    """How many cells to compute for some rows: not every cell makes a row."""
    return count * 3 // 2 + 32


def _cut(index: I64, number: int) -> I64:
    """The members of a slice."""
    return index[number * _CELLS_AT_ONCE : (number + 1) * _CELLS_AT_ONCE]


def _is_after(ordinals: I64, index: I64, position: RowPosition, *, descending: bool) -> Mask:
    """Which days and members come after a position."""
    order = ordinals * (1 << 20) + index
    border = position.day * (1 << 20) + position.index
    return order < border if descending else order > border

"""Answers what each person did in each tool of JetBrains AI on each day, row by row, from any row on, either way.

A page costs what its rows cost, wherever it lies and however many people there are. Words and cursors stay out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from mockserver.simulation.calendar import Days, days
from mockserver.simulation.clients import Programs, ReportingGate
from mockserver.simulation.hashing import I64
from mockserver.simulation.jetbrains import MEASURES, TOOLS, JetBrains
from mockserver.simulation.jetbrains_sources import Reported
from mockserver.simulation.organization import NEVER, Product, Tool
from mockserver.simulation.people import PRODUCTS, Block, People, joined
from mockserver.simulation.presence import Mask, Presence

_CELLS_AT_ONCE = 16 * 1024
"""Members times days that are looked at together; members in a slice."""

_SLICES_KEPT = 8
"""Slices of everybody that are kept, some 3 MB each: one day of the largest organisations."""

_PLACE = PRODUCTS.index(Product.JETBRAINS)
_JUNIE = TOOLS.index(Tool.JUNIE)

_TOLD = [MEASURES.index(name) for name in ("suggestions", "acceptances", "invocations")]
"""The measures of which one makes a row."""


@dataclass(frozen=True, slots=True, order=True)
class RowPosition:
    """Where a row stands: the tool's place in TOOLS, the day's ordinal, the member's index."""

    tool: int
    day: int
    index: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one member did with one tool on one day; `counts` in the order of MEASURES."""

    place: RowPosition
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _RowQuery:
    """What rows are asked for, of how many members; `fetch` gives those of a slice, by its place, who use it at all."""

    gates: ReportingGate
    members: int
    fetch: Callable[[int], Block]
    descending: bool

    def ordered(self, values: Sequence[int]) -> Sequence[int]:
        """Ascending values in the order asked for."""
        return values[::-1] if self.descending else values


class JetBrainsRows:
    """Rows by tool, day and member, ascending or descending."""

    def __init__(self, people: People, presence: Presence, jetbrains: JetBrains, clients: Programs) -> None:
        self._people = people
        self._presence = presence
        self._jetbrains = jetbrains
        self._clients = clients
        self._everybody = lru_cache(maxsize=_SLICES_KEPT)(self._slice)

    def rows(
        self,
        tools: Sequence[int],
        first: int,
        last: int,
        count: int,
        *,
        gates: ReportingGate,
        index: I64 | None = None,
        after: RowPosition | None = None,
        descending: bool = False,
    ) -> list[Row]:
        """Up to `count` rows with something in them, from `first` to `last`, both inclusive, strictly behind a place.

        `tools` are places in TOOLS; `index` restricts the members.
        """
        everybody = self._people.organization.people
        asked = (
            _RowQuery(gates, everybody, self._everybody, descending)
            if index is None
            else _RowQuery(gates, len(index), lambda place: self._users(_cut(index, place)), descending)
        )
        first = max(first, self._earliest, gates.released or 0)
        found: list[Row] = []
        for tool in asked.ordered(sorted(set(tools))):
            behind = after if after is not None and after.tool == tool else None
            if after is None or behind or (tool < after.tool) == descending:
                windows = self._windows(asked, first, last, behind)
                pieces = (self._active(asked, tool, *window, behind) for window in windows)
                found += self._told(asked, tool, pieces, count - len(found))
                if len(found) >= count:
                    break
        return found

    @cached_property
    def _earliest(self) -> int:
        """The first day on which anybody can have used JetBrains AI: that of its adoption, or one that is stated."""
        organization = self._people.organization
        adoption = organization.adoption.get(Product.JETBRAINS)
        stated = [fact.day for fact in organization.facts if fact.product is Product.JETBRAINS]
        stated += [day for person in organization.special for day in person.active_only or ()]
        stated += [day for person in organization.special if (day := person.licences.get(Product.JETBRAINS))]
        return min((*stated, adoption.starts if adoption else date.max)).toordinal()

    def _slice(self, place: int) -> Block:
        return self._users(_cut(np.arange(self._people.organization.people, dtype=np.int64), place))

    def _users(self, index: I64) -> Block:
        """Those of some members who ever use JetBrains AI."""
        block = self._people.members(index)
        return block.take(np.flatnonzero(block.started[_PLACE] < NEVER))

    def _windows(
        self, asked: _RowQuery, first: int, last: int, behind: RowPosition | None
    ) -> Iterator[tuple[Block, Days]]:
        """Members and days to look at together, in order: some days of all members, or some members on one day."""
        if behind:
            first, last = (first, min(last, behind.day)) if asked.descending else (max(first, behind.day), last)
        length = max(_CELLS_AT_ONCE // max(asked.members, 1), 1)
        starts = range(last, first - 1, -length) if asked.descending else range(first, last + 1, length)
        for start in starts:
            low, high = (max(start - length + 1, first), start) if asked.descending else (start, start + length - 1)
            span = days(self._people.organization, low, min(high, last))
            if self._presence.opens(span).any():
                for place in asked.ordered(range(-(-asked.members // _CELLS_AT_ONCE))):
                    yield asked.fetch(place), span

    def _active(self, asked: _RowQuery, tool: int, block: Block, span: Days, behind: RowPosition | None) -> "_Cells":
        """The cells behind a place in which somebody is active who may use the tool, in order."""
        first, last = span.first, span.last
        junie, others = self._clients.sending(block, asked.gates)
        since = np.maximum(block.started[_PLACE], junie if tool == _JUNIE else others)
        using = (since <= last) & (block.left > first) & self._jetbrains.ever(tool, block)
        if behind and len(span) == 1 and first == behind.day:
            using &= block.index <= behind.index if asked.descending else block.index >= behind.index
        block, since = block.take(np.flatnonzero(using)), since[using]
        active = self._jetbrains.active(block, span) & (since[:, None] <= span.ordinals)
        columns, rows = np.nonzero(active.T)
        if asked.descending:
            columns, rows = columns[::-1], rows[::-1]
        if behind:
            rest = _is_behind(span.ordinals[columns], block.index[rows], behind, descending=asked.descending)
            columns, rows = columns[rest], rows[rest]
        return _Cells(block, rows, span.ordinals[columns])

    def _told(self, asked: _RowQuery, tool: int, pieces: Iterator["_Cells"], count: int) -> list[Row]:
        """Up to `count` rows; cells are looked at together, some more than are wanted, until there are enough."""
        found: list[Row] = []
        batch: list[_Cells] = []
        room = _more_than(count)
        for piece in pieces:
            start = 0
            while start < len(piece.rows) and len(found) < count:
                batch.append(piece.part(slice(start, start + room)))
                start, room = start + room, room - len(batch[-1].rows)
                if not room:
                    found += self._looked_at(asked, tool, batch)
                    batch, room = [], _more_than(count - len(found))
            if len(found) >= count:
                return found[:count]
        return [*found, *(self._looked_at(asked, tool, batch) if batch else ())][:count]

    def _looked_at(self, asked: _RowQuery, tool: int, batch: list["_Cells"]) -> list[Row]:
        """The rows of these cells."""
        parts, row, ordinals, before = [], [], np.concatenate([piece.ordinals for piece in batch]), 0
        for piece in batch:
            used, place = piece.members()
            parts.append(used)
            row.append(place + before)
            before += len(used)
        block, rows = joined(parts), np.concatenate(row)
        span = days(self._people.organization, int(ordinals.min()), int(ordinals.max()))
        facts = Reported(self._jetbrains, self._clients, asked.gates).facts(block, span)
        cells = np.full((len(block), len(span)), -1, dtype=np.int64)
        cells[facts.rows, facts.columns] = np.arange(len(facts.rows))
        there = np.flatnonzero(cells[rows, ordinals - span.first] >= 0)
        rows, ordinals = rows[there], ordinals[there]
        measures = slice(tool * len(MEASURES), (tool + 1) * len(MEASURES))
        told = facts.counters[measures, cells[rows, ordinals - span.first]]
        some = np.flatnonzero(told[_TOLD].any(axis=0))
        places = zip(ordinals[some].tolist(), block.index[rows[some]].tolist(), told[:, some].T.tolist(), strict=True)
        return [Row(RowPosition(tool, day, member), tuple(counts)) for day, member, counts in places]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Members of a block, each on a day on which somebody may have done what is asked for, in order."""

    block: Block
    rows: I64
    ordinals: I64

    def part(self, which: slice) -> "_Cells":
        """Some of them."""
        return _Cells(self.block, self.rows[which], self.ordinals[which])

    def members(self) -> tuple[Block, I64]:
        """The members among them, and where in it each cell's member is."""
        used = np.zeros(len(self.block), dtype=np.bool_)
        used[self.rows] = True
        return self.block.take(np.flatnonzero(used)), (np.cumsum(used) - 1)[self.rows]


def _more_than(count: int) -> int:
    """How many cells to look at for some rows: not each is one."""
    return count * 3 // 2 + 32


def _cut(index: I64, place: int) -> I64:
    """The members of a slice."""
    return index[place * _CELLS_AT_ONCE : (place + 1) * _CELLS_AT_ONCE]


def _is_behind(ordinals: I64, index: I64, place: RowPosition, *, descending: bool) -> Mask:
    """Which days and members come after a place."""
    order = ordinals * (1 << 20) + index
    border = place.day * (1 << 20) + place.index
    return order < border if descending else order > border

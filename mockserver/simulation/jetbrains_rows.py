"""Answers what each person did in each tool of JetBrains AI on each day, row by row, from any row on, either way.

A page costs what its rows cost, wherever it lies and however many people there are. Words and cursors stay out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mockserver.simulation.calendar import Days, days
from mockserver.simulation.chance import I64
from mockserver.simulation.clients import Clients, Gates
from mockserver.simulation.jetbrains import MEASURES, JetBrains
from mockserver.simulation.jetbrains_sources import Reported
from mockserver.simulation.organization import NEVER, Product
from mockserver.simulation.people import PRODUCTS, Block, People
from mockserver.simulation.presence import Mask, Presence

_CELLS_AT_ONCE = 16 * 1024
"""Members times days that are looked at together; members in a slice."""

_SLICES_KEPT = 8
"""Slices of everybody that are kept, some 3 MB each: one day of the largest organisations."""

_PLACE = PRODUCTS.index(Product.JETBRAINS)

_TOLD = [MEASURES.index(name) for name in ("suggestions", "acceptances", "invocations")]
"""The measures of which one makes a row."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands: the tool's place in TOOLS, the day's ordinal, the member's index."""

    tool: int
    day: int
    index: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one member did with one tool on one day; `counts` in the order of MEASURES."""

    place: Place
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What rows are asked for, of how many members; `fetch` gives those of a slice, by its place, who use it at all."""

    gates: Gates
    members: int
    fetch: Callable[[int], Block]
    descending: bool

    def ordered(self, values: Sequence[int]) -> Sequence[int]:
        """Ascending values in the order asked for."""
        return values[::-1] if self.descending else values


class JetBrainsRows:
    """Rows by tool, day and member, ascending or descending."""

    def __init__(self, people: People, presence: Presence, jetbrains: JetBrains, clients: Clients) -> None:
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
        gates: Gates,
        index: I64 | None = None,
        after: Place | None = None,
        descending: bool = False,
    ) -> list[Row]:
        """Up to `count` rows with something in them, from `first` to `last`, both inclusive, strictly behind a place.

        `tools` are places in TOOLS; `index` restricts the members.
        """
        everybody = self._people.organization.people
        asked = (
            _Asked(gates, everybody, self._everybody, descending)
            if index is None
            else _Asked(gates, len(index), lambda place: self._users(_cut(index, place)), descending)
        )
        first = max(first, self._people.organization.first_day.toordinal())
        found: list[Row] = []
        for tool in asked.ordered(sorted(set(tools))):
            behind = after if after is not None and after.tool == tool else None
            if after is None or behind or (tool < after.tool) == descending:
                for block, span in self._windows(asked, first, last, behind):
                    found += self._within(asked, tool, block, span, behind, count - len(found))
                    if len(found) >= count:
                        return found
        return found

    def _slice(self, place: int) -> Block:
        return self._users(_cut(np.arange(self._people.organization.people, dtype=np.int64), place))

    def _users(self, index: I64) -> Block:
        """Those of some members who ever use JetBrains AI."""
        block = self._people.members(index)
        return block.take(np.flatnonzero(block.started[_PLACE] < NEVER))

    def _windows(self, asked: _Asked, first: int, last: int, behind: Place | None) -> Iterator[tuple[Block, Days]]:
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

    def _within(
        self, asked: _Asked, tool: int, block: Block, span: Days, behind: Place | None, count: int
    ) -> list[Row]:
        """Up to `count` rows of a tool among some members on some days."""
        first, last = span.first, span.last
        using = (block.started[_PLACE] <= last) & (block.left > first) & self._jetbrains.ever(tool, block)
        if behind and len(span) == 1 and first == behind.day:
            using &= block.index <= behind.index if asked.descending else block.index >= behind.index
        block = block.take(np.flatnonzero(using))
        columns, rows = np.nonzero(self._jetbrains.active(block, span).T)
        if asked.descending:
            columns, rows = columns[::-1], rows[::-1]
        if behind:
            rest = _is_behind(span.ordinals[columns], block.index[rows], behind, descending=asked.descending)
            columns, rows = columns[rest], rows[rest]
        return self._filled(asked, tool, _Cells(block, span, rows, columns), count)

    def _filled(self, asked: _Asked, tool: int, cells: "_Cells", count: int) -> list[Row]:
        """The first rows of cells in which somebody is active: of some more than are wanted, until there are enough."""
        found: list[Row] = []
        start = 0
        while start < len(cells.rows) and len(found) < count:
            more = (count - len(found)) * 3 // 2 + 32
            found += self._looked_at(asked, tool, cells.part(start, more))
            start += more
        return found[:count]

    def _looked_at(self, asked: _Asked, tool: int, cells: "_Cells") -> list[Row]:
        """The rows of these cells."""
        used = np.zeros(len(cells.block), dtype=np.bool_)
        used[cells.rows] = True
        rows, row = np.flatnonzero(used), (np.cumsum(used) - 1)[cells.rows]
        low, high = int(cells.columns.min()), int(cells.columns.max())
        span = days(self._people.organization, cells.span.first + low, cells.span.first + high)
        block = cells.block.take(rows)
        facts = Reported(self._jetbrains, self._clients, asked.gates).facts(block, span)
        place = np.full((len(rows), len(span)), -1, dtype=np.int64)
        place[facts.rows, facts.columns] = np.arange(len(facts.rows))
        cell = place[row, cells.columns - low]
        counts = facts.counters[tool * len(MEASURES) : (tool + 1) * len(MEASURES), cell[cell >= 0]]
        row, column = row[cell >= 0], (cells.columns - low)[cell >= 0]
        some = np.flatnonzero(counts[_TOLD].any(axis=0))
        days_, index = span.ordinals[column[some]].tolist(), block.index[row[some]].tolist()
        return [
            Row(Place(tool, day, member), tuple(measures))
            for day, member, measures in zip(days_, index, counts[:, some].T.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells in which somebody is active, in the order in which they are asked for."""

    block: Block
    span: Days
    rows: I64
    columns: I64

    def part(self, start: int, count: int) -> "_Cells":
        """Some of them, from a place on."""
        return _Cells(self.block, self.span, self.rows[start : start + count], self.columns[start : start + count])


def _cut(index: I64, place: int) -> I64:
    """The members of a slice."""
    return index[place * _CELLS_AT_ONCE : (place + 1) * _CELLS_AT_ONCE]


def _is_behind(ordinals: I64, index: I64, place: Place, *, descending: bool) -> Mask:
    """Which days and members come after a place."""
    order = ordinals * (1 << 20) + index
    border = place.day * (1 << 20) + place.index
    return order < border if descending else order > border

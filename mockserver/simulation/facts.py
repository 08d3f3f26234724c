"""A product's facts: members by days, with the counters of each cell in which anything happened.

Which counters there are, and how they are drawn, is the product's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.scripts import Scripts


@dataclass(frozen=True)
class Facts:
    """Members by days: who is active, and the counters of each active cell.

    `rows` and `columns` are the positions of the cells, row by row; `counters` has one column per cell.
    """

    active: Mask
    rows: I64
    columns: I64
    counters: I64

    @cached_property
    def by_member(self) -> I64:
        """The sums of the counters over the days: one column per member."""
        return sums_by_position(self.counters, self.rows, self.active.shape[0])

    @cached_property
    def by_day(self) -> I64:
        """The sums of the counters over the members: one column per day."""
        order = np.argsort(self.columns.astype(np.int16), kind="stable")
        return sums_by_position(self.counters.take(order, axis=1), self.columns[order], self.active.shape[1])

    def counted(self, counters: Sequence[int]) -> Mask:
        """A mask of members by days: where any of the counters at some indexes is above zero."""
        members, days = self.active.shape
        mask = np.zeros(days * members, dtype=np.bool_)
        mask[self._by_day_positions] = np.logical_or.reduce(self._positive[list(counters)])
        return mask.reshape(days, members).T

    @cached_property
    def _by_day_positions(self) -> I64:
        """The positions of the cells among days by members, the order in which roll-ups pack bits."""
        positions: I64 = self.columns * self.active.shape[0] + self.rows
        return positions

    @cached_property
    def _positive(self) -> Mask:
        return self.counters > 0

    def only(self, kept: Mask) -> "Facts":
        """The same facts without the cells outside a mask of members by days."""
        cells = kept[self.rows, self.columns]
        return Facts(self.active & kept, self.rows[cells], self.columns[cells], self.counters[:, cells])


class Source(Protocol):
    """A product's facts, as a pure function of a block of members and a run of days."""

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""


Count = Callable[[Block, I64, I64, I64], I64]
"""Counters of active cells: from a block, the cells' rows in it, their days (ordinals) and how busy each one is."""


def gather(
    product: str,
    counters: tuple[str, ...],
    presence: Presence,
    scripts: Scripts,
    block: Block,
    span: Days,
    count: Count,
) -> Facts:
    """A product's facts: generated where somebody is active, replaced where the organization file scripts them."""
    workload = presence.workload(block, span)
    active = presence.active(product, block, span, workload)
    scripted = list(scripts.within(product, block, span))
    for script in scripted:
        active[script.row, script.column] = bool(script.facts)
    rows, columns = np.nonzero(active)
    counted = count(block, rows, span.ordinals[columns], workload.busy[rows, columns].astype(np.int64))
    for script in scripted:
        counted[:, (rows == script.row) & (columns == script.column)] = script.total(counters)[:, None]
    return Facts(active, rows, columns, counted)


def sums_by_position(counters: I64, positions: I64, size: int) -> I64:
    """Sums of the columns that have the same position; positions ascend."""
    totals = np.zeros((len(counters), size), dtype=np.int64)
    starts = np.flatnonzero(np.diff(positions, prepend=-1))
    if len(starts):
        totals[:, positions[starts]] = np.add.reduceat(counters, starts, axis=1)
    return totals

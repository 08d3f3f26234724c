"""Scripted facts: the rows of an organization file, found by product, members and days.

What is generated where nothing is scripted is computed by the products.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Organization, ScriptedFact
from mockserver.simulation.people import Block


@dataclass(frozen=True, slots=True)
class ScriptedDay:
    """The facts of one member on one day, at a row of a block and a column of its days; empty: no activity."""

    row: int
    column: int
    facts: tuple[ScriptedFact, ...]

    def total(self, counters: tuple[str, ...]) -> I64:
        """The sum over the facts, in the order of `counters`."""
        return np.array([sum(fact.counters.get(name, 0) for fact in self.facts) for name in counters], dtype=np.int64)


class Scripts:
    """The scripted facts of an organization, by product, member and day."""

    def __init__(self, organization: Organization) -> None:
        self._scripted: dict[str, dict[int, dict[int, tuple[ScriptedFact, ...]]]] = {}
        for fact in organization.facts:
            days = self._scripted.setdefault(fact.product, {}).setdefault(fact.member, {})
            before = days.setdefault(fact.day.toordinal(), ())
            if fact.counters:
                days[fact.day.toordinal()] = (*before, fact)

    def members(self, product: str) -> I64:
        """The indexes of the members who have any scripted fact."""
        return np.fromiter(self._scripted.get(product, ()), dtype=np.int64)

    def within(self, product: str, block: Block, span: Days) -> Iterator[ScriptedDay]:
        """The scripts of the block's members on the span's days."""
        members = self._scripted.get(product)
        if not members:
            return
        for row in np.flatnonzero(np.isin(block.index, self.members(product))).tolist():
            days = members[int(block.index[row])]
            for column, day in enumerate(span.ordinals.tolist()):
                if day in days:
                    yield ScriptedDay(row, column, days[day])

"""Answers which facts an organisation file states row by row, for a block of members and a run of days.

What is generated where nothing is stated stays out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Organization, Product, ScriptedFact
from mockserver.simulation.people import Block


@dataclass(frozen=True, slots=True)
class Script:
    """Stated facts of one member on one day, at a row of a block and a column of its days; empty: no activity."""

    row: int
    column: int
    facts: tuple[ScriptedFact, ...]

    def total(self, counters: tuple[str, ...]) -> I64:
        """The sum over the facts, in the order of `counters`."""
        return np.array([sum(fact.counters.get(name, 0) for fact in self.facts) for name in counters], dtype=np.int64)


class Scripts:
    """The stated facts of an organisation, findable by product, members and days."""

    def __init__(self, organization: Organization) -> None:
        self._stated: dict[Product, dict[int, dict[int, tuple[ScriptedFact, ...]]]] = {}
        for fact in organization.facts:
            days = self._stated.setdefault(fact.product, {}).setdefault(fact.member, {})
            stated = days.setdefault(fact.day.toordinal(), ())
            if fact.counters:
                days[fact.day.toordinal()] = (*stated, fact)

    def members(self, product: Product) -> I64:
        """The indexes of the members of whom anything is stated."""
        return np.fromiter(self._stated.get(product, ()), dtype=np.int64)

    def within(self, product: Product, block: Block, span: Days) -> Iterator[Script]:
        """The stated facts that fall on the block's members and the span's days."""
        members = self._stated.get(product)
        if not members:
            return
        for row in np.flatnonzero(np.isin(block.index, self.members(product))).tolist():
            days = members[int(block.index[row])]
            for column, day in enumerate(span.ordinals.tolist()):
                if day in days:
                    yield Script(row, column, days[day])

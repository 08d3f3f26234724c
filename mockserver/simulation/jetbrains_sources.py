"""Answers what of JetBrains AI's facts a question needs, and no more: who was active, what was spent, what was sent.

How the facts come about stays out (`jetbrains`), and so do sums over everybody (`rollups`).
"""

from collections.abc import Collection

import numpy as np

from mockserver.simulation.calendar import Days
from mockserver.simulation.clients import Programs, ReportingGate
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.jetbrains import CREDITS, MEASURES, TOOLS, JetBrains
from mockserver.simulation.organization import Product, Tool
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask

SPENT = ("credits", "built_in", "top_up", "hits")
"""The counters of spending: hundredths altogether, out of quotas, out of top-ups; and 1 on the day of a limit hit."""

_JUNIE = TOOLS.index(Tool.JUNIE)


class Activity:
    """Who made any request; nothing is counted."""

    def __init__(self, jetbrains: JetBrains) -> None:
        self._jetbrains = jetbrains

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active."""
        there = block.rows_using(Product.JETBRAINS, span.first, span.last)
        rows, columns = np.nonzero(self._jetbrains.active(block.take(there), span))
        return _facts(block, span, there[rows], columns, np.zeros((0, len(rows)), dtype=np.int64))


class Spends:
    """What was spent, in the order of SPENT; whoever spent something is active."""

    def __init__(self, jetbrains: JetBrains) -> None:
        self._jetbrains = jetbrains

    def facts(self, block: Block, span: Days) -> Facts:
        """Who spent, and what."""
        there = block.rows_using(Product.JETBRAINS, span.first, span.last)
        ledger = self._jetbrains.spending(block.take(there), span)
        spent = ledger.spent
        rows, columns = np.nonzero(spent)
        cells = (spent, ledger.built_in, ledger.top_up, ledger.hit)
        counters = np.stack([each[rows, columns] for each in cells]).astype(np.int64)
        return _facts(block, span, there[rows], columns, counters)


class Chosen:
    """What those did whom a mask of all members chooses; with `ides`, on the days on which they worked in one."""

    def __init__(self, source: Source, clients: Programs, mask: Mask, ides: Collection[int] | None) -> None:
        self._source = source
        self._clients = clients
        self._mask = mask
        self._ides = ides

    def facts(self, block: Block, span: Days) -> Facts:
        """Who of them is active, and every counter of the source."""
        there = np.flatnonzero(self._mask[block.index])
        chosen = block.take(there)
        facts = self._source.facts(chosen, span)
        if self._ides is not None:
            facts = facts.only(np.isin(self._clients.ide_on(chosen, span.ordinals), list(self._ides)))
        return _facts(block, span, there[facts.rows], facts.columns, facts.counters)


class Reported:
    """What the clients above the gates sent: the measures of every tool, a row a measure, tool by tool."""

    def __init__(self, jetbrains: JetBrains, clients: Programs, gates: ReportingGate) -> None:
        self._jetbrains = jetbrains
        self._clients = clients
        self._gates = gates

    def facts(self, block: Block, span: Days) -> Facts:
        """Who sent anything, and every measure."""
        there = block.rows_using(Product.JETBRAINS, span.first, span.last)
        block_there = block.take(there)
        facts = self._jetbrains.facts(block_there, span)
        junie, others = self._clients.sending(block_there, self._gates)
        ordinals = span.ordinals[facts.columns]
        counters = facts.counters[: CREDITS.start]
        for tool in range(len(TOOLS)):
            since = junie if tool == _JUNIE else others
            counters[tool * len(MEASURES) : (tool + 1) * len(MEASURES)] *= since[facts.rows] <= ordinals
        cells = np.flatnonzero(counters.any(axis=0))
        return _facts(block, span, there[facts.rows[cells]], facts.columns[cells], counters[:, cells])


def _facts(block: Block, span: Days, rows: I64, columns: I64, counters: I64) -> Facts:
    """Facts of a whole block, of which these are the cells in which anything happened."""
    active = np.zeros((len(block), len(span)), dtype=np.bool_)
    active[rows, columns] = True
    return Facts(active, rows, columns, counters)

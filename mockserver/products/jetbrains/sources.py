"""Sources of JetBrains AI's facts, each with just the counters of one purpose: activity, spending, what was sent."""

from collections.abc import Collection

import numpy as np

from mockserver.products.jetbrains.facts import CREDITS, MEASURES, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.options import NAME, Tool
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask

SPENT = ("credits", "built_in", "top_up", "hits")
"""The counters of spending: hundredths in total, out of quotas, out of top-ups; and 1 on the day of a limit hit."""

_JUNIE = TOOLS.index(Tool.JUNIE)


class Activity:
    """Who made any request, without counters."""

    def __init__(self, facts: JetBrainsFacts) -> None:
        self._facts = facts

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active."""
        users = block.rows_using(NAME, span.first, span.last)
        rows, columns = np.nonzero(self._facts.active(block.take(users), span))
        return _facts(block, span, users[rows], columns, np.zeros((0, len(rows)), dtype=np.int64))


class Spends:
    """What was spent, in the order of SPENT; members who spent something are active."""

    def __init__(self, facts: JetBrainsFacts) -> None:
        self._facts = facts

    def facts(self, block: Block, span: Days) -> Facts:
        """Who spent, and what."""
        users = block.rows_using(NAME, span.first, span.last)
        ledger = self._facts.spending(block.take(users), span)
        spent = ledger.spent
        rows, columns = np.nonzero(spent)
        cells = (spent, ledger.built_in, ledger.top_up, ledger.hit)
        counters = np.stack([each[rows, columns] for each in cells]).astype(np.int64)
        return _facts(block, span, users[rows], columns, counters)


class ChosenMembers:
    """The facts of the members of a mask; with `ides`, of the days on which they worked in one of them."""

    def __init__(self, source: Source, programs: Programs, mask: Mask, ides: Collection[int] | None) -> None:
        self._source = source
        self._programs = programs
        self._mask = mask
        self._ides = ides

    def facts(self, block: Block, span: Days) -> Facts:
        """Who of them is active, and every counter of the source."""
        rows = np.flatnonzero(self._mask[block.index])
        chosen = block.take(rows)
        facts = self._source.facts(chosen, span)
        if self._ides is not None:
            facts = facts.only(np.isin(self._programs.ide_on(chosen, span.ordinals), list(self._ides)))
        return _facts(block, span, rows[facts.rows], facts.columns, facts.counters)


class Reported:
    """What programs that pass a gate sent: the measures of every tool, a row per measure, tool by tool."""

    def __init__(self, facts: JetBrainsFacts, programs: Programs, gate: ReportingGate) -> None:
        self._facts = facts
        self._programs = programs
        self._gate = gate

    def facts(self, block: Block, span: Days) -> Facts:
        """Who sent anything, and every measure."""
        users = block.rows_using(NAME, span.first, span.last)
        users_block = block.take(users)
        facts = self._facts.facts(users_block, span)
        junie, others = self._programs.sending(users_block, self._gate)
        ordinals = span.ordinals[facts.columns]
        counters = facts.counters[: CREDITS.start]
        for tool in range(len(TOOLS)):
            since = junie if tool == _JUNIE else others
            counters[tool * len(MEASURES) : (tool + 1) * len(MEASURES)] *= since[facts.rows] <= ordinals
        cells = np.flatnonzero(counters.any(axis=0))
        return _facts(block, span, users[facts.rows[cells]], facts.columns[cells], counters[:, cells])


def _facts(block: Block, span: Days, rows: I64, columns: I64, counters: I64) -> Facts:
    """The facts of a whole block, in which these are the active cells."""
    active = np.zeros((len(block), len(span)), dtype=np.bool_)
    active[rows, columns] = True
    return Facts(active, rows, columns, counters)

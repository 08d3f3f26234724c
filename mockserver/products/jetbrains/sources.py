"""Sources of JetBrains AI's facts, each with just the counters of one purpose: activity, spending, what was sent."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from mockserver.products.jetbrains.credits import QuotaPeriod
from mockserver.products.jetbrains.facts import CREDITS, MEASURES, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.options import NAME, Tool
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.simulation.calendar import Days
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask

SPENT = ("credits", "built_in", "top_up", "hits", "pool")
"""The counters of spending: hundredths in total, out of quotas, out of top-ups; 1 on the day of a limit hit; and what
of the top-ups service accounts spent."""


def _users(block: Block, span: Days) -> I64:
    """The rows of the members who can have used JetBrains AI."""
    return block.rows_using(NAME, span.first, span.last)


@dataclass(frozen=True, slots=True)
class SomeMembers:
    """The facts of some members of a block; the others have none.

    `cells` gives the rows, the columns and the counters of the active cells among the members at the chosen `rows`.
    """

    cells: Callable[[Block, Days], tuple[I64, I64, I64]]
    rows: Callable[[Block, Days], I64] = _users

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active in the whole block, and every counter."""
        chosen = self.rows(block, span)
        rows, columns, counters = self.cells(block.take(chosen), span)
        active = np.zeros((len(block), len(span)), dtype=np.bool_)
        active[chosen[rows], columns] = True
        return Facts(active, chosen[rows], columns, counters)


def activity(facts: JetBrainsFacts) -> Source:
    """Who made any request, without counters."""

    def cells(block: Block, span: Days) -> tuple[I64, I64, I64]:
        rows, columns = np.nonzero(facts.active(block, span))
        return rows, columns, np.zeros((0, len(rows)), dtype=np.int64)

    return SomeMembers(cells)


def spending(facts: JetBrainsFacts, period: QuotaPeriod) -> Source:
    """What people and service accounts spent, in the order of SPENT; members who spent something are active."""

    def cells(block: Block, span: Days) -> tuple[I64, I64, I64]:
        ledger = facts.spending(block, span, period, service_accounts=True)
        spent = ledger.spent
        rows, columns = np.nonzero(spent)
        counters = [each[rows, columns] for each in (spent, ledger.built_in, ledger.top_up, ledger.hit)]
        return rows, columns, np.stack([*counters, counters[0] * block.service[rows]]).astype(np.int64)

    return SomeMembers(cells, _spenders)


def _spenders(block: Block, span: Days) -> I64:
    """The rows of the members who can have spent credits: users, and service accounts."""
    return np.union1d(_users(block, span), np.flatnonzero(block.service))


def reported(facts: JetBrainsFacts, programs: Programs, gate: ReportingGate) -> Source:
    """What programs that pass a gate sent: the measures of every tool, a row per measure, tool by tool."""

    def cells(block: Block, span: Days) -> tuple[I64, I64, I64]:
        done = facts.facts(block, span)
        ordinals = span.ordinals[done.columns]
        junie, others = (np.flatnonzero(since[done.rows] > ordinals) for since in programs.sending(block, gate))
        counters = done.counters[: CREDITS.start]
        by_tool = counters.reshape(len(TOOLS), len(MEASURES), -1)
        for index, tool in enumerate(TOOLS):
            by_tool[index, :, junie if tool == Tool.JUNIE else others] = 0
        by_tool[TOOLS.index(Tool.CODEX), :, ordinals < gate.codex] = 0
        sent = np.flatnonzero(counters.any(axis=0))
        return done.rows[sent], done.columns[sent], counters.take(sent, axis=1)

    return SomeMembers(cells)


def of_members(source: Source, programs: Programs, mask: Mask, ides: Collection[int] | None) -> Source:
    """The facts of the members of a mask; with `ides`, of the days on which they worked in one of them."""

    def cells(block: Block, span: Days) -> tuple[I64, I64, I64]:
        facts = source.facts(block, span)
        if ides is not None:
            facts = facts.only(np.isin(programs.ide_on(block, span.ordinals), list(ides)))
        return facts.rows, facts.columns, facts.counters

    return SomeMembers(cells, lambda block, _: np.flatnonzero(mask[block.index]))

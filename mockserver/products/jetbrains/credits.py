"""Spending of credits: quota first, then top-up, licence by licence. Limit hits follow from it.

How many credits people need, and for which tools, is computed by `facts`. Credits are whole hundredths.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask

_QUOTAS = np.array([1_000, 3_500], dtype=np.int64)
_QUOTA_WEIGHTS = np.array([80, 20], dtype=np.int64)
_TOP_UPS = np.array([0, 500, 1_000, 2_000], dtype=np.int64)
_TOP_UP_WEIGHTS = np.array([70, 15, 10, 5], dtype=np.int64)
_SECOND_PERCENT, _SECOND_QUOTA = 3, 1_000
_RAISED_PERCENT, _RAISE, _RAISED_FROM, _RAISED_DAYS = 6, 500, 9, 16
"""The percentage of people whose top-up is raised in a month, by how much, and on which days (the first is 0)."""


@dataclass(frozen=True, slots=True)
class CreditLedger:
    """Members by days: hundredths spent out of built-in quotas and out of top-ups, and who hit a limit that day."""

    built_in: I64
    top_up: I64
    hit: Mask

    @property
    def spent(self) -> I64:
        """Everything that was spent."""
        return self.built_in + self.top_up


class Credits:
    """The licences' credits: a pure function of a block of members and a run of days."""

    def __init__(self, people: People) -> None:
        self._licences = people.key("jetbrains licences")
        self._raised = people.key("jetbrains raises")
        self._allotments = {
            index: options.credits
            for index, options in JetBrainsPerson.all_of(people.organization)
            if options.credits is not None
        }

    def spend(self, block: Block, span: Days, demand: I64) -> CreditLedger:
        """What is spent of a demand (members by days); the span begins with a month.

        Each licence is spent before the next, its quota before its top-up; a raise counts from its day to the end of
        its month. The limit of a licence is hit on the first day of a month on which nothing of it is left; the ledger
        marks the days on which a member hits the limit of any licence.
        """
        ledger = CreditLedger(np.zeros_like(demand), np.zeros_like(demand), np.zeros(demand.shape, dtype=np.bool_))
        left, months = demand.copy(), np.flatnonzero(np.diff(span.month, prepend=-1)).tolist()
        for rows, quota, top_up in self._in_order(block, span):
            for start, end in pairwise([*months, len(span)]):
                month = slice(start, end)
                left[rows, month] -= _spend_month(ledger, rows, month, quota, top_up[:, month], left[rows, month])
        return ledger

    def _in_order(self, block: Block, span: Days) -> Iterator[tuple[I64, I64, I64]]:
        """Licences of different members, each member's in the order of spending.

        They are the rows of the members in the block, the monthly quotas in a column, and the top-ups that are
        available by each day, members by days.
        """
        special = np.isin(block.index, list(self._allotments))
        others = np.flatnonzero(~special)
        bits = hashing.mix(self._licences, block.index[others])
        quota = _QUOTAS[hashing.weighted(hashing.field(bits, 0), _QUOTA_WEIGHTS)]
        top_up = _TOP_UPS[hashing.weighted(hashing.field(bits, 1), _TOP_UP_WEIGHTS)]
        yield others, quota[:, None], top_up[:, None] + self._raises(block.index[others], span)
        seconds = others[hashing.percent(hashing.field(bits, 2), _SECOND_PERCENT)]
        yield seconds, np.full((len(seconds), 1), _SECOND_QUOTA), np.zeros((len(seconds), len(span)), dtype=np.int64)
        for row in np.flatnonzero(special).tolist():
            for allotment in self._allotments[int(block.index[row])]:
                yield np.array([row]), np.array([[allotment.quota]]), _top_up(allotment, span)

    def _raises(self, index: I64, span: Days) -> I64:
        """Top-up that is added in the course of a month, members by days."""
        months, month = np.arange(span.month[0], span.month[-1] + 1), span.month - span.month[0]
        bits = hashing.mix(hashing.mix(self._raised, index)[:, None], months[None, :])
        comes = hashing.percent(hashing.field(bits, 0), _RAISED_PERCENT)
        day = np.where(comes, _RAISED_FROM + (hashing.field(bits, 1) * _RAISED_DAYS >> 16), 99)
        starts = span.ordinals[np.flatnonzero(np.diff(span.month, prepend=-1))]
        raised: I64 = (span.ordinals - starts[month] >= day[:, month]) * np.int64(_RAISE)
        return raised


def _top_up(allotment: Allotment, span: Days) -> I64:
    """The top-up of one licence that is available by each day, in a row."""
    top_up = np.full((1, len(span)), allotment.top_up, dtype=np.int64)
    for raised in allotment.raises:
        day = raised.day.toordinal()
        if span.first <= day <= span.last:
            month = span.month == span.month[day - span.first]
            top_up += (month & (span.ordinals >= day)) * raised.top_up
    return top_up


def _spend_month(ledger: CreditLedger, rows: I64, month: slice, quota: I64, top_up: I64, demand: I64) -> I64:
    """Spend one month of licences: enter it into the ledger, and return what was spent each day."""
    available = quota + top_up
    total = np.cumsum(demand, axis=1)
    # A day spends no more than is available by then; what an earlier day could not spend stays unspent.
    total += np.minimum(np.minimum.accumulate(available - total, axis=1), 0)
    built_in = np.diff(np.minimum(total, quota), axis=1, prepend=0)
    spent: I64 = np.diff(total, axis=1, prepend=0)
    ledger.built_in[rows, month] += built_in
    ledger.top_up[rows, month] += spent - built_in
    used_up = (total == available) & (available > 0)
    ledger.hit[rows, month] |= used_up & (np.cumsum(used_up, axis=1) == 1)
    return spent

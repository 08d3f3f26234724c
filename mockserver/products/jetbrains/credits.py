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
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask

_Rows = I64 | slice

_QUOTAS = np.array([1_000, 3_500], dtype=np.int64)
_QUOTA_WEIGHTS = np.array([80, 20], dtype=np.int64)
_TOP_UPS = np.array([0, 500, 1_000, 2_000], dtype=np.int64)
_TOP_UP_WEIGHTS = np.array([70, 15, 10, 5], dtype=np.int64)
_SECOND_PERCENT, _SECOND_QUOTA = 3, 1_000
_RAISED_PERCENT, _RAISE, _RAISED_FROM, _RAISED_DAYS = 6, 500, 9, 16
"""How many people get more in a month, how much, from which day on (the first is 0), and within how many days."""


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


@dataclass(frozen=True, slots=True)
class _Licences:
    """One licence of each member: the monthly quota, and the top-up available by each day (members by days)."""

    quota: I64
    top_up: I64


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

        Each licence is spent before the next, its quota before its top-up; a raise helps from its day to the end of its
        month. A licence's limit is hit on the first day of a month by whose end nothing of it is left; the ledger marks
        the days on which that happens to any of a member's licences.
        """
        ledger = CreditLedger(np.zeros_like(demand), np.zeros_like(demand), np.zeros(demand.shape, dtype=np.bool_))
        left, months = demand.copy(), np.flatnonzero(np.diff(span.month, prepend=-1)).tolist()
        for rows, licence in self._in_order(block, span):
            for start, end in pairwise([*months, len(span)]):
                month = slice(start, end)
                left[rows, month] -= _month(ledger, rows, month, licence, left[rows, month])
        return ledger

    def _in_order(self, block: Block, span: Days) -> Iterator[tuple[_Rows, _Licences]]:
        """The first licences, then the second ones and so on, each with the rows of the members who have one."""
        bits = hashing.mix(self._licences, block.index)
        special = {row: self._allotments[int(block.index[row])] for row in self._special_rows(block)}
        first = self._firsts(bits, block, span)
        for row, licences in special.items():
            _put(first, row, licences[:1], span)
        yield slice(None), first
        seconds = hashing.percent(hashing.field(bits, 2), _SECOND_PERCENT)
        seconds[list(special)] = False
        rows = np.flatnonzero(seconds)
        if len(rows):
            yield rows, _Licences(np.full(len(rows), _SECOND_QUOTA), np.zeros((len(rows), len(span)), dtype=np.int64))
        for row, licences in special.items():
            for allotment in licences[1:]:
                further = _Licences(np.zeros(1, dtype=np.int64), np.zeros((1, len(span)), dtype=np.int64))
                _put(further, 0, (allotment,), span)
                yield np.array([row]), further

    def _special_rows(self, block: Block) -> list[int]:
        """The rows of the members whose licences the file states."""
        rows: list[int] = np.flatnonzero(np.isin(block.index, list(self._allotments))).tolist()
        return rows

    def _firsts(self, bits: U64, block: Block, span: Days) -> _Licences:
        """The first licence of each member, as it is generated."""
        quota = _QUOTAS[hashing.weighted(hashing.field(bits, 0), _QUOTA_WEIGHTS)]
        top_up = _TOP_UPS[hashing.weighted(hashing.field(bits, 1), _TOP_UP_WEIGHTS)]
        return _Licences(quota, top_up[:, None] + self._raises(block, span))

    def _raises(self, block: Block, span: Days) -> I64:
        """Top-up that comes in the course of a month, members by days."""
        months, month = np.arange(span.month[0], span.month[-1] + 1), span.month - span.month[0]
        bits = hashing.mix(hashing.mix(self._raised, block.index)[:, None], months[None, :])
        comes = hashing.percent(hashing.field(bits, 0), _RAISED_PERCENT)
        day = np.where(comes, _RAISED_FROM + (hashing.field(bits, 1) * _RAISED_DAYS >> 16), 99)
        starts = np.concatenate([span.ordinals[:1], span.ordinals[np.flatnonzero(np.diff(span.month)) + 1]])
        raised: I64 = (span.ordinals - starts[month] >= day[:, month]) * np.int64(_RAISE)
        return raised


def _put(licence: _Licences, row: int, allotments: tuple[Allotment, ...], span: Days) -> None:
    """Put the licence of one member into a row; without an allotment it has no credits."""
    licence.quota[row] = sum(each.quota for each in allotments)
    licence.top_up[row] = sum(each.top_up for each in allotments)
    for raised in (more for each in allotments for more in each.raises):
        day = raised.day.toordinal()
        if span.first <= day <= span.last:
            month = span.month == span.month[day - span.first]
            licence.top_up[row] += (month & (span.ordinals >= day)) * raised.top_up


def _month(ledger: CreditLedger, rows: _Rows, month: slice, licence: _Licences, demand: I64) -> I64:
    """Spend one month of one licence: enter it into the ledger, and return what was spent each day."""
    available = licence.quota[:, None] + licence.top_up[:, month]
    total = np.cumsum(demand, axis=1)
    # A day spends no more than is available by then; what an earlier day could not spend stays unspent.
    total += np.minimum(np.minimum.accumulate(available - total, axis=1), 0)
    built_in = _daily(np.minimum(total, licence.quota[:, None]))
    spent = _daily(total)
    ledger.built_in[rows, month] += built_in
    ledger.top_up[rows, month] += spent - built_in
    used_up = (total == available) & (available > 0)
    some = np.flatnonzero(used_up.any(axis=1))
    first = np.zeros_like(used_up)
    first[some, used_up[some].argmax(axis=1)] = True
    ledger.hit[rows, month] |= first
    return spent


def _daily(total: I64) -> I64:
    """What each day adds to a running total."""
    added = total.copy()
    added[:, 1:] -= total[:, :-1]
    return added

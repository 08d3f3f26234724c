"""Spending of credits: quota first, then top-up, licence by licence. Limit hits follow from it.

How many credits people need, and for which tools, is computed by `facts`; service accounts, which have no licence, are
in `pool`. Credits are whole hundredths.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from mockserver.products.jetbrains import pool
from mockserver.products.jetbrains.options import NAME, Allotment, JetBrainsPerson
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days, month_of
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

_THIRTY = 30


class QuotaPeriod(StrEnum):
    """How long credits last until they are renewed.

    Thirty days have 24 hours each, and count from the licence's start.
    """

    CALENDAR_MONTH = "calendar_month"
    THIRTY_DAYS = "thirty_days"

    def reaches_back(self, day: int) -> int:
        """The first day that a period with this day can begin on; both are ordinals."""
        return month_of(day) if self is QuotaPeriod.CALENDAR_MONTH else day - _THIRTY + 1


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
    """The credits of licences and of the pool: a pure function of a block of members and a run of days."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._licences = people.key("jetbrains licences")
        self._raised = people.key("jetbrains raises")
        self._allotments = {
            index: options.credits
            for index, options in JetBrainsPerson.all_of(people.organization)
            if options.credits is not None
        }

    def spend(
        self, block: Block, span: Days, demand: I64, period: QuotaPeriod = QuotaPeriod.CALENDAR_MONTH
    ) -> CreditLedger:
        """What is spent of a demand (members by days); a period that began before the span is not computed rightly.

        Each licence is spent before the next, its quota before its top-up; a raise counts from its day to the end of
        its period. The limit of a licence is hit on the first day of a period on which nothing of it is left; the
        ledger marks the days on which a member hits the limit of any licence.
        """
        ledger = CreditLedger(np.zeros_like(demand), np.zeros_like(demand), np.zeros(demand.shape, dtype=np.bool_))
        left = demand.copy()
        for members, numbers in _periods(block, span, period):
            starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1)).tolist()
            for licensed, quota, top_up in self._in_order(block.take(members), span.ordinals, numbers):
                rows = members[licensed]
                for start, end in pairwise([*starts, len(span)]):
                    run = slice(start, end)
                    left[rows, run] -= _spend_period(ledger, rows, run, quota, top_up[:, run], left[rows, run])
        return ledger

    def _in_order(self, block: Block, ordinals: I64, numbers: I64) -> Iterator[tuple[I64, I64, I64]]:
        """Licences of different members, each member's in the order of spending; days have the numbers of periods.

        They are the rows of the members in the block, the quotas of a period in a column, and the top-ups that are
        available by each day, members by days.
        """
        special = np.isin(block.index, list(self._allotments))
        accounts = np.flatnonzero(block.service)
        if len(accounts):
            share = pool.shares(self._people, block.index[accounts])[:, None]
            yield accounts, np.zeros_like(share), np.broadcast_to(share, (len(accounts), len(ordinals)))
        others = np.flatnonzero(~special & ~block.service)
        bits = hashing.mix(self._licences, block.index[others])
        quota = _QUOTAS[hashing.weighted(hashing.field(bits, 0), _QUOTA_WEIGHTS)]
        top_up = _TOP_UPS[hashing.weighted(hashing.field(bits, 1), _TOP_UP_WEIGHTS)]
        yield others, quota[:, None], top_up[:, None] + self._raises(block.index[others], ordinals, numbers)
        seconds = others[hashing.percent(hashing.field(bits, 2), _SECOND_PERCENT)]
        yield (
            seconds,
            np.full((len(seconds), 1), _SECOND_QUOTA),
            np.zeros((len(seconds), len(ordinals)), dtype=np.int64),
        )
        for row in np.flatnonzero(special).tolist():
            for allotment in self._allotments[int(block.index[row])]:
                yield np.array([row]), np.array([[allotment.quota]]), _top_up(allotment, ordinals, numbers)

    def _raises(self, index: I64, ordinals: I64, numbers: I64) -> I64:
        """Top-up that is added in the course of a period, members by days."""
        periods, period = np.arange(numbers[0], numbers[-1] + 1), numbers - numbers[0]
        bits = hashing.mix(hashing.mix(self._raised, index)[:, None], periods[None, :])
        comes = hashing.percent(hashing.field(bits, 0), _RAISED_PERCENT)
        day = np.where(comes, _RAISED_FROM + (hashing.field(bits, 1) * _RAISED_DAYS >> 16), 99)
        starts = ordinals[np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))]
        raised: I64 = (ordinals - starts[period] >= day[:, period]) * np.int64(_RAISE)
        return raised


def _periods(block: Block, span: Days, period: QuotaPeriod) -> Iterator[tuple[I64, I64]]:
    """The rows of members whose credits are renewed on the same days, and the number of each day's period."""
    if period is QuotaPeriod.CALENDAR_MONTH:
        yield np.arange(len(block)), span.month
        return
    phases = block.licence_start(NAME) % _THIRTY
    for phase in np.unique(phases).tolist():
        yield np.flatnonzero(phases == phase), (span.ordinals - phase) // _THIRTY


def _top_up(allotment: Allotment, ordinals: I64, numbers: I64) -> I64:
    """The top-up of one licence that is available by each day, in a row."""
    top_up = np.full((1, len(ordinals)), allotment.top_up, dtype=np.int64)
    for raised in allotment.raises:
        day = raised.day.toordinal()
        if ordinals[0] <= day <= ordinals[-1]:
            period = numbers == numbers[day - ordinals[0]]
            top_up += (period & (ordinals >= day)) * raised.top_up
    return top_up


def _spend_period(ledger: CreditLedger, rows: I64, run: slice, quota: I64, top_up: I64, demand: I64) -> I64:
    """Spend one period of licences: enter it into the ledger, and return what was spent each day."""
    available = quota + top_up
    total = np.cumsum(demand, axis=1)
    # A day spends no more than is available by then; what an earlier day could not spend stays unspent.
    total += np.minimum(np.minimum.accumulate(available - total, axis=1), 0)
    built_in = np.diff(np.minimum(total, quota), axis=1, prepend=0)
    spent: I64 = np.diff(total, axis=1, prepend=0)
    ledger.built_in[rows, run] += built_in
    ledger.top_up[rows, run] += spent - built_in
    used_up = (total == available) & (available > 0)
    ledger.hit[rows, run] |= used_up & (np.cumsum(used_up, axis=1) == 1)
    return spent

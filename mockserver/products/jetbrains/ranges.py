"""JetBrains AI in buckets of days: distinct people, credits, limit hits, and what programs sent.

Bucket i of `edges` (ascending ordinals, equal ones allowed) is the days from edges[i] to the day before edges[i+1].
A mask chooses among all members; None is everybody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mockserver.products.jetbrains import pool, sources
from mockserver.products.jetbrains.credits import QuotaPeriod
from mockserver.products.jetbrains.facts import MEASURES, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.options import NAME
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.facts import Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER
from mockserver.simulation.people import People
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import RolledUpDay, Rollups, bitmap_size, count_bits

_GATES_CACHED = 4
_CREDITS, _BUILT_IN, _TOP_UP, _HITS, _POOL = range(len(sources.SPENT))
_SENT = len(TOOLS) * len(MEASURES)


class DayBucket(NamedTuple):
    """One part of a range: its date, its first day, and the day after its last one."""

    date: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class DayBuckets:
    """Parts of a range of days, ascending: the date of each one, and the edges between them.

    `count` is the number of buckets in the range, with those that were left out.
    """

    dates: list[str]
    edges: list[int]
    count: int

    @property
    def each(self) -> list[DayBucket]:
        """The buckets one by one."""
        return [DayBucket(*parts) for parts in zip(self.dates, self.edges[:-1], self.edges[1:], strict=True)]


@dataclass(frozen=True, slots=True)
class DistinctUsers:
    """Distinct people in each bucket, and over all of them."""

    buckets: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class SpentCredits:
    """Hundredths of credits out of quotas and out of top-ups; distinct people who spent, and who hit their limit."""

    built_in: int
    top_up: int
    users: int
    hit: int


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent in each bucket and in total; `peak` is the most people who hit their limit on one day."""

    buckets: list[SpentCredits]
    total: SpentCredits
    peak: int


class JetBrainsRanges:
    """Buckets of days over everybody, or over the members of a mask."""

    def __init__(self, people: People, facts: JetBrainsFacts, programs: Programs) -> None:
        self._people = people
        self._programs = programs
        self._spending = {period: sources.spending(facts, period) for period in QuotaPeriod}
        self._active_days = Rollups(people, sources.activity(facts), 0)
        self._spent_days = {period: self._roll(source) for period, source in self._spending.items()}
        self._sorted_periods = lru_cache(maxsize=2)(
            lambda service_accounts: self._sort_periods(self._chosen(None, None, service_accounts=service_accounts))
        )
        self._sent_days = lru_cache(maxsize=_GATES_CACHED)(
            lambda gate: Rollups(people, sources.reported(facts, programs, gate), _SENT)
        )

    def buckets(self, first: int, last: int, period: CalendarPeriod | None, today: int, maximum: int) -> DayBuckets:
        """The buckets of a range (one where `period` is None), each dated with its first day in the calendar.

        That day may be before the range. Days after today are in no bucket. A range with more than `maximum` buckets
        has none before the organization's first day or after today.
        """
        count = 1 if period is None else calendar_periods.count(first, last, period)
        if count > maximum:
            first, last = max(first, self._people.organization.first_day.toordinal()), min(last, today)
            if first > last:
                return DayBuckets([], [first], count)
        starts = [first] if period is None else calendar_periods.starts(first, last, period)
        edges = [min(edge, today + 1) for edge in (first, *starts[1:], last + 1)]
        return DayBuckets([date.fromordinal(start).isoformat() for start in starts], edges, count)

    def enabled(
        self,
        edges: Sequence[int],
        mask: Mask | None = None,
        ides: Collection[int] | None = None,
        *,
        service_accounts: bool = False,
    ) -> DistinctUsers:
        """Who had a licence, and was in the organization, on any day of a bucket; service accounts need no licence."""
        if mask is None and ides is None:
            begins, ends = self._sorted_periods(service_accounts)
        else:
            begins, ends = self._sort_periods(self._chosen(mask, ides, service_accounts=service_accounts))
        firsts, lasts = np.array([*edges[:-1], edges[0]]), np.array([*edges[1:], edges[-1]])
        # Members whose period begins before the end of a bucket, without those whose period has ended by its first day.
        counts = np.searchsorted(begins, lasts) - np.searchsorted(ends, firsts, side="right")
        *buckets, total = np.where(lasts > firsts, counts, 0).tolist()
        return DistinctUsers(buckets, total)

    def _sort_periods(self, chosen: Mask) -> tuple[I64, I64]:
        """The first days with AI, and the first days without, of the members of a mask, each ascending."""
        begins, ends = self._enabled_periods
        return np.sort(begins[chosen]), np.sort(ends[chosen])

    @cached_property
    def _enabled_periods(self) -> tuple[I64, I64]:
        """Of every member, the first day with AI and the first day without; both NEVER for a member without AI."""
        account = pool.first_day(self._people.organization)
        begins = self._people.column(
            lambda block: np.where(block.service, account, np.maximum(block.licence_start(NAME), block.joined))
        )
        ends = self._people.column(lambda block: block.left)
        never = begins >= ends
        return np.where(never, NEVER, begins), np.where(never, NEVER, ends)

    def active(self, edges: Sequence[int], mask: Mask | None = None) -> DistinctUsers:
        """Who made at least one request to JetBrains AI, with credits or without."""
        return _distinct(self._rolled(self._active_days, edges), 0, self._bits(mask))

    def spending(
        self,
        edges: Sequence[int],
        mask: Mask | None = None,
        ides: Collection[int] | None = None,
        *,
        service_accounts: bool = False,
        period: QuotaPeriod = QuotaPeriod.CALENDAR_MONTH,
    ) -> Spending:
        """Credits, who spent them, and limit hits; with `ides`, on days on which people worked in these IDEs."""
        rollups, bits = self._spent_days[period], None
        chosen = self._chosen(mask, ides, service_accounts=service_accounts)
        if mask is not None or ides is not None:
            rollups = self._roll(sources.of_members(self._spending[period], self._programs, chosen, ides), chosen)
        elif not service_accounts and self._people.organization.service_accounts:
            bits = self._bits(chosen)
        buckets = self._rolled(rollups, edges)
        days = list(chain.from_iterable(buckets))
        users, hit = (_distinct(buckets, mark, bits) for mark in (0, 1))
        sums = [_summed(bucket, len(sources.SPENT)).tolist() for bucket in (*buckets, days)]
        *per_bucket, total = (
            SpentCredits(spent[_BUILT_IN], spent[_TOP_UP] - (0 if service_accounts else spent[_POOL]), *counts)
            for spent, *counts in zip(sums, [*users.buckets, users.total], [*hit.buckets, hit.total], strict=True)
        )
        return Spending(per_bucket, total, _highest(days, 1, bits))

    def reported(self, edges: Sequence[int], gate: ReportingGate) -> I64:
        """What programs that pass a gate sent: buckets by TOOLS by MEASURES."""
        sums = [_summed(bucket, _SENT) for bucket in self._rolled(self._sent_days(gate), edges)]
        return np.array(sums, dtype=np.int64).reshape(len(sums), len(TOOLS), len(MEASURES))

    def _roll(self, source: Source, only: Mask | None = None) -> Rollups:
        return Rollups(self._people, source, len(sources.SPENT), ((_CREDITS,), (_HITS,)), only)

    def _chosen(self, mask: Mask | None, ides: Collection[int] | None, *, service_accounts: bool) -> Mask:
        """A mask of the members of another (None: all) who ever work in one of the IDEs; service accounts never do."""
        organization = self._people.organization
        chosen: Mask = np.ones(organization.members, dtype=np.bool_) if mask is None else mask.copy()
        if ides is not None:
            chosen &= self._people.column(lambda block: self._programs.has(block, ides))
        if ides is not None or not service_accounts:
            chosen[organization.people :] = False
        return chosen

    def _bits(self, mask: Mask | None) -> NDArray[np.uint8] | None:
        """A mask as one bit per member, as long as the rows of rolled-up days."""
        if mask is None:
            return None
        bits = np.zeros(bitmap_size(len(mask)), dtype=np.uint8)
        packed = np.packbits(mask)
        bits[: len(packed)] = packed
        return bits

    def _rolled(self, rollups: Rollups, edges: Sequence[int]) -> list[list[RolledUpDay]]:
        """The days of each bucket, from the organization's first day on."""
        first = max(edges[0], self._people.organization.first_day.toordinal())
        known = rollups.span(first, edges[-1] - 1)
        return [known[max(start - first, 0) : max(end - first, 0)] for start, end in pairwise(edges)]


def _summed(bucket: list[RolledUpDay], counters: int) -> I64:
    if len(bucket) == 1:
        return bucket[0].sums
    sums: I64 = np.array([day.sums for day in bucket], dtype=np.int64).reshape(-1, counters).sum(axis=0)
    return sums


def _highest(days: list[RolledUpDay], mark: int, bits: NDArray[np.uint8] | None) -> int:
    """The most members with a mark on one day, among those whose bits are set."""
    if bits is None or not days:
        return max((day.users[mark] for day in days), default=0)
    return int(count_bits(np.array([day.members[mark] for day in days]) & bits).max())


def _distinct(buckets: list[list[RolledUpDay]], mark: int, bits: NDArray[np.uint8] | None) -> DistinctUsers:
    """How many members have a mark on any day of each bucket, and of all buckets, among those whose bits are set."""
    per_bucket = [_anybody(bucket, mark) for bucket in buckets if bucket]
    if not per_bucket:
        return DistinctUsers([0] * len(buckets), 0)
    rows = np.array([*per_bucket, np.bitwise_or.reduce(per_bucket)])
    *counts, total = count_bits(rows if bits is None else rows & bits).tolist()
    each = iter(counts)
    return DistinctUsers([next(each) if bucket else 0 for bucket in buckets], total)


def _anybody(bucket: list[RolledUpDay], mark: int) -> NDArray[np.uint8]:
    """The bits of the members with a mark on any day of a bucket."""
    rows = [day.members[mark] for day in bucket]
    bits: NDArray[np.uint8] = rows[0] if len(rows) == 1 else np.bitwise_or.reduce(rows)
    return bits

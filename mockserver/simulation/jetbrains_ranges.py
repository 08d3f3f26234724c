"""Answers what was done in JetBrains AI in buckets of days: distinct people, credits, limit hits, what clients sent.

A bucket i of `edges` (ascending ordinals, equal ones allowed) is the days from edges[i] to the day before edges[i+1].
A mask chooses among all members; None is everybody. Calendars and words stay out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.clients import Programs, ReportingGate
from mockserver.simulation.facts import Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.jetbrains import MEASURES, TOOLS, JetBrains
from mockserver.simulation.jetbrains_sources import SPENT, Activity, Chosen, Reported, Spends
from mockserver.simulation.organization import NEVER, Product
from mockserver.simulation.people import PRODUCTS, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import Day, Rollups, bitmap_size, counted

_GATES_KEPT = 4
_CREDITS, _BUILT_IN, _TOP_UP, _HITS = range(len(SPENT))
_SENT = len(TOOLS) * len(MEASURES)
_PLACE = PRODUCTS.index(Product.JETBRAINS)


@dataclass(frozen=True, slots=True)
class Users:
    """Distinct people in each bucket, and over all of them."""

    buckets: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Hundredths of credits out of quotas and out of top-ups; distinct people who spent, and who hit their limit."""

    built_in: int
    top_up: int
    users: int
    hit: int


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent in each bucket and altogether; `peak` is the most people who hit their limit on one day."""

    buckets: list[Spent]
    total: Spent
    peak: int


class JetBrainsRanges:
    """Buckets of days over everybody, or over those whom a mask chooses."""

    def __init__(self, people: People, jetbrains: JetBrains, clients: Programs) -> None:
        self._people = people
        self._clients = clients
        self._spends = Spends(jetbrains)
        self._active_days = Rollups(people, Activity(jetbrains), 0)
        self._spent_days = self._roll(self._spends)
        self._sent_days = lru_cache(maxsize=_GATES_KEPT)(
            lambda gates: Rollups(people, Reported(jetbrains, clients, gates), _SENT)
        )

    def enabled(self, edges: Sequence[int], mask: Mask | None = None, ides: Collection[int] | None = None) -> Users:
        """Who had AI enabled on any day of a bucket: a licence, and a place in the organisation."""
        begins, ends = self._spells
        mask = self._who(mask, ides)
        if mask is not None:
            begins, ends = begins[mask], ends[mask]
        begins, ends = np.sort(begins), np.sort(ends)

        def count(first: int, end: int) -> int:
            """Whoever begins before the end and has not ended by the first day."""
            if end <= first:
                return 0
            return int(np.searchsorted(begins, end) - np.searchsorted(ends, first, side="right"))

        return Users([count(*bucket) for bucket in pairwise(edges)], count(edges[0], edges[-1]))

    @cached_property
    def _spells(self) -> tuple[I64, I64]:
        """Of every member the first day with AI and the first one without; both NEVER where there is none."""
        begins = self._people.column(lambda block: np.maximum(block.licensed[_PLACE], block.joined))
        ends = self._people.column(lambda block: block.left)
        never = begins >= ends
        return np.where(never, NEVER, begins), np.where(never, NEVER, ends)

    def active(self, edges: Sequence[int], mask: Mask | None = None) -> Users:
        """Who made at least one request to JetBrains AI, with credits or without."""
        return _distinct(self._rolled(self._active_days, edges), 0, self._bits(mask))

    def spending(self, edges: Sequence[int], mask: Mask | None = None, ides: Collection[int] | None = None) -> Spending:
        """Which credits were spent, and who spent them and who hit a limit; with `ides`, on the days of those IDEs."""
        mask = self._who(mask, ides)
        rollups = self._spent_days
        if mask is not None:
            rollups = self._roll(Chosen(self._spends, self._clients, mask, ides), mask)
        buckets = self._rolled(rollups, edges)
        users, hit = (_distinct(buckets, mark, None) for mark in (0, 1))
        sums = [_summed(bucket, len(SPENT)) for bucket in buckets]
        peak = max((day.users[1] for bucket in buckets for day in bucket), default=0)
        whole: I64 = np.array(sums, dtype=np.int64).sum(axis=0)
        told = [_spent(*each) for each in zip(sums, users.buckets, hit.buckets, strict=True)]
        return Spending(told, _spent(whole, users.total, hit.total), peak)

    def reported(self, edges: Sequence[int], gates: ReportingGate) -> I64:
        """What clients above the gates sent: buckets by TOOLS by MEASURES."""
        sums = [_summed(bucket, _SENT) for bucket in self._rolled(self._sent_days(gates), edges)]
        return np.array(sums, dtype=np.int64).reshape(len(sums), len(TOOLS), len(MEASURES))

    def _roll(self, source: Source, only: Mask | None = None) -> Rollups:
        return Rollups(self._people, source, len(SPENT), (_CREDITS, _HITS), only)

    def _who(self, mask: Mask | None, ides: Collection[int] | None) -> Mask | None:
        """Whom a mask chooses of those who ever work in one of the IDEs; None is everybody."""
        if ides is None:
            return mask
        has = self._people.column(lambda block: self._clients.has(block, ides))
        return has if mask is None else has & mask

    def _bits(self, mask: Mask | None) -> NDArray[np.uint8] | None:
        """A mask as one bit a member, as long as the rows of rolled-up days."""
        if mask is None:
            return None
        bits = np.zeros(bitmap_size(len(mask)), dtype=np.uint8)
        packed = np.packbits(mask)
        bits[: len(packed)] = packed
        return bits

    def _rolled(self, rollups: Rollups, edges: Sequence[int]) -> list[list[Day]]:
        """The days of each bucket on which anything can have been done."""
        first = max(edges[0], self._people.organization.first_day.toordinal())
        known = rollups.span(first, edges[-1] - 1)
        return [known[max(start - first, 0) : max(end - first, 0)] for start, end in pairwise(edges)]


def _summed(bucket: list[Day], counters: int) -> I64:
    return (
        np.sum([day.sums for day in bucket], axis=0, dtype=np.int64) if bucket else np.zeros(counters, dtype=np.int64)
    )


def _spent(sums: I64, users: int, hit: int) -> Spent:
    return Spent(int(sums[_BUILT_IN]), int(sums[_TOP_UP]), users, hit)


def _distinct(buckets: list[list[Day]], mark: int, bits: NDArray[np.uint8] | None) -> Users:
    """Who bears a mark on any day of a bucket, and of all of them, among those whose bits are set."""
    there = [np.bitwise_or.reduce([day.members[mark] for day in bucket]) for bucket in buckets if bucket]
    if not there:
        return Users([0] * len(buckets), 0)
    seen = np.array([*there, np.bitwise_or.reduce(there)])
    *counts, total = counted(seen if bits is None else seen & bits).tolist()
    each = iter(counts)
    return Users([next(each) if bucket else 0 for bucket in buckets], total)

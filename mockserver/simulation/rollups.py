"""Roll-ups: sums and distinct counts over everybody, per day, computed in blocks and cached within a memory budget.

What the numbers of a day mean is decided by the product whose facts are rolled up.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.calendar import Days, days
from mockserver.simulation.facts import Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import BLOCK, People
from mockserver.simulation.presence import Mask

MEMORY_BUDGET = 64 * 1024 * 1024
"""The most bytes of rolled-up days that one product of one world caches; the least recently used go first."""

_DAYS_AT_ONCE = 90
_WORTH_LOGGING = 2_000_000
"""Members times days from which on a computation is logged."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RolledUpDay:
    """One day over everybody: `sums` in the order of the counters, and who did what.

    `members` has a row for each mark, with one bit per member, padded to whole words; `users` counts the bits of each
    row.
    """

    sums: I64
    users: tuple[int, ...]
    members: NDArray[np.uint8]


def bitmap_size(members: int) -> int:
    """The bytes of a row with one bit per member."""
    return -(-members // 64) * 8


def count_bits(bitmaps: NDArray[np.uint8]) -> I64:
    """How many bits are set in each row, counted by words: eight times as fast as counting bytes."""
    bits: I64 = np.bitwise_count(bitmaps.view(np.uint64)).sum(axis=-1, dtype=np.int64)
    return bits


class Rollups:
    """A product's days, rolled up over all members of an organization.

    `marks` are the indexes of the counters whose users are counted; without any, being active at all is the one mark.
    `only` is a mask of the members that the source has facts of; None is everybody. `budget` is in bytes; None is
    MEMORY_BUDGET.
    """

    def __init__(
        self,
        people: People,
        source: Source,
        counters: int,
        marks: Sequence[int] = (),
        only: Mask | None = None,
        *,
        budget: int | None = None,
    ) -> None:
        self._people = people
        self._blocks = None if only is None else np.unique(np.flatnonzero(only) // BLOCK).tolist()
        self._source = source
        self._counters = counters
        self._marks = tuple(marks)
        self._kept: OrderedDict[int, RolledUpDay] = OrderedDict()
        size = bitmap_size(people.organization.members) * max(len(self._marks), 1) + 600
        self._days_kept = max((budget or MEMORY_BUDGET) // size, 2 * _DAYS_AT_ONCE)
        self._lock = Lock()
        self._computing = Lock()

    def span(self, first: int, last: int) -> list[RolledUpDay]:
        """The days from `first` to `last`, ordinals, both inclusive; none where `last` is before `first`.

        A caller whose days are all cached does not wait for one that computes others.
        """
        found = self._known(first, last)
        if len(found) <= last - first:
            with self._computing:
                found = self._known(first, last)
                for run in _runs([day for day in range(first, last + 1) if day not in found]):
                    self._log(run[0], last)
                    rolled = self._roll_up(days(self._people.organization, run[0], run[-1]))
                    found |= rolled
                    self._keep(rolled)
        return [found[day] for day in range(first, last + 1)]

    def _known(self, first: int, last: int) -> dict[int, RolledUpDay]:
        with self._lock:
            found = {day: self._kept[day] for day in range(first, last + 1) if day in self._kept}
            for day in found:
                self._kept.move_to_end(day)
            return found

    def _log(self, first: int, last: int) -> None:
        remaining = last - first + 1
        if remaining * self._people.organization.members >= _WORTH_LOGGING:
            slug, day = self._people.organization.slug, date.fromordinal(first).isoformat()
            log.info("rolling up %s: %d days to go, from %s", slug, remaining, day)

    def _keep(self, rolled: dict[int, RolledUpDay]) -> None:
        with self._lock:
            self._kept |= rolled
            while len(self._kept) > self._days_kept:
                self._kept.popitem(last=False)

    def _roll_up(self, span: Days) -> dict[int, RolledUpDay]:
        size = bitmap_size(self._people.organization.members)
        sums: I64 = np.zeros((self._counters, len(span)), dtype=np.int64)
        members = np.zeros((len(span), max(len(self._marks), 1), size), dtype=np.uint8)
        for block in self._people.blocks() if self._blocks is None else map(self._people.block, self._blocks):
            facts = self._source.facts(block, span)
            sums += facts.by_day
            start = int(block.index[0]) // 8
            masks = [facts.counted(mark) for mark in self._marks] or [facts.active]
            for index, mask in enumerate(masks):
                bits = np.packbits(mask.T, axis=1)
                members[:, index, start : start + bits.shape[1]] = bits
        users = count_bits(members)
        return {
            span.first + index: RolledUpDay(sums[:, index].copy(), tuple(users[index].tolist()), members[index].copy())
            for index in range(len(span))
        }


def _runs(ordinals: list[int]) -> Iterator[list[int]]:
    """Ascending days, cut at gaps and where a run has the length that is computed at once."""
    while ordinals:
        head = ordinals[:_DAYS_AT_ONCE]
        run = [day for index, day in enumerate(head) if day == head[0] + index]
        yield run
        ordinals = ordinals[len(run) :]

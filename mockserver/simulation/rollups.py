"""Roll-ups: sums and distinct counts over everybody, per day, computed in blocks and cached within a memory budget.

What the numbers of a day mean is decided by the product whose facts are rolled up.
"""

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.calendar import Days, days, month_of
from mockserver.simulation.facts import Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import BLOCK, People, concatenate
from mockserver.simulation.presence import Mask

MEMORY_BUDGET = 64 * 1024 * 1024
"""The most bytes of rolled-up days that one product of one world caches; the least recently used go first."""

_DAYS_KEPT_MINIMUM = 180
_MONTH = 31

# glibc returns freed memory to the system and takes it again page by page, at a fifth of the time of a roll-up, until
# it has seen a larger array come and go. This one is never written to, so it takes no memory.
np.empty(16 * 1024 * 1024, dtype=np.uint8)

_WORTH_LOGGING = 2_000_000
"""Members times days from which on a computation is logged."""

_CELLS_AT_ONCE = 128 * 1024
"""Members times days that a thread computes together: four blocks in a month, every block on one day.

It takes some 30 MB for them. Larger arrays do not fit the processor's cache, and their memory is new each time.
"""

_CELLS_OF_MONTH = 16 * 1024
"""Members times days up to which a month is rolled up as a whole as soon as one of its days is needed.

A call of numpy costs more than so few cells, so the other days are almost free, and usually they are needed next.
"""

_THREADS = min(os.cpu_count() or 1, 4)
"""How many groups of blocks are computed at a time; numpy lets go of the interpreter's lock."""

Progress = Callable[[int, int], None]
"""Called from time to time during a long computation: how many days are done, and how many there are."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RolledUpDay:
    """One day over everybody: `sums` in the order of the counters, and who did what.

    `members` has a row for each mark, with one bit per member, padded to whole words; `users` counts the bits of each
    row, and `anybody` those that are set in any row.
    """

    sums: I64
    users: tuple[int, ...]
    anybody: int
    members: NDArray[np.uint8]


_BLOCK_BYTES = BLOCK // 8
"""The bytes of a row of bits that belong to a block."""

_RolledGroup = tuple[Sequence[int], I64, NDArray[np.uint8]]
"""Blocks, the sums of their members by day, and by day and mark the bits of their members."""


def bitmap_size(members: int) -> int:
    """The bytes of a row with one bit per member."""
    return -(-members // 64) * 8


def bits_by_table(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """How many bits are set in each word, for releases of numpy before 2.0, which have no function for it."""
    bits: NDArray[np.uint8] = _BITS_OF_BYTES[words[..., np.newaxis].view(np.uint8)].sum(axis=-1, dtype=np.uint8)
    return bits


_BITS_OF_BYTES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1).sum(axis=1, dtype=np.uint8)
_bits_of_words = getattr(np, "bitwise_count", bits_by_table)


def count_bits(bitmaps: NDArray[np.uint8]) -> I64:
    """How many bits are set in each row, counted by words: eight times as fast as counting bytes."""
    bits: I64 = _bits_of_words(bitmaps.view(np.uint64)).sum(axis=-1, dtype=np.int64)
    return bits


class Rollups:
    """A product's days, rolled up over all members of an organization.

    Each of `marks` is the indexes of some counters: whoever has any of them above zero is counted. Without any marks,
    being active at all is the one mark. `only` is a mask of the members that the source has facts of; None is
    everybody. `budget` is in bytes; None is MEMORY_BUDGET.
    """

    def __init__(
        self,
        people: People,
        source: Source,
        counters: int,
        marks: Sequence[tuple[int, ...]] = (),
        only: Mask | None = None,
        *,
        budget: int | None = None,
    ) -> None:
        self._people = people
        blocks = range(-(-people.organization.members // BLOCK))
        self._blocks = blocks if only is None else np.unique(np.flatnonzero(only) // BLOCK).tolist()
        self._source = source
        self._counters = counters
        self._marks = tuple(marks)
        self._kept: OrderedDict[int, RolledUpDay] = OrderedDict()
        size = bitmap_size(people.organization.members) * max(len(self._marks), 1) + 600
        self._days_kept = max((budget or MEMORY_BUDGET) // size, _DAYS_KEPT_MINIMUM)
        self._lock = Lock()
        self._computing = Lock()

    def span(self, first: int, last: int, progress: Progress | None = None) -> list[RolledUpDay]:
        """The days from `first` to `last`, ordinals, both inclusive; none where `last` is before `first`.

        A caller whose days are all cached does not wait for one that computes others. `progress` is called after each
        run of days that is computed.
        """
        found = self._known(first, last)
        if len(found) <= last - first:
            with self._computing:
                found = self._known(first, last)
                for run in _runs([day for day in range(first, last + 1) if day not in found]):
                    self._log(run[0], last)
                    rolled = self._roll_up(days(self._people.organization, *self._widened(run)))
                    self._keep(rolled)
                    found |= {day: rolled[day] for day in run}
                    if progress:
                        progress(len(found), last - first + 1)
        return [found[day] for day in range(first, last + 1)]

    def _widened(self, run: list[int]) -> tuple[int, int]:
        """The first and the last day to compute for a run of days: their month in a small organization."""
        if self._people.organization.members * _MONTH > _CELLS_OF_MONTH:
            return run[0], run[-1]
        start = month_of(run[0])
        return start, start + _MONTH - 1

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
        for blocks, group_sums, bits in self._rolled_groups(span):
            sums += group_sums
            for index, block in enumerate(blocks):
                part = bits[:, :, index * _BLOCK_BYTES : (index + 1) * _BLOCK_BYTES]
                members[:, :, block * _BLOCK_BYTES : block * _BLOCK_BYTES + part.shape[2]] = part
        users, anybody = count_bits(members).tolist(), count_bits(np.bitwise_or.reduce(members, axis=1)).tolist()
        return {
            span.first + index: RolledUpDay(
                sums[:, index].copy(), tuple(users[index]), anybody[index], members[index].copy()
            )
            for index in range(len(span))
        }

    def _rolled_groups(self, span: Days) -> Iterator[_RolledGroup]:
        """What some blocks at a time add. They are whole numbers and bits, so the order in which they come is free."""
        size = max(_CELLS_AT_ONCE // (BLOCK * len(span)), 1)
        groups = [self._blocks[start : start + size] for start in range(0, len(self._blocks), size)]
        roll_up = partial(self._roll_up_group, span)
        if min(_THREADS, len(groups)) <= 1:
            yield from map(roll_up, groups)
            return
        from concurrent.futures import ThreadPoolExecutor, as_completed

        with ThreadPoolExecutor(_THREADS, "roll-up") as threads:
            for group in as_completed([threads.submit(roll_up, group) for group in groups]):
                yield group.result()

    def _roll_up_group(self, span: Days, blocks: Sequence[int]) -> _RolledGroup:
        facts = self._source.facts(concatenate([self._people.block(block) for block in blocks]), span)
        masks = [facts.counted(mark) for mark in self._marks] or [facts.active]
        bits = [np.packbits(np.ascontiguousarray(mask.T), axis=1) for mask in masks]
        return blocks, facts.by_day, np.stack(bits, axis=1)


class PartlyFinalRollups:
    """Roll-ups of days that are restated: those up to `final_through` (an ordinal) are shared with the final ones."""

    def __init__(self, final: "Rollups | PartlyFinalRollups", restated: Rollups, final_through: int) -> None:
        self._final = final
        self._restated = restated
        self._final_through = final_through

    def span(self, first: int, last: int) -> list[RolledUpDay]:
        """The days from `first` to `last`, ordinals, both inclusive; none where `last` is before `first`."""
        final = self._final.span(first, min(last, self._final_through))
        return [*final, *self._restated.span(max(first, self._final_through + 1), last)]


def _runs(ordinals: list[int]) -> Iterator[list[int]]:
    """Ascending days, cut at gaps and between months: what is computed from the first of a month is computed once."""
    run: list[int] = []
    for day in ordinals:
        if run and (day > run[-1] + 1 or month_of(day) == day):
            yield run
            run = []
        run.append(day)
    if run:
        yield run

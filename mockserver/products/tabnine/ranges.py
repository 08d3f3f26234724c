"""What was done in Tabnine between two times: sums and distinct users, of everybody or of some members.

A person's facts of a day happen at one second of it, so a range can be cut anywhere and its parts add up to the whole.
Times are seconds since 1970-01-01T00:00:00Z.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mockserver.products.tabnine.facts import EARLIEST, LATEST, TimedCells
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import BLOCK, Block, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import RolledUpDay, Rollups, bitmap_size, count_bits
from mockserver.simulation.timestamps import DAY, EPOCH

_CELLS_AT_ONCE = 128 * 1024
"""Members times days that are computed together."""

_DAYS_IN_ORDER = 4
"""Days cut by a range that are cached, some 130 bytes per active person: today, and the usual starts of ranges."""


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """What was done between two times: sums by counter, distinct users by mark, and distinct users at all.

    Where facts have labels, there are the sums of every counter for each label in turn.
    """

    sums: tuple[int, ...]
    users: tuple[int, ...]
    anybody: int


class TimedSource(Protocol):
    """Facts with their times: `width` counters, each for so many `labels`, and `marks` by which people are counted."""

    width: int
    labels: int
    marks: int

    def cells(self, block: Block, span: Days) -> TimedCells:
        """Every cell with its time."""

    def did(self, counters: I64, labels: I64) -> Mask:
        """By mark, the cells that count."""


_Counted = tuple[I64, NDArray[np.uint8]]
"""The sums of a day or a part of one, and by mark the bits of the members who count."""


class TabnineRanges:
    """Totals between each two neighbours of some cuts, which are ascending seconds."""

    def __init__(self, people: People, facts: TimedSource, rollups: Rollups) -> None:
        self._people = people
        self._facts = facts
        self._rollups = rollups
        self._bytes = bitmap_size(people.organization.members)
        self._in_order = lru_cache(maxsize=_DAYS_IN_ORDER)(self._put_in_order)

    @property
    def nothing(self) -> UsageTotals:
        """The total of a range in which nothing happened."""
        return UsageTotals((0,) * (self._facts.width * self._facts.labels), (0,) * self._facts.marks, 0)

    def everybody(self, cuts: Sequence[int]) -> list[UsageTotals]:
        """Totals over everybody between each two cuts: whole days from roll-ups, the others computed again."""
        first, last = self._history(cuts)
        covered = _whole_days(cuts[0], cuts[-1], first, last)
        known = dict(zip(covered, self._rollups.span(covered.start, covered.stop - 1), strict=True))
        totals, nothing = [], self.nothing
        for start, end in pairwise(cuts):
            whole = _whole_days(start, end, first, last)
            edges = sorted({start // DAY + EPOCH, (end - 1) // DAY + EPOCH})
            cut_days = [day for day in edges if day not in whole and first <= day <= last]
            parts = [self._part(day, start, end) for day in cut_days if _is_touched(day, start, end)]
            found = [known[day] for day in whole]
            if parts or len(found) > 1:
                totals.append(self._total([*map(_counted, found), *parts]))
            else:
                totals.append(_total_of(found[0]) if found else nothing)
        return totals

    def _history(self, cuts: Sequence[int]) -> tuple[int, int]:
        """The first and the last day within the cuts on which anybody can have done anything."""
        first = max(cuts[0] // DAY + EPOCH, self._people.organization.first_day.toordinal())
        return first, (cuts[-1] - 1) // DAY + EPOCH

    def _part(self, day: int, start: int, end: int) -> _Counted:
        seconds, members, labels, counters = self._in_order(day)
        begin, stop = np.searchsorted(seconds, (start, end)).tolist()
        members, labels, counters = members[begin:stop], labels[begin:stop], counters[:, begin:stop]
        did = np.zeros((self._facts.marks, self._bytes * 8), dtype=np.bool_)
        for mark, cells in zip(did, self._facts.did(counters, labels), strict=True):
            mark[members[cells]] = True
        sums = [counters[:, labels == label].sum(axis=1) for label in range(self._facts.labels)]
        return np.concatenate(sums), np.packbits(did, axis=1)

    def _put_in_order(self, day: int) -> tuple[I64, I64, I64, I64]:
        """Seconds, members, labels and counters of everything that was done on a day, in the order of time."""
        one = days(self._people.organization, day, day)
        blocks = [*self._people.blocks()]
        cells = [self._facts.cells(block, one) for block in blocks]
        seconds = np.concatenate([each.seconds for each in cells])
        members = np.concatenate([block.index[each.rows] for block, each in zip(blocks, cells, strict=True)])
        labels = np.concatenate([each.labels for each in cells])
        counters = np.concatenate([each.counters for each in cells], axis=1)
        order = np.argsort(seconds, kind="stable")
        return seconds[order], members[order], labels[order], counters[:, order]

    def _total(self, parts: list[_Counted]) -> UsageTotals:
        sums = np.zeros(self._facts.width * self._facts.labels, dtype=np.int64)
        members = np.zeros((self._facts.marks, self._bytes), dtype=np.uint8)
        for part_sums, part_members in parts:
            sums += part_sums
            members |= part_members
        anybody = np.bitwise_or.reduce(members, axis=0, keepdims=True)
        return UsageTotals(tuple(sums.tolist()), tuple(count_bits(members).tolist()), int(count_bits(anybody)[0]))

    def members(self, index: I64, cuts: Sequence[int]) -> list[UsageTotals]:
        """Totals over the members with these indexes, ascending, between each two cuts."""
        buckets, marks = len(cuts) - 1, self._facts.marks
        sums = np.zeros((buckets * self._facts.labels, self._facts.width), dtype=np.int64)
        users = np.zeros((buckets, marks + 1), dtype=np.int64)
        for block in self._blocks(index):
            used = np.zeros((marks, buckets, len(block)), dtype=np.bool_)
            for span in self._spans(cuts, len(block)):
                self._add(block, span, np.asarray(cuts, dtype=np.int64), sums, used)
            users[:, :-1] += used.sum(axis=2).T
            users[:, -1] += used.any(axis=0).sum(axis=1)
        by_bucket = sums.reshape(buckets, -1)
        return [
            UsageTotals(tuple(sum_), tuple(count[:-1]), count[-1])
            for sum_, count in zip(by_bucket.tolist(), users.tolist(), strict=True)
        ]

    def _blocks(self, index: I64) -> Iterator[Block]:
        numbers = index // BLOCK
        for number in sorted(set(numbers.tolist())):  # np.unique would import numpy's masked arrays.
            yield self._people.block(number).take(index[numbers == number] - number * BLOCK)

    def _spans(self, cuts: Sequence[int], members: int) -> Iterator[Days]:
        first, last = self._history(cuts)
        length = max(_CELLS_AT_ONCE // members, 1)
        for start in range(first, last + 1, length):
            yield days(self._people.organization, start, min(start + length - 1, last))

    def _add(self, block: Block, span: Days, cuts: I64, sums: I64, used: "np.ndarray") -> None:
        cells = self._facts.cells(block, span)
        kept = (cuts[0] <= cells.seconds) & (cells.seconds < cuts[-1])
        rows, labels, counters = cells.rows[kept], cells.labels[kept], cells.counters[:, kept]
        bucket = np.searchsorted(cuts, cells.seconds[kept], side="right") - 1
        np.add.at(sums, bucket * self._facts.labels + labels, counters.T)
        for mark, some in zip(used, self._facts.did(counters, labels), strict=True):
            mark[bucket[some], rows[some]] = True


def is_whole_day(start: int, end: int) -> bool:
    """Whether a range lies within one day, and everything that happens on that day within the range."""
    midnight = start // DAY * DAY
    return start <= midnight + EARLIEST and midnight + LATEST <= end <= midnight + DAY


def _is_touched(day: int, start: int, end: int) -> bool:
    """Whether anything that happens on a day can be within a range."""
    midnight = (day - EPOCH) * DAY
    return start < midnight + LATEST and midnight + EARLIEST < end


def _counted(day: RolledUpDay) -> _Counted:
    return day.sums, day.members


def _total_of(day: RolledUpDay) -> UsageTotals:
    """The total of one whole day, which is counted already: a numpy call costs more than all of it."""
    return UsageTotals(tuple(day.sums.tolist()), day.users, day.anybody)


def _whole_days(start: int, end: int, first: int, last: int) -> range:
    """The days of which everything that happens is within a range."""
    begin = -((EARLIEST - start) // DAY) + EPOCH
    stop = (end - LATEST) // DAY + EPOCH + 1
    return range(max(begin, first), min(stop, last + 1))

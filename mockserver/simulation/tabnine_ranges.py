"""Answers what was done in Tabnine between instants: sums and distinct users, of everybody or of some members.

Facts of a day happen at one instant of it, so ranges may be cut anywhere and the parts make up the whole. Calendars and
ratios stay out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from mockserver.simulation.calendar import Days, days
from mockserver.simulation.hashing import I64
from mockserver.simulation.instants import DAY, EPOCH
from mockserver.simulation.people import BLOCK, Block, People
from mockserver.simulation.rollups import Day, Rollups, bitmap_size, counted
from mockserver.simulation.tabnine import COUNTERS, EARLIEST, LATEST, SECTIONS, Tabnine

_CELLS_AT_ONCE = 128 * 1024
"""Members times days that are looked at together."""


_DAYS_IN_ORDER = 4
"""Days cut by a range that are kept, some 130 bytes for everybody active: today, and where ranges like to begin."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Everything that was done on one day, in the order in which it happened."""

    instants: I64
    members: I64
    counters: I64


@dataclass(frozen=True, slots=True)
class Totals:
    """What was done between two instants: sums by counter, distinct users by section, and distinct users at all."""

    sums: tuple[int, ...]
    users: tuple[int, ...]
    anybody: int


class TabnineRanges:
    """Totals between neighbouring instants; `cuts` ascend and are seconds since 1970-01-01T00:00:00Z."""

    def __init__(self, people: People, tabnine: Tabnine, rollups: Rollups) -> None:
        self._people = people
        self._tabnine = tabnine
        self._rollups = rollups
        self._bytes = bitmap_size(people.organization.members)
        self._in_order = lru_cache(maxsize=_DAYS_IN_ORDER)(self._put_in_order)

    def everybody(self, cuts: Sequence[int]) -> list[Totals]:
        """Totals over everybody between each two cuts: whole days rolled up, the others looked at once more."""
        first, last = self._history(cuts)
        whole = [_whole_days(start, end, first, last) for start, end in _pairs(cuts)]
        some = [days for days in whole if days]
        rolled = self._rollups.span(some[0].start, some[-1].stop - 1) if some else []
        known = {some[0].start + place: day for place, day in enumerate(rolled)}
        return [
            self._total([known[day] for day in inside], list(self._parts(start, end, inside, first, last)))
            for (start, end), inside in zip(_pairs(cuts), whole, strict=True)
        ]

    def _history(self, cuts: Sequence[int]) -> tuple[int, int]:
        """The first and the last day within the cuts on which anything can have been done."""
        first = max(cuts[0] // DAY + EPOCH, self._people.organization.first_day.toordinal())
        return first, (cuts[-1] - 1) // DAY + EPOCH

    def _parts(self, start: int, end: int, whole: range, first: int, last: int) -> Iterator[Day]:
        """The days at the edges of a range of which only a part lies in it, as far as it does."""
        for day in sorted({start // DAY + EPOCH, (end - 1) // DAY + EPOCH} - set(whole)):
            if first <= day <= last:
                yield self._part(day, start, end)

    def _part(self, day: int, start: int, end: int) -> Day:
        cells = self._in_order(day)
        place, stop = np.searchsorted(cells.instants, (start, end)).tolist()
        counters, members = cells.counters[:, place:stop], cells.members[place:stop]
        did = np.zeros((len(SECTIONS), self._bytes * 8), dtype=np.bool_)
        for section, counter in enumerate(SECTIONS):
            did[section, members[counters[counter] > 0]] = True
        return Day(counters.sum(axis=1), (), np.packbits(did, axis=1))

    def _put_in_order(self, day: int) -> _Cells:
        one = days(self._people.organization, day, day)
        members, instants, counters = [], [], []
        for block in self._people.blocks():
            facts = self._tabnine.facts(block, one)
            members.append(block.index[facts.rows])
            instants.append((day - EPOCH) * DAY + self._tabnine.instants(block, one)[facts.rows, 0])
            counters.append(facts.counters)
        seconds = np.concatenate(instants)
        order = np.argsort(seconds, kind="stable")
        return _Cells(seconds[order], np.concatenate(members)[order], np.concatenate(counters, axis=1)[:, order])

    def _total(self, whole: list[Day], parts: list[Day]) -> Totals:
        sums = np.zeros(len(COUNTERS), dtype=np.int64)
        members = np.zeros((len(SECTIONS), self._bytes), dtype=np.uint8)
        for day in (*whole, *parts):
            sums += day.sums
            members |= day.members
        anybody = np.bitwise_or.reduce(members, axis=0, keepdims=True)
        return Totals(tuple(sums.tolist()), tuple(counted(members).tolist()), int(counted(anybody)[0]))

    def members(self, index: I64, cuts: Sequence[int]) -> list[Totals]:
        """Totals over the members with these indexes, ascending, between each two cuts."""
        sums = np.zeros((len(cuts) - 1, len(COUNTERS)), dtype=np.int64)
        users = np.zeros((len(cuts) - 1, len(SECTIONS) + 1), dtype=np.int64)
        for block in self._blocks(index):
            seen = np.zeros((len(SECTIONS), len(cuts) - 1, len(block)), dtype=np.bool_)
            for span in self._spans(cuts, len(block)):
                self._look(block, span, np.asarray(cuts, dtype=np.int64), sums, seen)
            users[:, :-1] += seen.sum(axis=2).T
            users[:, -1] += seen.any(axis=0).sum(axis=1)
        return [
            Totals(tuple(sum_), tuple(count[:-1]), count[-1])
            for sum_, count in zip(sums.tolist(), users.tolist(), strict=True)
        ]

    def _blocks(self, index: I64) -> Iterator[Block]:
        numbers = index // BLOCK
        for number in numbers[np.diff(numbers, prepend=-1) > 0].tolist():
            yield self._people.block(number).take(index[numbers == number] - number * BLOCK)

    def _spans(self, cuts: Sequence[int], members: int) -> Iterator[Days]:
        first, last = self._history(cuts)
        length = max(_CELLS_AT_ONCE // members, 1)
        for start in range(first, last + 1, length):
            yield days(self._people.organization, start, min(start + length - 1, last))

    def _look(self, block: Block, span: Days, cuts: I64, sums: I64, seen: "np.ndarray") -> None:
        instants = (span.ordinals - EPOCH) * DAY + self._tabnine.instants(block, span)
        facts = self._tabnine.facts(block, span).only((cuts[0] <= instants) & (instants < cuts[-1]))
        bucket = np.searchsorted(cuts, instants[facts.rows, facts.columns], side="right") - 1
        np.add.at(sums, bucket, facts.counters.T)
        for section, counter in enumerate(SECTIONS):
            some = facts.counters[counter] > 0
            seen[section, bucket[some], facts.rows[some]] = True


def _pairs(cuts: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(cuts))


def _whole_days(start: int, end: int, first: int, last: int) -> range:
    """The days of which everything that happens lies in a range."""
    begin = -((EARLIEST - start) // DAY) + EPOCH
    stop = (end - LATEST) // DAY + EPOCH + 1
    return range(max(begin, first), min(stop, last + 1))

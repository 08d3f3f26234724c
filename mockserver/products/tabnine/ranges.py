"""What was done in Tabnine between two times: sums and distinct users, of everybody or of some members.

A person's facts of a day happen at one second of it, so a range can be cut anywhere and its parts add up to the whole.
Times are seconds since 1970-01-01T00:00:00Z.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mockserver.products.tabnine.facts import COUNTERS, EARLIEST, LATEST, SECTIONS, TabnineFacts
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import BLOCK, Block, People
from mockserver.simulation.rollups import RolledUpDay, Rollups, bitmap_size, count_bits
from mockserver.simulation.timestamps import DAY, EPOCH

_CELLS_AT_ONCE = 128 * 1024
"""Members times days that are computed together."""

_DAYS_IN_ORDER = 4
"""Days cut by a range that are cached, some 130 bytes per active person: today, and the usual starts of ranges."""


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """What was done between two times: sums by counter, distinct users by section, and distinct users at all."""

    sums: tuple[int, ...]
    users: tuple[int, ...]
    anybody: int


_Counted = tuple[I64, NDArray[np.uint8]]
"""The sums of a day or a part of one, and by section the bits of the members who did anything."""


class TabnineRanges:
    """Totals between each two neighbours of some cuts, which are ascending seconds."""

    def __init__(self, people: People, facts: TabnineFacts, rollups: Rollups) -> None:
        self._people = people
        self._facts = facts
        self._rollups = rollups
        self._bytes = bitmap_size(people.organization.members)
        self._in_order = lru_cache(maxsize=_DAYS_IN_ORDER)(self._put_in_order)

    def everybody(self, cuts: Sequence[int]) -> list[UsageTotals]:
        """Totals over everybody between each two cuts: whole days from roll-ups, the others computed again."""
        first, last = self._history(cuts)
        covered = _whole_days(cuts[0], cuts[-1], first, last)
        known = dict(zip(covered, self._rollups.span(covered.start, covered.stop - 1), strict=True))
        totals = []
        for start, end in pairwise(cuts):
            whole = _whole_days(start, end, first, last)
            edges = sorted({start // DAY + EPOCH, (end - 1) // DAY + EPOCH})
            parts = [self._part(day, start, end) for day in edges if day not in whole and first <= day <= last]
            found = [known[day] for day in whole]
            is_one_day = len(found) == 1 and not parts
            totals.append(_total_of(found[0]) if is_one_day else self._total([*map(_counted, found), *parts]))
        return totals

    def _history(self, cuts: Sequence[int]) -> tuple[int, int]:
        """The first and the last day within the cuts on which anybody can have done anything."""
        first = max(cuts[0] // DAY + EPOCH, self._people.organization.first_day.toordinal())
        return first, (cuts[-1] - 1) // DAY + EPOCH

    def _part(self, day: int, start: int, end: int) -> _Counted:
        seconds, members, counters = self._in_order(day)
        begin, stop = np.searchsorted(seconds, (start, end)).tolist()
        members, counters = members[begin:stop], counters[:, begin:stop]
        did = np.zeros((len(SECTIONS), self._bytes * 8), dtype=np.bool_)
        for section, counter in enumerate(SECTIONS):
            did[section, members[counters[counter] > 0]] = True
        return counters.sum(axis=1), np.packbits(did, axis=1)

    def _put_in_order(self, day: int) -> tuple[I64, I64, I64]:
        """Seconds, members and counters of everything that was done on a day, in the order in which it happened."""
        one = days(self._people.organization, day, day)
        members, happened, counters = [], [], []
        for block in self._people.blocks():
            facts = self._facts.facts(block, one)
            members.append(block.index[facts.rows])
            happened.append((day - EPOCH) * DAY + self._facts.seconds(block, one)[facts.rows, 0])
            counters.append(facts.counters)
        seconds = np.concatenate(happened)
        order = np.argsort(seconds, kind="stable")
        return seconds[order], np.concatenate(members)[order], np.concatenate(counters, axis=1)[:, order]

    def _total(self, parts: list[_Counted]) -> UsageTotals:
        sums = np.zeros(len(COUNTERS), dtype=np.int64)
        members = np.zeros((len(SECTIONS), self._bytes), dtype=np.uint8)
        for part_sums, part_members in parts:
            sums += part_sums
            members |= part_members
        anybody = np.bitwise_or.reduce(members, axis=0, keepdims=True)
        return UsageTotals(tuple(sums.tolist()), tuple(count_bits(members).tolist()), int(count_bits(anybody)[0]))

    def members(self, index: I64, cuts: Sequence[int]) -> list[UsageTotals]:
        """Totals over the members with these indexes, ascending, between each two cuts."""
        sums = np.zeros((len(cuts) - 1, len(COUNTERS)), dtype=np.int64)
        users = np.zeros((len(cuts) - 1, len(SECTIONS) + 1), dtype=np.int64)
        for block in self._blocks(index):
            used = np.zeros((len(SECTIONS), len(cuts) - 1, len(block)), dtype=np.bool_)
            for span in self._spans(cuts, len(block)):
                self._add(block, span, np.asarray(cuts, dtype=np.int64), sums, used)
            users[:, :-1] += used.sum(axis=2).T
            users[:, -1] += used.any(axis=0).sum(axis=1)
        return [
            UsageTotals(tuple(sum_), tuple(count[:-1]), count[-1])
            for sum_, count in zip(sums.tolist(), users.tolist(), strict=True)
        ]

    def _blocks(self, index: I64) -> Iterator[Block]:
        for number in np.unique(index // BLOCK).tolist():
            yield self._people.block(number).take(index[index // BLOCK == number] - number * BLOCK)

    def _spans(self, cuts: Sequence[int], members: int) -> Iterator[Days]:
        first, last = self._history(cuts)
        length = max(_CELLS_AT_ONCE // members, 1)
        for start in range(first, last + 1, length):
            yield days(self._people.organization, start, min(start + length - 1, last))

    def _add(self, block: Block, span: Days, cuts: I64, sums: I64, used: "np.ndarray") -> None:
        seconds = (span.ordinals - EPOCH) * DAY + self._facts.seconds(block, span)
        facts = self._facts.facts(block, span).only((cuts[0] <= seconds) & (seconds < cuts[-1]))
        bucket = np.searchsorted(cuts, seconds[facts.rows, facts.columns], side="right") - 1
        np.add.at(sums, bucket, facts.counters.T)
        for section, counter in enumerate(SECTIONS):
            some = facts.counters[counter] > 0
            used[section, bucket[some], facts.rows[some]] = True


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

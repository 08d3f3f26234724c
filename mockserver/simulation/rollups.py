"""Answers sums and distinct counts over everybody, per day: computed in blocks, kept within a stated budget.

What a single member did stays out.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.augment import COUNTERS, Augment
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.chance import I64
from mockserver.simulation.people import People

MEMORY_BUDGET = 32 * 1024 * 1024
"""The most bytes of rolled-up days that one world keeps; the least recently used go first."""

_DAYS_AT_ONCE = 90


@dataclass(frozen=True, slots=True)
class Day:
    """One day over everybody: `sums` in the order of the counters, how many were active, and who (one bit a member)."""

    sums: tuple[int, ...]
    active: int
    members: NDArray[np.uint8]


class AugmentRollups:
    """Augment's days, rolled up over all members of an organisation."""

    def __init__(self, people: People, augment: Augment) -> None:
        self._people = people
        self._augment = augment
        self._kept: OrderedDict[int, Day] = OrderedDict()
        self._days_kept = max(MEMORY_BUDGET // (people.organization.members // 8 + 600), 2 * _DAYS_AT_ONCE)
        self._lock = Lock()

    def span(self, first: int, last: int) -> list[Day]:
        """The days from `first` to `last`, ordinals, both inclusive; none where `last` is before `first`."""
        with self._lock:
            found = {day: self._kept[day] for day in range(first, last + 1) if day in self._kept}
            missing = [day for day in range(first, last + 1) if day not in found]
            while missing:
                run = _first_run(missing[:_DAYS_AT_ONCE])
                found |= self._roll_up(days(self._people.organization, run[0], run[-1]))
                missing = missing[len(run) :]
            self._keep(found)
        return [found[day] for day in range(first, last + 1)]

    def _keep(self, found: dict[int, Day]) -> None:
        for day, rolled in found.items():
            self._kept[day] = rolled
            self._kept.move_to_end(day)
        while len(self._kept) > self._days_kept:
            self._kept.popitem(last=False)

    def _roll_up(self, span: Days) -> dict[int, Day]:
        sums: I64 = np.zeros((len(COUNTERS), len(span)), dtype=np.int64)
        members = np.zeros((len(span), -(-self._people.organization.members // 8)), dtype=np.uint8)
        for block in self._people.blocks():
            facts = self._augment.facts(block, span)
            sums += facts.by_day
            bits = np.packbits(facts.active.T, axis=1)
            start = int(block.index[0]) // 8
            members[:, start : start + bits.shape[1]] = bits
        counts = np.bitwise_count(members).sum(axis=1, dtype=np.int64)
        return {
            span.first + place: Day(tuple(sums[:, place].tolist()), int(counts[place]), members[place].copy())
            for place in range(len(span))
        }


def _first_run(ordinals: list[int]) -> list[int]:
    """The days at the head of an ascending list that follow each other without a gap."""
    return [day for place, day in enumerate(ordinals) if day == ordinals[0] + place]

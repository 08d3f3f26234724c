"""Augment's records of a day summed over everybody, by language and by editor, and kept for the days used last."""

from collections import OrderedDict
from threading import Lock
from typing import Final

import numpy as np

from mockserver.products.augment.options import NAME
from mockserver.products.augment.records import AugmentRecords, DaySums, LabelSums
from mockserver.simulation.calendar import days
from mockserver.simulation.people import People

_MEMBERS_AT_ONCE: Final = 16 * 1024
"""Members that are computed together; larger arrays do not fit the processor's cache."""

_DAYS_KEPT: Final = 400


class RecordSums:
    """The sums of each day. Days are ordinals."""

    def __init__(self, people: People, records: AugmentRecords) -> None:
        self._people = people
        self._records = records
        self._kept: OrderedDict[int, DaySums] = OrderedDict()
        self._lock = Lock()

    def on(self, day: int) -> DaySums:
        """The sums of a day. Other requests may compute meanwhile: the lock is only held to look at what is kept."""
        with self._lock:
            if day in self._kept:
                self._kept.move_to_end(day)
                return self._kept[day]
        sums = self._compute(day)
        with self._lock:
            self._kept[day] = sums
            if len(self._kept) > _DAYS_KEPT:
                self._kept.popitem(last=False)
        return sums

    def _compute(self, day: int) -> DaySums:
        span = days(self._people.organization, day, day)
        total: DaySums = {}, {}
        using = np.concatenate([each.index[each.rows_using(NAME, day, day)] for each in self._people.blocks(0)])
        for start in range(0, len(using), _MEMBERS_AT_ONCE):
            some = self._people.members(using[start : start + _MEMBERS_AT_ONCE])
            for into, part in zip(total, self._records.sums(some, span), strict=True):
                _add(into, part)
        return total


def _add(into: dict[str, LabelSums], part: dict[str, LabelSums]) -> None:
    for label, sums in part.items():
        if label in into:
            into[label].users += sums.users
            into[label].counters = into[label].counters + sums.counters
        else:
            into[label] = sums

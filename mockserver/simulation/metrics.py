"""Answers the metrics over all products: in each bucket of days the distinct people, or what they did added up.

Calendars and words stay out, and so does which counters count (`metrics_events`). Days are ordinals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mockserver.simulation.augment import Augment
from mockserver.simulation.calendar import days
from mockserver.simulation.clients import Programs
from mockserver.simulation.facts import Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.instants import DAY
from mockserver.simulation.jetbrains import JetBrains
from mockserver.simulation.jetbrains_sources import Reported
from mockserver.simulation.metrics_events import Dimension, DimensionEvents, Metric
from mockserver.simulation.metrics_sources import PLACE, TallySource, TallySpec, Until, Visibility, counting
from mockserver.simulation.organization import Product
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import Day, Rollups, bitmap_size, counted
from mockserver.simulation.tabnine import EARLIEST, LATEST, Tabnine

_KEPT = 6
"""Rolled-up products that are kept: each of the three under two readings or two sets of gates."""

_BUDGET = 24 * 1024 * 1024
"""The most bytes that each of them takes: a year and more of the largest organisation."""

_AT_ONCE = 256 * 1024
"""Members times days that are looked at together."""

_MARKS = tuple(PLACE[dimension, Metric.ACTIVE] for dimension in Dimension)


@dataclass(frozen=True, slots=True)
class DayRange:
    """Some days, both ends inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """What is asked: a metric in a dimension, of what some surfaces show; `members` is a mask of all, None: everybody.

    `all_lines` counts lines that no surface shows.
    """

    metric: Metric
    dimension: Dimension
    reading: DimensionEvents
    seen: tuple[Visibility, ...]
    members: Mask | None = None
    all_lines: bool = False

    @property
    def place(self) -> int:
        """Where among the tallies the answer stands."""
        return PLACE[self.dimension, self.metric]

    def counting(self, seen: Visibility) -> TallySpec:
        """How a surface's numbers are counted."""
        return counting(seen, self.reading, all_lines=self.all_lines)


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody's share of a bucket, surface by surface: days of activity, or what the metric adds up."""

    index: int
    values: tuple[int, ...]


class Metrics:
    """The metrics of one world. Days over everybody are rolled up and kept, within a budget."""

    def __init__(
        self, people: People, augments: Augment, tabnines: Tabnine, jetbrainses: JetBrains, clients: Programs
    ) -> None:
        self._people = people
        self._augment, self._tabnine, self._jetbrains = augments, tabnines, jetbrainses
        self._clients = clients
        self._kept = lru_cache(maxsize=_KEPT)(self._roll)

    def values(self, asked: MetricQuery, buckets: Sequence[DayRange]) -> list[int]:
        """The metric in each of some buckets, which follow one another."""
        if not buckets:
            return []
        return self._of_everybody(asked, buckets) if asked.members is None else self._of_some(asked, buckets)

    def _of_everybody(self, asked: MetricQuery, buckets: Sequence[DayRange]) -> list[int]:
        there, sums = self._rolled_up(asked, buckets)
        return counted(there).tolist() if asked.metric is Metric.ACTIVE else sums

    def _rolled_up(self, asked: MetricQuery, buckets: Sequence[DayRange]) -> tuple[NDArray[np.uint8], list[int]]:
        """Of each bucket who is active, one bit a member, and the sum of the tally that is asked for."""
        mark, size = tuple(Dimension).index(asked.dimension), bitmap_size(self._people.organization.members)
        there, sums = np.zeros((len(buckets), size), dtype=np.uint8), [0] * len(buckets)
        for seen in asked.seen:
            told = self._days(asked, seen, buckets[0].first, buckets[-1].last)
            for place, bucket in enumerate(buckets):
                for day in (told[each] for each in range(bucket.first, bucket.last + 1) if each in told):
                    there[place] |= day.members[mark]
                    sums[place] += int(day.sums[asked.place])
        return there, sums

    def _among(self, asked: MetricQuery, bucket: DayRange) -> Mask | None:
        """A mask of those who can be behind a bucket's value; None: everybody."""
        if asked.members is not None or asked.metric is not Metric.ACTIVE:
            return asked.members
        bits = np.unpackbits(self._rolled_up(asked, [bucket])[0][0])
        return bits[: self._people.organization.members].astype(np.bool_)

    def _days(self, asked: MetricQuery, seen: Visibility, first: int, last: int) -> dict[int, Day]:
        """The days on which a surface shows anything, rolled up."""
        found: dict[int, Day] = {}
        for run, until in self._shown(seen, first, last):
            rolled = self._kept(asked.counting(seen)) if until == DAY else self._roll(asked.counting(seen), until)
            found |= zip(range(run.first, run.last + 1), rolled.span(run.first, run.last), strict=True)
        return found

    def _roll(self, kept: TallySpec, until: int = DAY) -> Rollups:
        return Rollups(self._people, self._source(kept, until), len(PLACE), _MARKS, budget=_BUDGET)

    def _source(self, kept: TallySpec, until: int) -> TallySource:
        source: Source = self._augment
        if kept.product is Product.TABNINE:
            source = self._tabnine if until == DAY else Until(self._tabnine, until)
        elif kept.product is Product.JETBRAINS:
            source = Reported(self._jetbrains, self._clients, kept.gates)
        return TallySource(source, kept)

    def _shown(self, seen: Visibility, first: int, last: int) -> Iterator[tuple[DayRange, int]]:
        """The days of a run of which a surface shows anything, and before which second of them it happened."""
        first = max(first, self._people.organization.first_day.toordinal(), seen.since or 0)
        whole = seen.through if seen.until >= LATEST else seen.through - 1
        if first <= min(last, whole):
            yield DayRange(first, min(last, whole)), DAY
        if whole < seen.through and first <= seen.through <= last and seen.until > EARLIEST:
            yield DayRange(seen.through, seen.through), seen.until

    def _of_some(self, asked: MetricQuery, buckets: Sequence[DayRange]) -> list[int]:
        """Only those are looked at who are meant: a team is small."""
        run = DayRange(buckets[0].first, buckets[-1].last)
        starts = [bucket.first - run.first for bucket in buckets]
        found = np.zeros(len(buckets), dtype=np.int64)
        for block in self._blocks(asked.members, 0, run):
            did = np.sum([self._did(asked, seen, block, run) for seen in asked.seen], axis=0)
            told = np.add.reduceat(did, starts, axis=1)
            found += ((told > 0) if asked.metric is Metric.ACTIVE else told).sum(axis=0)
        return found.tolist()

    def shares(self, asked: MetricQuery, bucket: DayRange, start: int, count: int) -> list[Share]:
        """Up to `count` of the people behind a bucket's value, by index from `start` on."""
        found: list[Share] = []
        for block in self._blocks(self._among(asked, bucket), start, bucket):
            did = np.stack([self._did(asked, seen, block, bucket) for seen in asked.seen])
            values = ((did > 0) if asked.metric is Metric.ACTIVE else did).sum(axis=2)
            some = np.flatnonzero(values.any(axis=0))[: count - len(found)]
            told = zip(block.index[some].tolist(), values[:, some].T.tolist(), strict=True)
            found += [Share(index, tuple(each)) for index, each in told]
            if len(found) == count:
                break
        return found

    def _blocks(self, members: Mask | None, start: int, bucket: DayRange) -> Iterator[Block]:
        """The members who are asked for, from an index on, few enough at once for the days of a bucket."""
        run = max(_AT_ONCE // (bucket.last - bucket.first + 1), 1)
        for block in self._people.blocks(start):
            chosen = block if members is None else block.take(np.flatnonzero(members[block.index]))
            for place in range(0, len(chosen), run):
                yield chosen.take(np.arange(place, min(place + run, len(chosen))))

    def _did(self, asked: MetricQuery, seen: Visibility, block: Block, bucket: DayRange) -> I64:
        """Members by the days of a bucket: the tally that is asked for, of what a surface shows."""
        did = np.zeros((len(block), bucket.last - bucket.first + 1), dtype=np.int64)
        for run, until in self._shown(seen, bucket.first, bucket.last):
            span = days(self._people.organization, run.first, run.last)
            facts = self._source(asked.counting(seen), until).facts(block, span)
            did[facts.rows, facts.columns + (run.first - bucket.first)] = facts.counters[asked.place]
        return did

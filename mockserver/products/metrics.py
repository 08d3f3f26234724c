"""Expected values of the cross-vendor metrics: per bucket of days, distinct people or what they did, added up.

Which counters count is declared by each product (`metric_events`). Days are ordinals.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mockserver.products.metric_events import Dimension, DimensionEvents, Metric
from mockserver.products.metric_tallies import INDEX, TallySource, TallySpec, tally_spec
from mockserver.products.visibility import Visibility
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import RolledUpDay, Rollups, bitmap_size, count_bits

_ROLLUPS_PER_PRODUCT = 2
"""Rolled-up tallies that are cached for each product: two definitions of an interaction, or two variants."""

_BUDGET = 24 * 1024 * 1024
"""The most bytes that each of them takes: a year and more of the largest organization."""

_CELLS_AT_ONCE = 256 * 1024
"""Members times days that are computed together."""

_MARKS = tuple(INDEX[dimension, Metric.ACTIVE] for dimension in Dimension)


@dataclass(frozen=True, slots=True)
class DayRange:
    """Some days, both ends inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """A metric in a dimension, over what some surfaces show.

    `members` is a mask of all members; None is everybody. With `all_lines`, lines that no surface shows count too.
    """

    metric: Metric
    dimension: Dimension
    events: DimensionEvents
    surfaces: tuple[Visibility, ...]
    members: Mask | None = None
    all_lines: bool = False

    @property
    def tally(self) -> int:
        """The index of the tally that answers it."""
        return INDEX[self.dimension, self.metric]

    def spec(self, shown: Visibility) -> TallySpec:
        """How a surface's numbers are counted."""
        return tally_spec(shown, self.events, all_lines=self.all_lines)


@dataclass(frozen=True, slots=True)
class Share:
    """One person's share of a bucket, surface by surface: days of activity, or what the metric adds up."""

    index: int
    values: tuple[int, ...]


class MetricsEngine:
    """The metrics of one world. Days over everybody are rolled up and cached within a budget."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = world.people
        self._cached = lru_cache(maxsize=_ROLLUPS_PER_PRODUCT * len(world.products))(self._roll_up)

    def values(self, query: MetricQuery, buckets: Sequence[DayRange]) -> list[int]:
        """The metric in each of some buckets, which follow one another."""
        if not buckets:
            return []
        return self._over_everybody(query, buckets) if query.members is None else self._over_some(query, buckets)

    def shares(self, query: MetricQuery, bucket: DayRange, start: int, count: int) -> list[Share]:
        """Up to `count` of the people behind a bucket's value, by index from `start` on."""
        found: list[Share] = []
        specs = [query.spec(shown) for shown in query.surfaces]
        for block in self._blocks(self._candidates(query, bucket), start, bucket):
            done = self._tallies(query, specs, block, bucket)
            values = ((done > 0) if query.metric is Metric.ACTIVE else done).sum(axis=2)
            some = np.flatnonzero(values.any(axis=0))[: count - len(found)]
            pairs = zip(block.index[some].tolist(), values[:, some].T.tolist(), strict=True)
            found += [Share(index, tuple(each)) for index, each in pairs]
            if len(found) == count:
                break
        return found

    def _over_everybody(self, query: MetricQuery, buckets: Sequence[DayRange]) -> list[int]:
        active, sums = self._rolled_up(query, buckets)
        return count_bits(active).tolist() if query.metric is Metric.ACTIVE else sums

    def _rolled_up(self, query: MetricQuery, buckets: Sequence[DayRange]) -> tuple[NDArray[np.uint8], list[int]]:
        """Per bucket, who is active (one bit per member) and the sum of the query's tally."""
        mark, size = tuple(Dimension).index(query.dimension), bitmap_size(self._people.organization.members)
        active, sums = np.zeros((len(buckets), size), dtype=np.uint8), [0] * len(buckets)
        for shown in query.surfaces:
            known = self._days(query, shown, buckets[0].first, buckets[-1].last)
            for index, bucket in enumerate(buckets):
                for day in (known[each] for each in range(bucket.first, bucket.last + 1) if each in known):
                    active[index] |= day.members[mark]
                    sums[index] += int(day.sums[query.tally])
        return active, sums

    def _candidates(self, query: MetricQuery, bucket: DayRange) -> Mask | None:
        """A mask of the members who can be behind a bucket's value; None is everybody."""
        if query.members is not None or query.metric is not Metric.ACTIVE:
            return query.members
        bits = np.unpackbits(self._rolled_up(query, [bucket])[0][0])
        return bits[: self._people.organization.members].astype(np.bool_)

    def _days(self, query: MetricQuery, shown: Visibility, first: int, last: int) -> dict[int, RolledUpDay]:
        """The days on which a surface shows anything, rolled up. A day that is shown in part is not cached."""
        found: dict[int, RolledUpDay] = {}
        spec = query.spec(shown)
        for run, variant in self._runs(shown, first, last):
            rollups = self._cached(spec, variant) if variant == shown.variant else self._roll_up(spec, variant)
            found |= zip(range(run.first, run.last + 1), rollups.span(run.first, run.last), strict=True)
        return found

    def _roll_up(self, spec: TallySpec, variant: Hashable) -> Rollups:
        return Rollups(self._people, self._source(spec, variant), len(INDEX), _MARKS, budget=_BUDGET)

    def _source(self, spec: TallySpec, variant: Hashable) -> TallySource:
        return TallySource(spec.product.source(self._world.of(spec.product), variant), spec)

    def _runs(self, shown: Visibility, first: int, last: int) -> Iterator[tuple[DayRange, Hashable]]:
        """The days of a range of which a surface shows anything, and in which variant."""
        first = max(first, self._people.organization.first_day.toordinal(), shown.since or 0)
        whole = shown.through if shown.last_variant is None else shown.through - 1
        if first <= min(last, whole):
            yield DayRange(first, min(last, whole)), shown.variant
        if whole < shown.through and first <= shown.through <= last:
            yield DayRange(shown.through, shown.through), shown.last_variant

    def _over_some(self, query: MetricQuery, buckets: Sequence[DayRange]) -> list[int]:
        """Computes only the members of the query, who are few: a team."""
        run = DayRange(buckets[0].first, buckets[-1].last)
        starts = [bucket.first - run.first for bucket in buckets]
        specs = [query.spec(shown) for shown in query.surfaces]
        found = np.zeros(len(buckets), dtype=np.int64)
        for block in self._blocks(query.members, 0, run):
            done = self._tallies(query, specs, block, run).sum(axis=0)
            per_bucket = np.add.reduceat(done, starts, axis=1)
            found += ((per_bucket > 0) if query.metric is Metric.ACTIVE else per_bucket).sum(axis=0)
        return found.tolist()

    def _blocks(self, members: Mask | None, start: int, bucket: DayRange) -> Iterator[Block]:
        """The members of a mask, from an index on, few enough at once for the days of a bucket."""
        run = max(_CELLS_AT_ONCE // (bucket.last - bucket.first + 1), 1)
        for block in self._people.blocks(start):
            chosen = block if members is None else block.take(np.flatnonzero(members[block.index]))
            for first in range(0, len(chosen), run):
                yield chosen.take(np.arange(first, min(first + run, len(chosen))))

    def _tallies(self, query: MetricQuery, specs: Sequence[TallySpec], block: Block, bucket: DayRange) -> I64:
        """Surfaces by members by the days of a bucket: the query's tally."""
        done = np.zeros((len(specs), len(block), bucket.last - bucket.first + 1), dtype=np.int64)
        for surface, (shown, spec) in enumerate(zip(query.surfaces, specs, strict=True)):
            for run, variant in self._runs(shown, bucket.first, bucket.last):
                span = days(self._people.organization, run.first, run.last)
                facts = self._source(spec, variant).facts(block, span)
                done[surface, facts.rows, facts.columns + (run.first - bucket.first)] = facts.counters[query.tally]
        return done


@dataclass(frozen=True, slots=True)
class _Metrics:
    """The part of a world that computes its metrics."""

    def build(self, world: World) -> MetricsEngine:
        return MetricsEngine(world)


ENGINE: Final = _Metrics()
"""`world.of(ENGINE)` is the MetricsEngine of a world."""

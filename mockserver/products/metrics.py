"""Expected values of the cross-vendor metrics: per bucket of days, distinct people or what they did, added up.

Which counters count is declared by each product (`metric_events`). A bucket is a range of days, which are ordinals.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mockserver.products.metric_events import Dimension, DimensionEvents, Metric, in_dimension
from mockserver.products.model import ProductModel, Visibility
from mockserver.products.world import World
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.facts import Facts, Source
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import Progress, Rollups, bitmap_size, count_bits

_ROLLUPS_PER_PRODUCT = 2
"""Rolled-up tallies that are cached for each product: two definitions of an interaction, or two variants."""

_BUDGET = 24 * 1024 * 1024
"""The most bytes that each of them takes: a year and more of the largest organization."""

_CELLS_AT_ONCE = 256 * 1024
"""Members times days that are computed together."""

_TALLIES = [(dimension, metric) for dimension in Dimension for metric in Metric]
"""What each tally counts; the tally of active users is above zero for each of them."""


@dataclass(frozen=True, slots=True)
class TallySpec:
    """Which of a product's metric counters make up each tally, by their indexes, in the order of _TALLIES."""

    product: ProductModel[Any]
    tallies: tuple[tuple[int, ...], ...]

    @property
    def marks(self) -> list[tuple[int, ...]]:
        """The counters of which any makes a person active, by dimension."""
        return [tally for tally, (_, metric) in zip(self.tallies, _TALLIES, strict=True) if metric is Metric.ACTIVE]


@dataclass(frozen=True, slots=True)
class PeopleSource:
    """A product's facts without those of service accounts."""

    source: Source

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        facts = self.source.facts(block, span)
        if block.service.any():
            facts = facts.only(np.broadcast_to(~block.service[:, None], facts.active.shape))
        return facts


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
        return _TALLIES.index((self.dimension, self.metric))

    def spec(self, shown: Visibility) -> TallySpec:
        """How a surface's numbers are counted."""
        names = shown.product.metric_counters
        visible = {*shown.fields, *(shown.hidden_lines if self.all_lines else ())}
        declared = shown.product.events(self.events)
        counted = (in_dimension(declared, dimension).of(metric) for dimension, metric in _TALLIES)
        tallies = tuple(tuple(names.index(name) for name in tally if name in visible) for tally in counted)
        return TallySpec(shown.product, tallies)


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

    def values(self, query: MetricQuery, buckets: Sequence[range], progress: Progress | None = None) -> list[int]:
        """The metric in each of some buckets, which follow one another.

        `progress` is called while days over everybody are computed; it counts the days of each surface.
        """
        if not buckets:
            return []
        if query.members is not None:
            return self._over_some(query, buckets)
        active, sums = self._rolled_up(query, buckets, progress)
        return count_bits(active).tolist() if query.metric is Metric.ACTIVE else sums

    def shares(self, query: MetricQuery, bucket: range, start: int, count: int) -> list[Share]:
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

    def _rolled_up(
        self, query: MetricQuery, buckets: Sequence[range], progress: Progress | None = None
    ) -> tuple[NDArray[np.uint8], list[int]]:
        """Per bucket, who is active (one bit per member) and the sum of the query's tally."""
        mark, within = tuple(Dimension).index(query.dimension), range(buckets[0].start, buckets[-1].stop)
        size = bitmap_size(self._people.organization.members)
        active, sums = np.zeros((len(buckets), size), dtype=np.uint8), [0] * len(buckets)
        runs = [(shown, *run) for shown in query.surfaces for run in self._runs(shown, within)]
        total, before = sum(len(run) for _, run, _ in runs), 0
        for shown, run, variant in runs:
            spec = query.spec(shown)
            counters = list(spec.tallies[query.tally])
            rollups = self._rollups(spec, shown, variant)
            known = rollups.span(run[0], run[-1], _counted_from(progress, before, total))
            before += len(run)
            for index, bucket in enumerate(buckets):
                days_shown = range(max(bucket.start, run.start) - run.start, min(bucket.stop, run.stop) - run.start)
                for day in (known[each] for each in days_shown):
                    active[index] |= day.members[mark]
                    sums[index] += int(day.sums[counters].sum())
        return active, sums

    def _candidates(self, query: MetricQuery, bucket: range) -> Mask | None:
        """A mask of the members who can be behind a bucket's value; None is everybody."""
        if query.members is not None or query.metric is not Metric.ACTIVE:
            return query.members
        bits = np.unpackbits(self._rolled_up(query, [bucket])[0][0])
        return bits[: self._people.organization.members].astype(np.bool_)

    def _rollups(self, spec: TallySpec, shown: Visibility, variant: Hashable) -> Rollups:
        """The days of a surface in a variant. Days that are not shown as they will be in the end are not cached."""
        make = self._cached if variant == shown.variant else self._roll_up
        return make(spec, variant)

    def _roll_up(self, spec: TallySpec, variant: Hashable) -> Rollups:
        source, counters = self._source(spec.product, variant), len(spec.product.metric_counters)
        return Rollups(self._people, source, counters, spec.marks, budget=_BUDGET)

    def _source(self, product: ProductModel[Any], variant: Hashable) -> Source:
        return PeopleSource(product.source(self._world.of(product), variant))

    def _runs(self, shown: Visibility, within: range) -> Iterator[tuple[range, Hashable]]:
        """The days of a range of which a surface shows anything, and in which variant."""
        first = max(within.start, self._people.organization.first_day.toordinal(), shown.since or 0)
        whole = shown.through if shown.last_variant is None else shown.through - shown.last_days
        if run := range(first, min(within.stop, whole + 1)):
            yield run, shown.variant
        if run := range(max(first, whole + 1), min(within.stop, shown.through + 1)):
            yield run, shown.last_variant

    def _over_some(self, query: MetricQuery, buckets: Sequence[range]) -> list[int]:
        """Computes only the members of the query, who are few: a team."""
        run = range(buckets[0].start, buckets[-1].stop)
        starts = [bucket.start - run.start for bucket in buckets]
        specs = [query.spec(shown) for shown in query.surfaces]
        found = np.zeros(len(buckets), dtype=np.int64)
        for block in self._blocks(query.members, 0, run):
            done = self._tallies(query, specs, block, run).sum(axis=0)
            per_bucket = np.add.reduceat(done, starts, axis=1)
            found += ((per_bucket > 0) if query.metric is Metric.ACTIVE else per_bucket).sum(axis=0)
        return found.tolist()

    def _blocks(self, members: Mask | None, start: int, bucket: range) -> Iterator[Block]:
        """The members of a mask, from an index on, few enough at once for the days of a bucket."""
        size = max(_CELLS_AT_ONCE // len(bucket), 1)
        for block in self._people.blocks(start):
            chosen = block if members is None else block.take(np.flatnonzero(members[block.index]))
            for first in range(0, len(chosen), size):
                yield chosen.take(np.arange(first, min(first + size, len(chosen))))

    def _tallies(self, query: MetricQuery, specs: Sequence[TallySpec], block: Block, bucket: range) -> I64:
        """Surfaces by members by the days of a bucket: the query's tally."""
        done = np.zeros((len(specs), len(block), len(bucket)), dtype=np.int64)
        for surface, (shown, spec) in enumerate(zip(query.surfaces, specs, strict=True)):
            for run, variant in self._runs(shown, bucket):
                span = days(self._people.organization, run[0], run[-1])
                facts = self._source(spec.product, variant).facts(block, span)
                tally = facts.counters[list(spec.tallies[query.tally])].sum(axis=0)
                done[surface, facts.rows, facts.columns + (run.start - bucket.start)] = tally
        return done


def _counted_from(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of a part, told as that of the whole: `before` are the days of the parts before it."""
    if progress is None:
        return None
    return lambda done, _: progress(before + done, total)

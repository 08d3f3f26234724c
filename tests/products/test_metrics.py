"""Tests of the metrics for every range and bucket: parts add up to the whole, and nobody counts twice."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as laws
from hypothesis import strategies as draw

from mockserver import products
from mockserver.products import tabnine
from mockserver.products.metric_events import PARTS, Dimension, DimensionEvents, Metric, in_dimension
from mockserver.products.metrics import MetricQuery, MetricsEngine, Share
from mockserver.products.model import ProductModel, Visibility
from tests.simulation import worlds

WORLD = worlds.world()
METRICS = WORLD.of(MetricsEngine)
PRODUCTS = products.discover()
THROUGH = worlds.ordinal("2025-06-30")
DAYS = draw.integers(worlds.ordinal("2024-11-15"), worlds.ordinal("2025-07-20"))
LENGTHS = draw.integers(0, 70)
every_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)


def shown(product: ProductModel[Any], through: int = THROUGH, second: int = tabnine.facts.LATEST) -> Visibility:
    """Everything of a product up to a day; of that day's Tabnine, what happened before a second."""
    last = tabnine.until(second) if product is tabnine.PRODUCT else None
    return Visibility(product, through, {name: name for name in product.metric_counters}, last_variant=last)


def query(
    metric: Metric, dimension: Dimension = Dimension.ALL, *some: ProductModel[Any], team: int | None = None
) -> MetricQuery:
    """A query over some products, or all."""
    mask = None if team is None else WORLD.people.in_teams([team])
    surfaces = tuple(shown(product) for product in some or PRODUCTS)
    return MetricQuery(metric, dimension, DimensionEvents.BROAD, surfaces, mask)


def value(of: MetricQuery, first: int, last: int, metrics: MetricsEngine = METRICS) -> int:
    """The metric of a range as one bucket."""
    [found] = metrics.values(of, [range(first, last + 1)])
    return found


def cut(first: int, last: int, every: int) -> list[range]:
    """The days of a range, some at a time."""
    return [range(day, min(day + every, last + 1)) for day in range(first, last + 1, every)]


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.integers(1, 31))
@laws(max_examples=25)
def test_active_people_of_a_range_are_between_largest_and_sum_of_buckets(
    first: int, length: int, dimension: Dimension, every: int
) -> None:
    active = query(Metric.ACTIVE, dimension)
    found = METRICS.values(active, cut(first, first + length, every))
    assert max(found) <= value(active, first, first + length) <= sum(found)


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.sampled_from([*Metric][1:]), draw.integers(1, 31))
@laws(max_examples=25)
def test_sums_do_not_depend_on_buckets(
    first: int, length: int, dimension: Dimension, metric: Metric, every: int
) -> None:
    summed = query(metric, dimension)
    found = METRICS.values(summed, cut(first, first + length, every))
    assert sum(found) == value(summed, first, first + length)


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.sampled_from(Metric))
@laws(max_examples=25)
def test_products_add_up_and_shared_people_count_once(
    first: int, length: int, dimension: Dimension, metric: Metric
) -> None:
    together = value(query(metric, dimension), first, first + length)
    alone = [value(query(metric, dimension, product), first, first + length) for product in PRODUCTS]
    if metric is Metric.ACTIVE:
        assert max(alone) <= together <= sum(alone)
    else:
        assert together == sum(alone)


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.sampled_from(Metric))
@laws(max_examples=25)
def test_teams_add_up_to_everybody(first: int, length: int, dimension: Dimension, metric: Metric) -> None:
    teams = [value(query(metric, dimension, team=team), first, first + length) for team in range(3)]
    assert sum(teams) == value(query(metric, dimension), first, first + length)
    assert teams[2] == 0


@given(DAYS, LENGTHS)
@laws(max_examples=25)
def test_all_counts_people_active_in_any_dimension(first: int, length: int) -> None:
    parts = [value(query(Metric.ACTIVE, each), first, first + length) for each in PARTS]
    assert max(parts) <= value(query(Metric.ACTIVE), first, first + length) <= sum(parts)


@given(DAYS, LENGTHS, draw.sampled_from(Metric), draw.integers(1, 20))
@laws(max_examples=25)
def test_shares_add_up_to_the_value(first: int, length: int, metric: Metric, count: int) -> None:
    everything, bucket = query(metric), range(first, first + length + 1)
    shares: list[Share] = []
    start = 0
    while page := METRICS.shares(everything, bucket, start, count):
        shares, start = [*shares, *page], page[-1].index + 1
    whole = len(shares) if metric is Metric.ACTIVE else sum(sum(share.values) for share in shares)
    assert whole == value(everything, first, first + length)


def test_large_pages_are_computed_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    everything, bucket = query(Metric.ACTIONS), range(THROUGH - 20, THROUGH + 1)
    whole = METRICS.shares(everything, bucket, 0, 1000)
    monkeypatch.setattr("mockserver.products.metrics._CELLS_AT_ONCE", 100)
    assert METRICS.shares(everything, bucket, 0, 1000) == whole
    assert METRICS.shares(everything, bucket, 5, 3) == [share for share in whole if share.index >= 5][:3]


@given(DAYS, LENGTHS, draw.sampled_from(Metric), draw.integers(1, 31), draw.integers(0, 86_400))
@laws(max_examples=25)
def test_everybody_by_mask_is_everybody_rolled_up(
    first: int, length: int, metric: Metric, every: int, second: int
) -> None:
    surfaces = tuple(shown(product, first + length // 2, second) for product in PRODUCTS)
    rolled = MetricQuery(metric, Dimension.ALL, DimensionEvents.BROAD, surfaces)
    masked = replace(rolled, members=np.ones(WORLD.organization.members, dtype=np.bool_))
    buckets = cut(first, first + length, every)
    assert METRICS.values(rolled, buckets) == METRICS.values(masked, buckets)


def test_progress_counts_the_days_of_every_surface() -> None:
    told: list[tuple[int, int]] = []
    metrics, buckets = MetricsEngine(WORLD), cut(THROUGH - 59, THROUGH + 5, 7)
    expected = METRICS.values(query(Metric.ACTIONS), buckets)
    assert metrics.values(query(Metric.ACTIONS), buckets, lambda *days: told.append(days)) == expected
    assert told == sorted(told)
    assert {total for _, total in told} == {180}, "sixty days have data at each of three surfaces"
    assert [done for done, _ in told if done % 60 == 0] == [60, 120, 180]


def test_no_bucket_has_no_value() -> None:
    assert METRICS.values(query(Metric.ACTIVE), []) == []


@pytest.mark.parametrize("members", [None, np.ones(WORLD.organization.members, dtype=np.bool_)], ids=["all", "mask"])
def test_no_surface_shows_nothing(members: Any) -> None:
    nothing = MetricQuery(Metric.ACTIONS, Dimension.ALL, DimensionEvents.BROAD, (), members)
    assert value(nothing, THROUGH - 9, THROUGH) == 0
    assert METRICS.shares(nothing, range(THROUGH - 9, THROUGH + 1), 0, 10) == []


@pytest.mark.parametrize("events", DimensionEvents)
@every_product
def test_every_event_is_a_counter_of_its_product(product: ProductModel[Any], events: DimensionEvents) -> None:
    for dimension in Dimension:
        for metric in Metric:
            named = in_dimension(product.events(events), dimension).of(metric)
            assert set(named) <= set(product.metric_counters)
            assert len(named) == len(set(named))


@every_product
def test_source_has_a_row_for_each_metric_counter(product: ProductModel[Any]) -> None:
    facts = product.source(WORLD.of(product), None).facts(
        WORLD.people.block(0), worlds.days(WORLD, "2025-06-02", "2025-06-06")
    )
    assert facts.counters.shape[0] == len(product.metric_counters)


@every_product
def test_strict_events_count_nobody_that_broad_events_do_not(product: ProductModel[Any]) -> None:
    for first in range(THROUGH - 60, THROUGH, 7):
        for dimension in Dimension:
            broad, strict = (
                METRICS.values(
                    MetricQuery(Metric.ACTIVE, dimension, events, (shown(product),)), [range(first, first + 1)]
                )
                for events in DimensionEvents
            )
            assert strict <= broad

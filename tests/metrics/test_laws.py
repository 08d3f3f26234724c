"""Promises that hold for every range and bucket: parts make up the whole, and nobody counts twice."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as laws
from hypothesis import strategies as draw

from mockserver.simulation.instants import DAY
from mockserver.simulation.metrics import DayRange, MetricQuery, Metrics, Share
from mockserver.simulation.metrics_events import PARTS, Dimension, DimensionEvents, Metric, events
from mockserver.simulation.metrics_sources import COUNTERS, Visibility
from mockserver.simulation.organization import Product
from tests.simulation import worlds

WORLD = worlds.world()
EVERYTHING = {product: {name: name for name in counters} for product, counters in COUNTERS.items()}
THROUGH = worlds.ordinal("2025-06-30")
DAYS = draw.integers(worlds.ordinal("2024-11-15"), worlds.ordinal("2025-07-20"))
LENGTHS = draw.integers(0, 70)


def question(
    metric: Metric, dimension: Dimension = Dimension.ALL, *products: Product, team: int | None = None
) -> MetricQuery:
    """A question about some products, or all."""
    seen = tuple(Visibility(product, THROUGH, EVERYTHING[product]) for product in products or tuple(Product))
    mask = None if team is None else WORLD.people.in_teams([team])
    return MetricQuery(metric, dimension, DimensionEvents.BROAD, seen, mask)


def value(asked: MetricQuery, first: int, last: int, metrics: Metrics = WORLD.metrics) -> int:
    """The metric of a range as one bucket."""
    [found] = metrics.values(asked, [DayRange(first, last)])
    return found


def cut(first: int, last: int, every: int) -> list[DayRange]:
    """The days of a range, some at a time."""
    return [DayRange(day, min(day + every - 1, last)) for day in range(first, last + 1, every)]


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.integers(1, 31))
@laws(max_examples=25)
def test_people_of_a_range_are_no_fewer_than_of_any_bucket_and_no_more_than_of_all(
    first: int, length: int, dimension: Dimension, every: int
) -> None:
    asked = question(Metric.ACTIVE, dimension)
    found = WORLD.metrics.values(asked, cut(first, first + length, every))
    assert max(found) <= value(asked, first, first + length) <= sum(found)


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.sampled_from([*Metric][1:]), draw.integers(1, 31))
@laws(max_examples=25)
def test_what_is_added_up_does_not_depend_on_how_a_range_is_cut(
    first: int, length: int, dimension: Dimension, metric: Metric, every: int
) -> None:
    asked = question(metric, dimension)
    found = WORLD.metrics.values(asked, cut(first, first + length, every))
    assert sum(found) == value(asked, first, first + length)


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.sampled_from(Metric))
@laws(max_examples=25)
def test_vendors_add_up_but_people_of_several_count_once(
    first: int, length: int, dimension: Dimension, metric: Metric
) -> None:
    together = value(question(metric, dimension), first, first + length)
    alone = [value(question(metric, dimension, product), first, first + length) for product in Product]
    if metric is Metric.ACTIVE:
        assert max(alone) <= together <= sum(alone)
    else:
        assert together == sum(alone)


@given(DAYS, LENGTHS, draw.sampled_from(Dimension), draw.sampled_from(Metric))
@laws(max_examples=25)
def test_teams_make_up_everybody(first: int, length: int, dimension: Dimension, metric: Metric) -> None:
    teams = [value(question(metric, dimension, team=team), first, first + length) for team in range(3)]
    assert sum(teams) == value(question(metric, dimension), first, first + length)
    assert teams[2] == 0


@given(DAYS, LENGTHS)
@laws(max_examples=25)
def test_all_is_whoever_is_active_in_any_dimension(first: int, length: int) -> None:
    parts = [value(question(Metric.ACTIVE, each), first, first + length) for each in PARTS]
    assert max(parts) <= value(question(Metric.ACTIVE), first, first + length) <= sum(parts)


@given(DAYS, LENGTHS, draw.sampled_from(Metric), draw.integers(1, 20))
@laws(max_examples=25)
def test_the_shares_of_a_bucket_make_up_its_value(first: int, length: int, metric: Metric, count: int) -> None:
    asked, bucket = question(metric), DayRange(first, first + length)
    told: list[Share] = []
    start = 0
    while page := WORLD.metrics.shares(asked, bucket, start, count):
        told, start = [*told, *page], page[-1].index + 1
    whole = len(told) if metric is Metric.ACTIVE else sum(sum(share.values) for share in told)
    assert whole == value(asked, first, first + length)


def test_large_pages_look_at_few_enough_members_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, bucket = question(Metric.ACTIONS), DayRange(THROUGH - 20, THROUGH)
    whole = WORLD.metrics.shares(asked, bucket, 0, 1000)
    monkeypatch.setattr("mockserver.simulation.metrics._AT_ONCE", 100)
    assert WORLD.metrics.shares(asked, bucket, 0, 1000) == whole
    assert WORLD.metrics.shares(asked, bucket, 5, 3) == [share for share in whole if share.index >= 5][:3]


@given(DAYS, LENGTHS, draw.sampled_from(Metric), draw.integers(1, 31), draw.integers(0, 86_400))
@laws(max_examples=25)
def test_everybody_looked_at_one_by_one_is_everybody_rolled_up(
    first: int, length: int, metric: Metric, every: int, until: int
) -> None:
    seen = tuple(
        Visibility(product, first + length // 2, EVERYTHING[product], until if product is Product.TABNINE else DAY)
        for product in Product
    )
    rolled = MetricQuery(metric, Dimension.ALL, DimensionEvents.BROAD, seen)
    alone = replace(rolled, members=np.ones(WORLD.organization.members, dtype=np.bool_))
    found = cut(first, first + length, every)
    assert WORLD.metrics.values(rolled, found) == WORLD.metrics.values(alone, found)


def test_over_no_bucket_there_is_nothing() -> None:
    assert WORLD.metrics.values(question(Metric.ACTIVE), []) == []


@pytest.mark.parametrize("reading", DimensionEvents)
@pytest.mark.parametrize("product", Product)
def test_every_event_is_a_counter_of_its_product(product: Product, reading: DimensionEvents) -> None:
    for dimension in Dimension:
        for metric in Metric:
            named = events(product, dimension, reading).of(metric)
            assert set(named) <= set(COUNTERS[product])
            assert len(named) == len(set(named))


@pytest.mark.parametrize("product", Product)
def test_nobody_is_active_by_the_strict_reading_alone(product: Product) -> None:
    """Whoever took something was shown it."""
    for first in range(THROUGH - 60, THROUGH, 7):
        for dimension in Dimension:
            broad, strict = (
                WORLD.metrics.values(
                    MetricQuery(
                        Metric.ACTIVE, dimension, reading, (Visibility(product, THROUGH, EVERYTHING[product]),)
                    ),
                    [DayRange(first, first)],
                )
                for reading in DimensionEvents
            )
            assert strict <= broad

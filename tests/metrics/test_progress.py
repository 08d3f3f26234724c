"""Tests of the progress of a long computation of expected values, which a command can show."""

from datetime import date

from mockserver import app
from mockserver.gateway.store.memory import MemoryRegistry
from mockserver.gateway.store.registry import RegistryParts
from mockserver.metrics.expected_values import ExpectedQuery, ExpectedValues
from mockserver.organizations import files
from mockserver.products.metric_events import Dimension, Metric
from mockserver.products.world import World
from mockserver.simulation.calendar_periods import CalendarPeriod
from tests.conftest import SETTINGS


def test_headline_tells_how_many_days_are_done() -> None:
    known = app.sources()
    parts = RegistryParts(known.vendors, lambda each, seed: World(each, files.pool(), seed), 10, 1, known.switches)
    registry = MemoryRegistry(parts)
    registry.make_default(app.default_config(SETTINGS, known))
    query = ExpectedQuery(Metric.ACTIVE, Dimension.ALL, CalendarPeriod.WEEK, date(2025, 9, 1), date(2025, 9, 30))
    told: list[tuple[int, int]] = []
    headline = ExpectedValues(registry.default, known.vendors, query).headline(lambda *days: told.append(days))
    assert headline == ExpectedValues(registry.default, known.vendors, query).headline()
    assert told == [(30, 90), (60, 90), (90, 90)]

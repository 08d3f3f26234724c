"""Cached days of counts and of usage: the same as computed ones, in whatever order a client asks for them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from mockserver.products.augment import published
from mockserver.simulation.rollups import PartlyFinalRollups, Rollups
from tests.contract.client import Client

DAYS = [date(2025, 9, 20) + timedelta(days=index) for index in range(31)]
"""The newest is yesterday."""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The spans of days that answers are made of, from now on; days that a cache knows are in none."""
    read: list[tuple[int, int]] = []
    at = published.at

    class Noted:
        def __init__(self, days: Rollups | PartlyFinalRollups) -> None:
            self._days = days

        def span(self, first: int, last: int) -> Sequence[Any]:
            read.append((first, last))
            return self._days.span(first, last)

    class NotedFigures:
        def __init__(self, *which: Any) -> None:
            self.days = Noted(at(*which).days)

    monkeypatch.setattr(published, "at", NotedFigures)
    return read


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("restatement", ["off", "corrections"])
@pytest.mark.parametrize("path", ["/dau-count", "/daily-usage"])
def test_days_that_are_requested_one_by_one_are_those_of_the_range(
    augment_of: Callable[..., Client], path: str, restatement: str, order: int
) -> None:
    """The newest days are restated under one switch, so that ranges that end with them have other publications."""
    client, other = (augment_of("initech").switched(restatement=restatement) for _ in range(2))
    found = [client.got(path, start_date=str(day), end_date=str(day)) for day in DAYS[::order]][::order]
    fresh = other.got(path, start_date=str(DAYS[0]), end_date=str(DAYS[-1]))
    [rows] = [name for name in fresh if name != "metadata"]
    assert [row for answer in found for row in answer[rows]] == fresh[rows]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("path", ["/dau-count", "/daily-usage"])
def test_client_that_goes_from_day_to_day_has_the_next_ones_computed(
    augment_of: Callable[..., Client], spans: list[tuple[int, int]], path: str, order: int
) -> None:
    client = augment_of("initech")
    for day in DAYS[::order]:
        client.got(path, start_date=str(day), end_date=str(day))
    first, last = DAYS[0].toordinal(), DAYS[-1].toordinal()
    assert len(spans) <= 3
    assert max(until for _, until in spans) == last
    assert {day for start, until in spans for day in range(start, until + 1)} >= {*range(first, last + 1)}

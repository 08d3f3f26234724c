"""The clock: real, running from a timestamp, frozen, moved on, and never out of bounds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from freezegun import freeze_time

from mockserver.simulation.clock import EARLIEST, LATEST, Clock, ClockError

WALL = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
THEN = datetime(2024, 2, 29, 23, 59, 58, 500_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_default_clock_shows_the_real_time() -> None:
    before = datetime.now(UTC)
    shown = Clock().now()
    assert before <= shown <= datetime.now(UTC)
    assert not Clock().frozen


def test_frozen_wall_clock_freezes_the_clock() -> None:
    with freeze_time(WALL):
        assert Clock().now() == WALL == Clock().now()


def test_running_clock_moves_with_the_wall_clock() -> None:
    with freeze_time(WALL) as wall:
        clock = Clock.at(THEN)
        assert clock.now() == THEN
        wall.tick(90)
        assert clock.now() == THEN + 90 * SECOND
    assert not clock.frozen


def test_frozen_clock_does_not_move_with_the_wall_clock() -> None:
    with freeze_time(WALL) as wall:
        clock = Clock.at(THEN, frozen=True)
        wall.tick(90)
        assert clock.now() == THEN
    assert clock.frozen


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
def test_advancing_gives_a_later_clock_and_keeps_the_first(*, frozen: bool) -> None:
    with freeze_time(WALL):
        clock = Clock.at(THEN, frozen=frozen)
        later = clock.advanced(timedelta(days=2, microseconds=3))
        assert later.now() == THEN + timedelta(days=2, microseconds=3)
        assert clock.now() == THEN
    assert later.frozen is frozen


def test_clock_shows_utc() -> None:
    clock = Clock.at(datetime(2025, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), frozen=True)
    assert clock.now().isoformat() == "2024-12-31T23:30:00+00:00"


@pytest.mark.parametrize("edge", [EARLIEST, LATEST])
def test_clock_can_show_its_bounds(edge: datetime) -> None:
    assert Clock.at(edge, frozen=True).now() == edge


@pytest.mark.parametrize(
    "move",
    [
        lambda: Clock.at(EARLIEST - timedelta(microseconds=1)),
        lambda: Clock.at(LATEST + timedelta(microseconds=1), frozen=True),
        lambda: Clock.at(LATEST, frozen=True).advanced(timedelta(microseconds=1)),
        lambda: Clock.at(WALL, frozen=True).advanced(timedelta.max),
        lambda: Clock().advanced(timedelta(days=400 * 366)),
    ],
    ids=["before the first", "after the last", "a step past the last", "further than time goes", "running too far"],
)
def test_clock_out_of_bounds_is_refused_with_the_bounds(move: Callable[[], Clock]) -> None:
    with pytest.raises(ClockError, match="between 1971-01-01 and 2199-12-31"):
        move()


def test_clock_can_advance_to_its_last_time() -> None:
    assert Clock.at(WALL, frozen=True).advanced(LATEST - WALL).now() == LATEST


def test_running_clock_stops_at_its_last_time() -> None:
    with freeze_time(WALL) as wall:
        clock = Clock.at(LATEST - SECOND)
        wall.tick(5)
        assert clock.now() == LATEST

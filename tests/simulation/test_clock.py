"""The clock: real, running from a timestamp, frozen, moved on, and never out of bounds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from freezegun import freeze_time

from mockserver.simulation.clock import (
    EARLIEST,
    LATEST,
    Clock,
    ClockError,
    PreciseTime,
    format_utc,
    nanoseconds,
    parse,
)

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


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
def test_clock_counts_nanoseconds(*, frozen: bool) -> None:
    with freeze_time(WALL):
        clock = Clock.at(PreciseTime.from_ns(nanoseconds(THEN) + 985), frozen=frozen)
        assert (clock.now(), nanoseconds(clock.now()) % 1000) == (THEN, 985)
        later = clock.advanced(SECOND, 20).now()
    assert (later, nanoseconds(later) % 1000) == (THEN + SECOND + timedelta(microseconds=1), 5)


def test_real_clock_has_the_nanoseconds_of_the_machine() -> None:
    """One reading in a thousand ends in 000; a hundred of them do not."""
    assert any(nanoseconds(Clock().now()) % 1000 for _ in range(100))


def test_wall_clock_frozen_between_microseconds_is_exact() -> None:
    with freeze_time(datetime(2025, 10, 21, 10, 30, 0, 123_457, tzinfo=UTC)):
        assert format_utc(Clock().now()) == "2025-10-21T10:30:00.123457Z"


@pytest.mark.parametrize("text", ["2025-10-21T10:30:00", "2025-10-21", "20251021T103000"])
def test_text_without_a_time_zone_is_read_without_one(text: str) -> None:
    assert parse(text).utcoffset() is None


FRACTIONS = {
    "none": ("2025-10-21T10:30:00Z", "2025-10-21T10:30:00Z"),
    "zeros": ("2025-10-21T10:30:00.000000000Z", "2025-10-21T10:30:00Z"),
    "milliseconds": ("2025-10-21T10:30:00.5Z", "2025-10-21T10:30:00.500000Z"),
    "nanoseconds": ("2025-10-21T10:30:00.000000001Z", "2025-10-21T10:30:00.000000001Z"),
    "another zone": ("2025-10-21T12:30:00.123456780+02:00", "2025-10-21T10:30:00.123456780Z"),
}


@pytest.mark.parametrize(("text", "written"), FRACTIONS.values(), ids=FRACTIONS)
def test_timestamp_is_written_with_six_or_nine_digits(text: str, written: str) -> None:
    assert format_utc(parse(text)) == written


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

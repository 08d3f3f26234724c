"""The cost of a page in a large organization, relative to a small one. No request is repeated, so none is cached."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median

from benchmarks.in_process import NOW, TimedClient
from benchmarks.table import Figure

_ROUNDS = 25


def figures() -> Iterator[Figure]:
    """The ratios for two endpoints, and a page that requires a look at everybody."""
    small, large = TimedClient("acme"), TimedClient("hooli")
    for name, path in {
        "user-activity, 100 users, 90 days": _activity,
        "by-editor-language, 100 rows": _records,
    }.items():
        yield _compare(name, path, small, large)
    yield _holiday(large)
    yield _adoption()


def _holiday(large: TimedClient) -> Figure:
    """A page of one row on a day without activity, which requires a look at everybody."""
    path = "daily-user-activity-by-editor-language?page_size=1&date=2024-12-25"
    duration = large.seconds(path)
    return Figure("one row of a holiday, hooli, cold", duration * 1000, "ms", 1000)


def _adoption() -> Figure:
    """A first page in the third week in which hooli has Augment, where few people of each thousand use it."""
    client = TimedClient("hooli", now=datetime(2022, 9, 20, 10, 30, tzinfo=UTC))
    duration = client.seconds("user-activity?page_size=50&start_date=2022-09-19&end_date=2022-09-19")
    return Figure("user-activity in the third week of adoption, hooli, cold", duration * 1000, "ms", 50)


def _compare(name: str, path: Callable[[int], str], small: TimedClient, large: TimedClient) -> Figure:
    small_times, large_times = [], []
    for turn in range(_ROUNDS):
        small_times.append(small.seconds(path(turn)))
        large_times.append(large.seconds(path(turn)))
    note = f"{median(large_times) * 1000:.1f} ms on hooli, {median(small_times) * 1000:.1f} ms on acme"
    return Figure(f"{name}, hooli / acme", median(large_times) / median(small_times), "x", 2, note=note)


def _day(back: int) -> date:
    return NOW.date() - timedelta(days=1 + back)


def _activity(turn: int) -> str:
    end = _day(turn)
    return f"user-activity?page_size=100&start_date={end - timedelta(days=89)}&end_date={end}"


def _records(turn: int) -> str:
    """Only weekdays: on other days, a small organization cannot fill a page."""
    weekdays = [day for day in map(_day, range(2 * _ROUNDS)) if day.weekday() < 5]
    return f"daily-user-activity-by-editor-language?page_size=100&date={weekdays[turn]}"

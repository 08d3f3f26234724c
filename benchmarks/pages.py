"""What a page costs in a large organisation against the same page in a small one; no question is asked twice."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median

from benchmarks.asking import NOW, Asker
from benchmarks.table import Figure

_ROUNDS = 25


def figures() -> Iterator[Figure]:
    """The ratios for two kinds of page."""
    small, large = Asker("acme"), Asker("hooli")
    for name, path in {
        "user-activity, 100 users, 90 days": _activity,
        "by-editor-language, 100 rows": _records,
    }.items():
        yield _compare(name, path, small, large)
    yield _quiet(large)


def _quiet(large: Asker) -> Figure:
    """A page of one row on a day when nobody is there, so that everybody has to be looked at for it."""
    path = "daily-user-activity-by-editor-language?page_size=1&date=2024-12-25"
    taken = large.seconds(path)
    return Figure("one row of a holiday, hooli, cold", taken * 1000, "ms", 1000)


def _compare(name: str, path: Callable[[int], str], small: Asker, large: Asker) -> Figure:
    here, there = [], []
    for turn in range(_ROUNDS):
        here.append(small.seconds(path(turn)))
        there.append(large.seconds(path(turn)))
    note = f"{median(there) * 1000:.1f} ms on hooli, {median(here) * 1000:.1f} ms on acme"
    return Figure(f"{name}, hooli / acme", median(there) / median(here), "x", 2, note=note)


def _day(back: int) -> date:
    return NOW.date() - timedelta(days=1 + back)


def _activity(turn: int) -> str:
    end = _day(turn)
    return f"user-activity?page_size=100&start_date={end - timedelta(days=89)}&end_date={end}"


def _records(turn: int) -> str:
    """A weekday each time: on a free day a small organisation has no page to fill."""
    weekdays = [day for day in map(_day, range(2 * _ROUNDS)) if day.weekday() < 5]
    return f"daily-user-activity-by-editor-language?page_size=100&date={weekdays[turn]}"

"""The two APIs of JetBrains: pages at any position in a large organization, relative to a small one, and totals.

The cursors of pages are computed here, so that it is not necessary to paginate to them.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import process_time

from benchmarks import processes
from benchmarks.in_process import NOW, TimedClient
from benchmarks.table import Figure
from mockserver.gateway import paging
from mockserver.organizations import files
from mockserver.products.jetbrains.facts import TOOLS

_MOUNT = "/api/analytics/ai"
_LAST = NOW.date()
_FIRST = _LAST - timedelta(days=89)
_PAGE = f"effectiveness/metrics/users.paged?fromDate={_FIRST}&toDate={_LAST}&limit=1000"
_POSITIONS = 40
"""How many pages are measured, spread evenly over the list."""

_REPETITIONS = 3
"""How often each page is requested; the fastest request counts, because noise only adds time."""


def figures() -> Iterator[Figure]:
    """The ratios of pages, and times and memory for hooli, measured in a separate process."""
    yield from _pages()
    measured = processes.run_module("benchmarks.jetbrains")
    weekly = "users-adoption, two years weekly, hooli, rolled up"
    yield Figure(weekly, measured["adoption"] * 1000, "ms", 20, note=f"cold {measured['cold adoption']:.1f} s")
    yield Figure("limit-hits, a year, hooli, cold", measured["hits"], "s", 10, note="processor time of one core")
    yield Figure("resident memory after all of JetBrains, hooli", measured["resident"], "MB", 300)


def _pages() -> Iterator[Figure]:
    small, large = _ide("globex"), _ide("hooli")
    small_times, large_times = _times(small, "globex"), _times(large, "hooli")
    for name, index in {"first page": 0, "last page": -1}.items():
        yield _ratio(name, large_times[index], small_times[index])
    yield _ratio(f"median of {_POSITIONS} pages", median(large_times), median(small_times))
    yield _ratio(f"slowest of {_POSITIONS} pages", max(large_times), max(small_times))


def _ratio(name: str, large: float, small: float) -> Figure:
    note = f"{large * 1000:.0f} ms on hooli, {small * 1000:.0f} ms on globex"
    return Figure(f"users.paged of 1000, {name}, hooli / globex", large / small, "x", 2, note=note)


def _times(client: TimedClient, organization: str) -> list[float]:
    """Return the times of pages spread over the list, whose rows are ordered by tool, day and person."""
    people, days = files.named(organization).people, (_LAST - _FIRST).days + 1
    first = min(client.seconds(f"{_PAGE}&turn={turn}") for turn in range(_REPETITIONS))
    rows = len(TOOLS) * days * people
    return [first, *(_page_time(client, page * rows // _POSITIONS, people) for page in range(1, _POSITIONS))]


def _page_time(client: TimedClient, position: int, people: int) -> float:
    day, person = divmod(position, people)
    tool, day = divmod(day, (_LAST - _FIRST).days + 1)
    cursor = paging.encode({"after": [tool, _FIRST.toordinal() + day, person], "of": ""})
    return min(client.seconds(f"{_PAGE}&cursor={cursor}&turn={turn}") for turn in range(_REPETITIONS))


def _ide(organization: str) -> TimedClient:
    return TimedClient(organization, "jetbrains-ide", _MOUNT, (("jetbrains-ide.foreign_cursor", "continue"),))


def measure() -> dict[str, float]:
    """Request two years of adoption, a year of limit hits and the rest once; return the durations and the memory."""
    ide, console = _ide("hooli"), TimedClient("hooli", "jetbrains-console", "/metrics/api/v2")
    console.exchange("mock-jetbrains-console-hooli", "mock-secret", "/api/rest/oauth2/token")
    weeks = f"users-adoption?fromDate={_LAST - timedelta(days=729)}&toDate={_LAST}&groupBy=WEEK"
    cold_adoption = ide.seconds(weeks)
    adoption = median(ide.seconds(f"{weeks}&turn={turn}") for turn in range(15))
    year = f"fromDate={_LAST - timedelta(days=364)}&toDate={_LAST}"
    start = process_time()
    console.seconds(f"adoption/limit-hits/group-by/date?{year}")
    hits = process_time() - start
    console.seconds(f"adoption/quota-consumption/group-by/date?{year}")
    ide.seconds(f"effectiveness/metrics-by-feature?{year}")
    ide.seconds(_PAGE)
    resident = processes.peak_memory()
    return {"cold adoption": cold_adoption, "adoption": adoption, "hits": hits, "resident": resident}


if __name__ == "__main__":
    print(json.dumps(measure()))

"""What a page of IDE Services costs wherever it lies, in two sizes of organisation, and what everybody's totals cost.

A page begins behind a place that is given by a cursor made here, so that no walk has to get there first.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import process_time

from benchmarks.asking import NOW, Asker
from benchmarks.table import Figure
from mockserver.gateway import paging
from mockserver.organizations import files
from mockserver.products.jetbrains.facts import TOOLS

_MOUNT = "/api/analytics/ai"
_LAST = NOW.date()
_FIRST = _LAST - timedelta(days=89)
_PAGE = f"effectiveness/metrics/users.paged?fromDate={_FIRST}&toDate={_LAST}&limit=1000"
_PLACES = 40
"""Pages along the walk, from its first to its last."""

_TURNS = 3
"""How often a page is asked for; the quickest counts, because what disturbs a page only makes it slower."""


def figures() -> Iterator[Figure]:
    """Pages against each other, and times on hooli in a process of its own."""
    yield from _pages()
    taken = _alone()
    weekly = "users-adoption, two years weekly, hooli, rolled up"
    yield Figure(weekly, taken["adoption"] * 1000, "ms", 20, note=f"cold {taken['cold adoption']:.1f} s")
    yield Figure("limit-hits, a year, hooli, cold", taken["hits"], "s", 10, note="processor time of one core")
    yield Figure("resident memory after all of JetBrains, hooli", taken["resident"], "MB", 300)


def _pages() -> Iterator[Figure]:
    small, large = _ide("globex"), _ide("hooli")
    here, there = _walk(small, "globex"), _walk(large, "hooli")
    for name, pick in {"first page": 0, "last page": -1}.items():
        yield _ratio(name, there[pick], here[pick])
    yield _ratio(f"median of {_PLACES} pages", median(there), median(here))
    yield _ratio(f"slowest of {_PLACES} pages", max(there), max(here))


def _ratio(name: str, large: float, small: float) -> Figure:
    note = f"{large * 1000:.0f} ms on hooli, {small * 1000:.0f} ms on globex"
    return Figure(f"users.paged of 1000, {name}, hooli / globex", large / small, "x", 2, note=note)


def _walk(asker: Asker, organization: str) -> list[float]:
    """The times of pages that begin all along a walk, whose rows go by tool, day and person."""
    people, days = files.named(organization).people, (_LAST - _FIRST).days + 1
    first = min(asker.seconds(f"{_PAGE}&turn={turn}") for turn in range(_TURNS))
    return [first, *(_at(asker, place * len(TOOLS) * days * people // _PLACES, people) for place in range(1, _PLACES))]


def _at(asker: Asker, place: int, people: int) -> float:
    day, index = divmod(place, people)
    tool, day = divmod(day, (_LAST - _FIRST).days + 1)
    cursor = paging.encode({"after": [tool, _FIRST.toordinal() + day, index], "of": ""})
    return min(asker.seconds(f"{_PAGE}&cursor={cursor}&turn={turn}") for turn in range(_TURNS))


def _ide(organization: str) -> Asker:
    return Asker(organization, "jetbrains-ide", _MOUNT, (("jetbrains-ide.foreign_cursor", "continue"),))


def _alone() -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.jetbrains"], check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def measure() -> dict[str, float]:
    """Ask hooli for two years of adoption, a year of limit hits and everything else once, and say what it took."""
    ide, console = _ide("hooli"), Asker("hooli", "jetbrains-console", "/metrics/api/v2")
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
    ide.seconds(f"{_PAGE}")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cold adoption": cold_adoption, "adoption": adoption, "hits": hits, "resident": resident}


if __name__ == "__main__":
    print(json.dumps(measure()))

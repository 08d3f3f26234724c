"""The cost of expected values in a large organization: cold, rolled up, for a team, and in memory."""

import json
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter, process_time

from benchmarks import processes
from benchmarks.in_process import NOW, TimedClient
from benchmarks.table import Figure

_LAST = NOW.date() - timedelta(days=1)
_YEAR = f"from={_LAST - timedelta(days=364)}&to={_LAST}"


def figures() -> Iterator[Figure]:
    """Processor times and resident memory for hooli, measured in a separate process."""
    measured = processes.run_module("benchmarks.metrics")
    note = f"processor time of all threads; {measured['waited']:.1f} s pass"
    yield Figure("ai-active-users, a year weekly, hooli, cold", measured["cold"], "s", 8, note=note)
    yield Figure("ai-active-users, a year weekly, hooli, rolled up", measured["warm"] * 1000, "ms", 20)
    yield Figure("total-ai-actions, a year weekly, a team of hooli", measured["team"], "s", 1)
    yield Figure("resident memory after a year of all metrics, hooli", measured["resident"], "MB", 256)


def measure() -> dict[str, float]:
    """Request every metric once and return the durations and the memory."""
    client = TimedClient("hooli", mount="/_mock")
    team = client.json("organizations/hooli")["teams"][0]["id"]
    began, cpu = perf_counter(), process_time()
    client.json(f"metrics/ai-active-users?{_YEAR}&bucket=week")
    waited, cold = perf_counter() - began, process_time() - cpu
    on_team = client.seconds(f"metrics/total-ai-actions?{_YEAR}&bucket=week&team={team}")
    for name in ("ai-active-users", "total-ai-actions", "total-lines-added", "total-lines-accepted"):
        client.seconds(f"metrics/{name}?{_YEAR}&bucket=week")
    warm = client.seconds(f"metrics/ai-active-users?{_YEAR}&bucket=week")
    resident = processes.peak_memory()
    return {"cold": cold, "waited": waited, "warm": warm, "team": on_team, "resident": resident}


if __name__ == "__main__":
    print(json.dumps(measure()))

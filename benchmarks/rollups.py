"""The cost of totals in a large organization, cold and rolled up, and the memory after all of them."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from time import process_time

from benchmarks import processes
from benchmarks.in_process import NOW, TimedClient
from benchmarks.table import Figure

_LAST = NOW.date() - timedelta(days=1)
_RANGE = f"start_date={_LAST - timedelta(days=89)}&end_date={_LAST}"


def figures() -> Iterator[Figure]:
    """Times for hooli, and resident memory for hooli and acme, each measured in a separate process."""
    small, large = (processes.run_module("benchmarks.rollups", name) for name in ("acme", "hooli"))
    yield Figure("daily-usage, 90 days, hooli, cold", large["cold"], "s", 2, note="processor time of one core")
    yield Figure("daily-usage, 90 days, hooli, rolled up", large["warm"] * 1000, "ms", 10)
    yield Figure("resident memory after all, hooli", large["resident"], "MB", 300)
    yield Figure("resident memory after all, acme", small["resident"], "MB", 120)


def measure(organization: str) -> dict[str, float]:
    """Request everything once and return the durations and the memory."""
    client = TimedClient(organization)
    start = process_time()
    client.seconds(f"daily-usage?{_RANGE}")
    cold = process_time() - start
    warm = client.seconds(f"daily-usage?end_date={_LAST}&start_date={_LAST - timedelta(days=89)}")
    for path in ("dau?page_size=250", "user-activity?page_size=100", "daily-user-activity-by-editor-language"):
        client.seconds(path)
    for back in range(90, 700, 90):
        last = _LAST - timedelta(days=back)
        client.seconds(f"dau-count?start_date={last - timedelta(days=89)}&end_date={last}")
    resident = processes.peak_memory()
    return {"cold": cold, "warm": warm, "resident": resident}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))

"""What a large organisation's totals cost, cold and rolled up, and the memory held after everything was asked."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from time import process_time

from benchmarks.asking import NOW, Asker
from benchmarks.table import Figure

_LAST = NOW.date() - timedelta(days=1)
_RANGE = f"start_date={_LAST - timedelta(days=89)}&end_date={_LAST}"


def figures() -> Iterator[Figure]:
    """Times on hooli, and resident memory on hooli and acme, each in a process of its own."""
    large = _alone("hooli")
    yield Figure("daily-usage, 90 days, hooli, cold", large["cold"], "s", 2, note="processor time of one core")
    yield Figure("daily-usage, 90 days, hooli, rolled up", large["warm"] * 1000, "ms", 10)
    yield Figure("resident memory after all, hooli", large["resident"], "MB", 300)
    yield Figure("resident memory after all, acme", _alone("acme")["resident"], "MB", 120)


def _alone(organization: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.rollups", organization]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def measure(organization: str) -> dict[str, float]:
    """Ask for everything once, and say what it took."""
    asker = Asker(organization)
    start = process_time()
    asker.seconds(f"daily-usage?{_RANGE}")
    cold = process_time() - start
    warm = asker.seconds(f"daily-usage?end_date={_LAST}&start_date={_LAST - timedelta(days=89)}")
    for path in ("dau?page_size=250", "user-activity?page_size=100", "daily-user-activity-by-editor-language"):
        asker.seconds(path)
    for back in range(90, 700, 90):
        last = _LAST - timedelta(days=back)
        asker.seconds(f"dau-count?start_date={last - timedelta(days=89)}&end_date={last}")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cold": cold, "warm": warm, "resident": resident}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))

"""The time until `mockserver serve` accepts requests, relative to the time for importing its dependencies."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from benchmarks.table import Figure

_RUNS = 7


def figures() -> Iterator[Figure]:
    """The ratios for a small and a large organization: medians of alternating runs."""
    commands: dict[str, Callable[[], None]] = {
        "imports": _import,
        "acme": lambda: _serve("acme"),
        "hooli": lambda: _serve("hooli"),
    }
    durations: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_RUNS):
        for name, command in commands.items():
            start = perf_counter()
            command()
            durations[name].append(perf_counter() - start)
    bare = median(durations["imports"])
    for name in ("acme", "hooli"):
        ready = median(durations[name])
        note = f"{ready * 1000:.0f} ms against {bare * 1000:.0f} ms for importing flask, marshmallow, numpy"
        yield Figure(f"ready to serve {name}", ready / bare, "x", 3, note=note)


def _import() -> None:
    subprocess.run([sys.executable, "-c", "import flask, marshmallow, numpy"], check=True)


def _serve(organization: str) -> None:
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--organization", organization]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

"""How long `mockserver serve` takes until it accepts requests, against importing what it is built on."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from benchmarks.table import Figure

_RUNS = 7


def figures() -> Iterator[Figure]:
    """The ratio for a small and for a large organisation, medians of runs that take turns."""
    ways: dict[str, Callable[[], None]] = {
        "imports": _import,
        "acme": lambda: _serve("acme"),
        "hooli": lambda: _serve("hooli"),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_RUNS):
        for name, way in ways.items():
            start = perf_counter()
            way()
            taken[name].append(perf_counter() - start)
    bare = median(taken["imports"])
    for name in ("acme", "hooli"):
        ready = median(taken[name])
        note = f"{ready * 1000:.0f} ms against {bare * 1000:.0f} ms for importing flask, marshmallow, numpy"
        yield Figure(f"ready to serve {name}", ready / bare, "x", 3, note=note)


def _import() -> None:
    subprocess.run([sys.executable, "-c", "import flask, marshmallow, numpy"], check=True)


def _serve(organization: str) -> None:
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--organization", organization]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        served.stdout.readline()
        served.kill()

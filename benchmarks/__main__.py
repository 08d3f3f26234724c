"""`make bench`: run all benchmarks and print one table; the exit code is 1 if a result misses its target."""

import argparse
import sys
from collections.abc import Iterator

from benchmarks import (
    console,
    jetbrains,
    metrics,
    pages,
    peers,
    plugin,
    ready,
    rollups,
    sandboxes,
    serving,
    store,
    table,
    tabnine,
    torture,
)
from benchmarks.table import Figure

_BENCHMARKS = {
    "ready": ready.figures,
    "pages": pages.figures,
    "rollups": rollups.figures,
    "tabnine": tabnine.figures,
    "sandboxes": sandboxes.figures,
    "plugin": plugin.figures,
    "jetbrains": jetbrains.figures,
    "metrics": metrics.figures,
    "peers": peers.figures,
    "serving": serving.figures,
    "console": console.figures,
    "store": store.figures,
    "torture": torture.figures,
}


def _measure(names: list[str]) -> Iterator[Figure]:
    for name in names or list(_BENCHMARKS):
        print(f"measuring {name} …", file=sys.stderr)
        yield from _BENCHMARKS[name]()


def main() -> int:
    """Run the benchmarks named on the command line, or all of them."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Run benchmarks and print one table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(_BENCHMARKS)}; default: all")
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in _BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; choose from: {', '.join(_BENCHMARKS)}")
    figures = list(_measure(names))
    print(table.text(figures))
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())

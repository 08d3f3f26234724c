"""`make bench`: measure everything and print one table; exit code 1 when a target is missed."""

import sys
from collections.abc import Iterator

from benchmarks import jetbrains, metrics, pages, plugin, ready, rollups, sandboxes, table, tabnine, throughput
from benchmarks.table import Figure

_FAMILIES = {
    "ready": ready.figures,
    "pages": pages.figures,
    "rollups": rollups.figures,
    "tabnine": tabnine.figures,
    "sandboxes": sandboxes.figures,
    "plugin": plugin.figures,
    "jetbrains": jetbrains.figures,
    "metrics": metrics.figures,
    "throughput": throughput.figures,
}


def _measure(names: list[str]) -> Iterator[Figure]:
    for name in names or list(_FAMILIES):
        print(f"measuring {name} …", file=sys.stderr)
        yield from _FAMILIES[name]()


def main() -> int:
    """Measure the families named on the command line, or all of them."""
    figures = list(_measure(sys.argv[1:]))
    print(table.text(figures))
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())

"""What the pytest plugin costs: a sandbox for a test, made and forgotten, and a pytest that never asks for one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.table import Figure

_ROOT = Path(__file__).resolve().parent.parent
_PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q")
_PLUGIN = ("-p", "mockserver.pytest_plugin")
_TESTS = 200
_RUNS = 7

_EACH = f"""
import pytest
@pytest.mark.parametrize("number", range({_TESTS}))
def test_it(sandbox, number): ...
"""
_NOBODY = "def test_it(): ..."
_NOTING = """
import json, pathlib
taken = {}
def pytest_runtest_logreport(report):
    if report.when != "call":
        taken[report.nodeid] = taken.get(report.nodeid, 0) + report.duration * 1000
def pytest_sessionfinish():
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(list(taken.values())))
"""


def figures() -> Iterator[Figure]:
    """The median of set-up and tear-down together (the first, which starts the server, is left out); and the rest."""
    with TemporaryDirectory() as place:
        each, nobody = Path(place) / "test_each.py", Path(place) / "test_nobody.py"
        each.write_text(_EACH, encoding="utf-8")
        nobody.write_text(_NOBODY, encoding="utf-8")
        taken = _sandboxes(each)
        note = f"{len(taken)} tests, the slowest took {max(taken):.0f} ms"
        yield Figure("set-up and tear-down of a sandbox, median", median(taken), "ms", 20, note=note)
        bare, plugged = _nobody(nobody)
        note = f"{plugged:.0f} ms against {bare:.0f} ms without the plugin"
        yield Figure("pytest with the plugin, and no test that uses it", plugged - bare, "ms", 50, note=note)


def _sandboxes(tests: Path) -> list[float]:
    """Milliseconds of each test but the first."""
    noting = tests.with_name("conftest.py")
    noting.write_text(_NOTING, encoding="utf-8")
    _ran(*_PLUGIN, str(tests))
    noting.unlink()
    taken: list[float] = json.loads(noting.with_suffix(".json").read_text(encoding="utf-8"))
    return taken[1:]


def _nobody(tests: Path) -> tuple[float, float]:
    """Medians of the processor time of runs that take turns, in milliseconds: other work on the machine stays out."""
    taken: dict[tuple[str, ...], list[float]] = {(): [], _PLUGIN: []}
    for _ in range(_RUNS):
        for plugin, seconds in taken.items():
            start = _processor()
            _ran(*plugin, str(tests))
            seconds.append((_processor() - start) * 1000)
    return median(taken[()]), median(taken[_PLUGIN])


def _processor() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _ran(*arguments: str) -> None:
    """A pytest that passes; other plugins that happen to be installed stay out of it."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        [*_PYTEST, *arguments], env=environment, cwd=_ROOT.anchor, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

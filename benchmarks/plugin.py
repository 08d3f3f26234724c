"""The cost of the pytest plugin: for a test with a sandbox, and for a session that does not use the plugin."""

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
_PLUGIN = ("-p", "analytics_mockserver.pytest_plugin")
_TESTS = 200
_RUNS = 7

_WITH_SANDBOX = f"""
import pytest
@pytest.mark.parametrize("number", range({_TESTS}))
def test_it(sandbox, number): ...
"""
_WITHOUT_SANDBOX = "def test_it(): ..."
_RECORDING = """
import json, pathlib
taken = {}
def pytest_runtest_logreport(report):
    if report.when != "call":
        taken[report.nodeid] = taken.get(report.nodeid, 0) + report.duration * 1000
def pytest_sessionfinish():
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(list(taken.values())))
"""


def figures() -> Iterator[Figure]:
    """The median of setup plus teardown, except for the first test, which starts the server; and the idle cost."""
    with TemporaryDirectory() as folder:
        with_sandbox, without_sandbox = Path(folder) / "test_with.py", Path(folder) / "test_without.py"
        with_sandbox.write_text(_WITH_SANDBOX, encoding="utf-8")
        without_sandbox.write_text(_WITHOUT_SANDBOX, encoding="utf-8")
        durations = _sandboxes(with_sandbox)
        note = f"{len(durations)} tests, the slowest took {max(durations):.0f} ms"
        yield Figure("setup and teardown of a sandbox, median", median(durations), "ms", 20, note=note)
        bare, with_plugin = _idle(without_sandbox)
        note = f"{with_plugin:.0f} ms against {bare:.0f} ms without the plugin"
        yield Figure("pytest with the plugin, but no test that uses it", with_plugin - bare, "ms", 50, note=note)


def _sandboxes(tests: Path) -> list[float]:
    """Return the milliseconds of each test except the first."""
    conftest = tests.with_name("conftest.py")
    conftest.write_text(_RECORDING, encoding="utf-8")
    _run_pytest(*_PLUGIN, str(tests))
    conftest.unlink()
    durations: list[float] = json.loads(conftest.with_suffix(".json").read_text(encoding="utf-8"))
    return durations[1:]


def _idle(tests: Path) -> tuple[float, float]:
    """Return the median processor times, without and with the plugin, of alternating runs, in milliseconds."""
    durations: dict[tuple[str, ...], list[float]] = {(): [], _PLUGIN: []}
    for _ in range(_RUNS):
        for plugin, milliseconds in durations.items():
            start = _processor_time()
            _run_pytest(*plugin, str(tests))
            milliseconds.append((_processor_time() - start) * 1000)
    return median(durations[()]), median(durations[_PLUGIN])


def _processor_time() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _run_pytest(*arguments: str) -> None:
    """Run pytest, which must pass, without other installed plugins."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        [*_PYTEST, *arguments], env=environment, cwd=_ROOT.anchor, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""How long `mockserver torture` takes over the two reference clients, a careful and a naive one, on two cores."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.table import Figure

_CLIENTS = ("careful", "naive")
_TORTURE = ("torture", "--now", "2025-10-21T10:30:00Z", "--freeze", "--jobs", "2", "--json", "-", "--")
_TARGET = 60


def figures() -> Iterator[Figure]:
    """The seconds of both, of each the slowest trial, and the processor time, which other programs change least."""
    start, started, slowest = perf_counter(), _processor_seconds(), []
    for client in _CLIENTS:
        trials = _trials(client)
        ran = {each["name"]: each["run"]["seconds"] for each in trials if each["run"] is not None}
        name = max(ran, key=lambda trial: ran[trial])
        slowest.append(f"{client}: {len(ran)} trials, {name} took {ran[name]:.1f} s")
    yield Figure("torture of two clients, two jobs", perf_counter() - start, "s", _TARGET, note="; ".join(slowest))
    yield Figure("torture of two clients, processor time", _processor_seconds() - started, "s", None)


def _processor_seconds() -> float:
    """The processor time of all processes that have ended, those of the clients included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _trials(client: str) -> list[dict[str, Any]]:
    command = (sys.executable, "-m", f"tests.cli.torture_clients.{client}")
    # The exit code is 1: no client survives everything.
    ended = subprocess.run(
        [sys.executable, "-m", "mockserver", *_TORTURE, *command], capture_output=True, text=True, check=False
    )
    trials: list[dict[str, Any]] = json.loads(ended.stdout)["trials"]
    return trials

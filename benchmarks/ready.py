"""The time until `mockserver serve` accepts requests, relative to that of a bare Flask app under the same server.

The modules are compiled, as an installer leaves them, whatever this process was told about writing bytecode.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from benchmarks.table import Figure

_RUNS = 9
_BARE = """
from flask import Flask
from mockserver import server
server.serve(Flask("bare", static_folder=None), "127.0.0.1", 0, 16, lambda url: print(url, flush=True), 1.0)
"""


def figures() -> Iterator[Figure]:
    """The ratios for a small and a large organization: medians of alternating runs."""
    commands: dict[str, Callable[[], None]] = {
        "bare": lambda: _start("-c", _BARE),
        "acme": lambda: _serve("acme"),
        "hooli": lambda: _serve("hooli"),
    }
    for command in commands.values():
        command()
    durations: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_RUNS):
        for name, command in commands.items():
            start = perf_counter()
            command()
            durations[name].append(perf_counter() - start)
    bare = median(durations["bare"])
    for name in ("acme", "hooli"):
        ready = median(durations[name])
        note = f"{ready * 1000:.0f} ms against {bare * 1000:.0f} ms for a bare Flask app"
        yield Figure(f"ready to serve {name}", ready / bare, "x", 1.6, note=note)


def _serve(organization: str) -> None:
    _start("-m", "mockserver", "serve", "--port", "0", "--organization", organization)


def _start(*arguments: str) -> None:
    """Start a server, and stop it when it says that it is ready."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=variables) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

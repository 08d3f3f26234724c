"""The time until `mockserver serve` accepts requests, and until its first answer, relative to a bare Flask app.

The bare app has the same server. The modules are compiled, as an installer leaves them, whatever this process was told
about writing bytecode.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from statistics import median
from time import perf_counter

from benchmarks.table import Figure

_RUNS = 9
_BARE = """
from flask import Flask
from mockserver import server
server.serve(Flask("bare", static_folder=None), "127.0.0.1", 0, 16, lambda url: print(url, flush=True), 1.0)
"""
_SERVE = ("-m", "mockserver", "serve", "--port", "0", "--organization")
_COMMANDS = {"bare": ("-c", _BARE), "acme": (*_SERVE, "acme"), "hooli": (*_SERVE, "hooli")}

_TARGETS = {"ready to serve": 1.6, "first answer of": 2.6}
"""Vendors and their data are loaded between the two, so the second shows what the first leaves out."""


def figures() -> Iterator[Figure]:
    """The ratios for a small and a large organization: medians of alternating runs."""
    for command in _COMMANDS.values():
        _start(*command)
    runs = [{name: _start(*command) for name, command in _COMMANDS.items()} for _ in range(_RUNS)]
    for index, (what, target) in enumerate(_TARGETS.items()):
        seconds = {name: median(run[name][index] for run in runs) for name in _COMMANDS}
        for name in ("acme", "hooli"):
            note = f"{seconds[name] * 1000:.0f} ms against {seconds['bare'] * 1000:.0f} ms for a bare Flask app"
            yield Figure(f"{what} {name}", seconds[name] / seconds["bare"], "x", target, note=note)


def _start(*arguments: str) -> tuple[float, float]:
    """Start a server, send a request when it is ready, and stop it; the seconds until ready, and until the answer."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, env=variables) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = perf_counter()
        found = re.search(r"127\.0\.0\.1:\d+", line)
        assert found is not None
        connection = HTTPConnection(found[0])
        connection.request("GET", "/_mock/ready")
        connection.getresponse().read()
        answered = perf_counter()
        connection.close()
        process.kill()
    return ready - start, answered - start

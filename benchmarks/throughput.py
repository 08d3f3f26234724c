"""Requests per second, relative to a bare Flask app that sends constant bytes under the same server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from types import TracebackType
from typing import Self
from urllib.request import Request, urlopen

from flask import Flask, Response

from benchmarks import load
from benchmarks.table import Figure
from mockserver import server
from mockserver.settings import Settings

_CONNECTIONS = 16
_SECONDS = 0.7
_ROUNDS = 15
_TOKEN = "mock-augment-acme"
_PATHS = {
    "dau-count, 7 days": "/analytics/v0/dau-count",
    "user-activity, 50 users": "/analytics/v0/user-activity?page_size=50",
}


def figures() -> Iterator[Figure]:
    """The median ratio of short alternating rounds, so that other work on the machine affects both equally."""
    for name, path in _PATHS.items():
        with _ServerProcess("-m", "mockserver", "serve", "--port", "0", "--json", "--limits", "off") as ours:
            length = _length(ours.url + path)
            with _ServerProcess("-m", "benchmarks.throughput", str(length)) as bare:
                rates = [(_rate(ours.url, path), _rate(bare.url, path)) for _ in range(_ROUNDS)]
        our_rate, bare_rate = (median(each) for each in zip(*rates, strict=True))
        note = f"{our_rate:.0f}/s against {bare_rate:.0f}/s, {_CONNECTIONS} connections, {length} bytes"
        ratio = median(our / other for our, other in rates)
        yield Figure(f"requests a second, {name}, ours / bare", ratio, "x", 0.7, least=True, note=note)


def _rate(url: str, path: str) -> float:
    return load.rate(url, path, _TOKEN, _CONNECTIONS, _SECONDS)


def _length(url: str) -> int:
    with urlopen(Request(url, headers={"Authorization": f"Bearer {_TOKEN}"})) as response:
        return len(response.read())


class _ServerProcess:
    """A server in a separate process, which ends with the block."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.url: str = json.loads(self._process.stdout.readline())["url"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()


def _serve_bare(length: int) -> None:
    """Serve the measured paths with constant bytes."""
    app, body = Flask("bare"), b"x" * length

    for path in _PATHS.values():
        app.add_url_rule(path.partition("?")[0], path, lambda: Response(body, mimetype="application/json"))

    settings = Settings()

    def announce(url: str) -> None:
        print(json.dumps({"url": url}), flush=True)

    server.serve(app, settings.host, 0, settings.server, settings.threads, announce)


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]))

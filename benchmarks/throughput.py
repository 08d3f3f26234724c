"""How many requests a second are answered, against a bare Flask app with constant bytes under the same server."""

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
    """The median of the ratios of short rounds that take turns, so that other work on the machine falls on both."""
    for name, path in _PATHS.items():
        with _Served("-m", "mockserver", "serve", "--port", "0", "--json", "--limits", "off") as ours:
            length = _length(ours.url + path)
            with _Served("-m", "benchmarks.throughput", str(length)) as bare:
                rates = [(_rate(ours.url, path), _rate(bare.url, path)) for _ in range(_ROUNDS)]
        mine, theirs = (median(each) for each in zip(*rates, strict=True))
        note = f"{mine:.0f}/s against {theirs:.0f}/s, {_CONNECTIONS} connections, {length} bytes"
        ratio = median(our / their for our, their in rates)
        yield Figure(f"requests a second, {name}, ours / bare", ratio, "x", 0.7, least=True, note=note)


def _rate(url: str, path: str) -> float:
    return load.rate(url, path, _TOKEN, _CONNECTIONS, _SECONDS)


def _length(url: str) -> int:
    with urlopen(Request(url, headers={"Authorization": f"Bearer {_TOKEN}"})) as answer:
        return len(answer.read())


class _Served:
    """A server in a process of its own, for as long as it is needed."""

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
    """The paths that are measured, answered with constant bytes."""
    app, body = Flask("bare"), b"x" * length

    for path in _PATHS.values():
        app.add_url_rule(path.partition("?")[0], path, lambda: Response(body, mimetype="application/json"))

    made = Settings()
    server.serve(app, made.host, 0, made.server, made.threads, lambda url: print(json.dumps({"url": url}), flush=True))


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]))

"""Requests per second, relative to a bare Flask app that sends constant bytes under the same server."""

import json
import sys
from collections.abc import Iterator
from statistics import median
from urllib.request import Request, urlopen

from flask import Flask, Response

from benchmarks import load
from benchmarks.processes import ServerProcess
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
    """The median ratio of short alternating rounds, so that other work on the computer affects both equally."""
    for name, path in _PATHS.items():
        with ServerProcess("-m", "mockserver", "serve", "--port", "0", "--json", "--limits", "off") as ours:
            length = _length(ours.url + path)
            with ServerProcess("-m", "benchmarks.throughput", str(length)) as bare:
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


def _serve_bare(length: int) -> None:
    """Serve the measured paths with constant bytes."""
    app, body = Flask("bare"), b"x" * length

    for path in _PATHS.values():
        app.add_url_rule(path.partition("?")[0], path, lambda: Response(body, mimetype="application/json"))

    settings = Settings()

    def announce(url: str) -> None:
        print(json.dumps({"url": url}), flush=True)

    server.serve(app, settings.host, 0, settings.threads, announce, grace=1.0)


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]))

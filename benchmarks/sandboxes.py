"""The cost of a sandbox in time and memory, and whether sandboxes in use at the same time affect each other."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import psutil
from flask.testing import FlaskClient

from benchmarks import crosstalk, processes
from benchmarks.crosstalk import Send
from benchmarks.in_process import NOW
from benchmarks.processes import ServerProcess
from benchmarks.table import Figure
from mockserver.app import create_app
from mockserver.settings import Settings

_SETTINGS = Settings(now=NOW, freeze=True, limits="off")
_SERVE = (
    *("-m", "mockserver", "serve", "--port", "0", "--json", "--limits", "off"),
    *("--now", NOW.isoformat(), "--freeze", "--log-level", "warning"),
)
_ALIVE = 500
_SANDBOXES = 50
_STEPS = 200
_TIMEOUT = 60
_BODY = {
    "organization": "acme",
    "now": "2025-10-21T10:30:00Z",
    "frozen": True,
    "limits": {"augment": {"per_minute": 60, "burst": 5}},
    "policy": {"augment": {"last_cursor": "null"}},
    "ttl_seconds": 3600,
}
_PATHS = {
    "augment": "/analytics/v0/user-activity?page_size=50",
    "tabnine": "/api/v1/organization",
    "jetbrains-ide": "/api/analytics/ai/users-adoption?fromDate=2025-09-01&toDate=2025-09-30&groupBy=MONTH",
}


def figures() -> Iterator[Figure]:
    """The time to create a sandbox, its memory, and cross-talk."""
    yield from _creation()
    for name, seeds in (("", "one"), (", each with its own seed", "own")):
        one, many = (processes.run_module("benchmarks.sandboxes", str(number), seeds) for number in (1, _ALIVE))
        note = f"{many:.1f} MB against {one:.1f} MB; requests to {len(_PATHS)} vendors in each"
        yield Figure(f"{_ALIVE} sandboxes against one{name}", many - one, "MB", 50, note=note)
    yield _crosstalk()


def _creation() -> Iterator[Figure]:
    """In process, and with deletion over a socket; the first of each does not count, because it reads files."""
    client = create_app(_SETTINGS).test_client()
    durations = [_seconds(lambda: _create(client, _BODY)) for _ in range(_ALIVE)][1:]
    note = f"the slowest of {len(durations)}: {max(durations) * 1000:.1f} ms"
    yield Figure("creating a sandbox", median(durations) * 1000, "ms", 5, note=note)
    with ServerProcess(*_SERVE) as server:
        send = _connector(server.url)()
        durations = [_seconds(lambda: _create_and_delete(send)) for _ in range(200)][1:]
    yield Figure("creating and deleting one over a socket", median(durations) * 1000, "ms", 20)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _create(client: FlaskClient, body: Mapping[str, object]) -> dict[str, dict[str, dict[str, str]]]:
    response = client.post("/_mock/sandboxes", json=body)
    assert response.status_code == 201, response.get_data(as_text=True)
    sandbox: dict[str, dict[str, dict[str, str]]] = response.get_json()
    return sandbox


def _create_and_delete(send: Send) -> None:
    status, body = send("POST", "/_mock/sandboxes", {"Content-Type": "application/json"}, json.dumps(_BODY).encode())
    assert status == 201, body
    assert send("DELETE", f"/_mock/sandboxes/{json.loads(body)['id']}", {}, b"")[0] == 204


def measure(number: int, seeds: str) -> float:
    """Return the resident megabytes with a number of sandboxes, after requests to each."""
    client = create_app(_SETTINGS).test_client()
    for seed in range(number):
        tokens = _create(client, {"seed": seed} if seeds == "own" else {})["tokens"]
        for vendor, path in _PATHS.items():
            response = client.get(path, headers={"Authorization": f"Bearer {tokens[vendor]['token']}"})
            assert response.status_code == 200, response.get_data(as_text=True)
    return psutil.Process().memory_info().rss / 1e6


def _connector(url: str) -> Callable[[], Send]:
    """Return a function that opens a connection to a server, and returns a function that sends requests over it."""
    parts = urlsplit(url)

    def connect() -> Send:
        connection = HTTPConnection(str(parts.hostname), parts.port, timeout=_TIMEOUT)

        def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            connection.request(method, path, body or None, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()

        return send

    return connect


def _crosstalk() -> Figure:
    """Run all plans at the same time over sockets, and each alone in process, and compare the answers."""
    plans = crosstalk.plans(_SANDBOXES, _STEPS)
    with ServerProcess(*_SERVE) as server:
        start = perf_counter()
        runs = crosstalk.run_together(plans, _connector(server.url))
        duration = perf_counter() - start
    differences = sum(crosstalk.count_differences(run, _run_alone(plan)) for plan, run in zip(plans, runs, strict=True))
    answers = sum(len(run.answers) for run in runs)
    note = f"of {answers} of {_SANDBOXES} sandboxes, {crosstalk.THREADS} threads, in {duration:.1f} s"
    return Figure("answers affected by another sandbox", differences, "", 0, note=note)


def _run_alone(plan: crosstalk.Plan) -> crosstalk.PlanRun:
    client = create_app(_SETTINGS).test_client()

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        response = client.open(path, method=method, headers=dict(headers), data=body)
        return response.status_code, response.data

    return crosstalk.run_alone(plan, lambda: send)


if __name__ == "__main__":
    print(measure(int(sys.argv[1]), sys.argv[2]))

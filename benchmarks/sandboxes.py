"""What a sandbox costs, in time and in memory, and whether any of many that are used at once notices another."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import psutil
from flask.testing import FlaskClient

from benchmarks import crosstalk
from benchmarks.asking import NOW
from benchmarks.crosstalk import Ask
from benchmarks.table import Figure
from mockserver.app import create_app
from mockserver.settings import Settings

_SETTINGS = Settings(now=NOW, freeze=True, limits="off")
_ALIVE = 500
_SANDBOXES = 50
_STEPS = 200
_PATIENCE = 60
_STATED = {
    "organization": "acme",
    "now": "2025-10-21T10:30:00Z",
    "frozen": True,
    "limits": {"augment": {"per_minute": 60, "burst": 5}},
    "policy": {"augment": {"last_cursor": "null"}},
    "ttl_seconds": 3600,
}
_ASKED = {
    "augment": "/analytics/v0/user-activity?page_size=50",
    "tabnine": "/api/v1/organization",
    "jetbrains-ide": "/api/analytics/ai/users-adoption?fromDate=2025-09-01&toDate=2025-09-30&groupBy=MONTH",
}


def figures() -> Iterator[Figure]:
    """Creation, memory and cross-talk."""
    yield from _creation()
    for name, seeds in (("", "one"), (", each with a seed of its own", "own")):
        one, many = (_alone(number, seeds) for number in (1, _ALIVE))
        note = f"{many:.1f} MB against {one:.1f} MB; each was asked at {len(_ASKED)} vendors"
        yield Figure(f"{_ALIVE} sandboxes alive against one{name}", many - one, "MB", 50, note=note)
    yield _crosstalk()


def _creation() -> Iterator[Figure]:
    """In process, and made and deleted over a socket; the first of each is not counted, for it reads files."""
    client = create_app(_SETTINGS).test_client()
    taken = [_seconds(lambda: _made(client, _STATED)) for _ in range(_ALIVE)][1:]
    note = f"the slowest of {len(taken)}: {max(taken) * 1000:.1f} ms"
    yield Figure("making a sandbox", median(taken) * 1000, "ms", 5, note=note)
    with _Served() as connect:
        ask = connect()
        taken = [_seconds(lambda: _come_and_gone(ask)) for _ in range(200)][1:]
    yield Figure("making and deleting one over a socket", median(taken) * 1000, "ms", 20)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _made(client: FlaskClient, body: Mapping[str, object]) -> dict[str, dict[str, dict[str, str]]]:
    got = client.post("/_mock/sandboxes", json=body)
    assert got.status_code == 201, got.get_data(as_text=True)
    told: dict[str, dict[str, dict[str, str]]] = got.get_json()
    return told


def _come_and_gone(ask: Ask) -> None:
    status, body = ask("POST", "/_mock/sandboxes", {"Content-Type": "application/json"}, json.dumps(_STATED).encode())
    assert status == 201, body
    assert ask("DELETE", f"/_mock/sandboxes/{json.loads(body)['id']}", {}, b"")[0] == 204


def _alone(number: int, seeds: str) -> float:
    command = [sys.executable, "-m", "benchmarks.sandboxes", str(number), seeds]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def measure(number: int, seeds: str) -> float:
    """Megabytes resident with so many sandboxes alive, each of which was asked."""
    client = create_app(_SETTINGS).test_client()
    for seed in range(number):
        tokens = _made(client, {"seed": seed} if seeds == "own" else {})["tokens"]
        for vendor, path in _ASKED.items():
            got = client.get(path, headers={"Authorization": f"Bearer {tokens[vendor]['token']}"})
            assert got.status_code == 200, got.get_data(as_text=True)
    return psutil.Process().memory_info().rss / 1e6


class _Served:
    """A server in a process of its own; entering it gives what connects to it."""

    def __enter__(self) -> Callable[[], Ask]:
        command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json", "--limits", "off"]
        frozen = ["--now", NOW.isoformat(), "--freeze", "--log-level", "warning"]
        self._process = subprocess.Popen([*command, *frozen], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        return _connecting(json.loads(self._process.stdout.readline())["url"])

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()


def _connecting(url: str) -> Callable[[], Ask]:
    place = urlsplit(url)

    def connect() -> Ask:
        connection = HTTPConnection(str(place.hostname), place.port, timeout=_PATIENCE)

        def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            connection.request(method, path, body or None, dict(headers))
            got = connection.getresponse()
            return got.status, got.read()

        return ask

    return connect


def _crosstalk() -> Figure:
    """Over sockets, all at once, against the same in process, each by itself."""
    plans = crosstalk.plans(_SANDBOXES, _STEPS)
    with _Served() as connect:
        start = perf_counter()
        shared = crosstalk.together(plans, connect)
        taken = perf_counter() - start
    differing = sum(crosstalk.differing(used, _by_itself(plan)) for plan, used in zip(plans, shared, strict=True))
    answers = sum(len(used.answers) for used in shared)
    note = f"of {answers} of {_SANDBOXES} sandboxes, {crosstalk.THREADS} threads, in {taken:.1f} s"
    return Figure("answers that another sandbox had an effect on", differing, "", 0, note=note)


def _by_itself(plan: crosstalk.Plan) -> crosstalk.Sandbox:
    client = create_app(_SETTINGS).test_client()

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        got = client.open(path, method=method, headers=dict(headers), data=body)
        return got.status_code, got.data

    return crosstalk.alone(plan, lambda: ask)


if __name__ == "__main__":
    print(measure(int(sys.argv[1]), sys.argv[2]))

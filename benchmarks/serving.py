"""What repeated answers are compared with: new questions, requests beside a slow one, and memory after many."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import quote
from urllib.request import Request, urlopen

from benchmarks import load, peers
from benchmarks.processes import ServerProcess
from benchmarks.table import Figure

_CONNECTIONS = 16
_ROUNDS = 9
_MISSES = 200
"""How many new questions are sent in a round."""

_DISTINCT = 10_000
_ANSWERS = 1_000_000
_BESIDE_SECONDS = 1
_DELAY_SECONDS = 5
_PATH = "/analytics/v0/dau-count"


def figures() -> Iterator[Figure]:
    """New questions, repeated ones, and memory of acme; latencies beside slow requests."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield _misses(folder, "range", lambda _: (f"dau-count?{each}" for each in _ranges()))
        yield _misses(folder, "cursor", _pages)
        yield _second_round(folder)
        yield from _beside(folder)
        yield _memory(folder)


def _misses(folder: Path, what: str, make: Callable[[str], Iterator[str]]) -> Figure:
    """Questions of which none was asked before, against a bare Flask app that gives an answer of that size."""
    with ExitStack() as running:
        ours = running.enter_context(peers.our_server(folder / "log"))
        questions = (f"/analytics/v0/{question}" for question in make(ours.url))
        bodies = folder / what
        bodies.mkdir()
        (bodies / "answer").write_bytes(_get(ours.url, next(questions)))
        bare = running.enter_context(ServerProcess("-m", "benchmarks.bare", str(bodies)))
        rates = [_rates(ours.url, bare.url, list(islice(questions, _MISSES))) for _ in range(_ROUNDS)]
    our_rate, bare_rate = (median(each) for each in zip(*rates, strict=True))
    note = f"{our_rate:.0f}/s against {bare_rate:.0f}/s, {_CONNECTIONS} connections"
    ratio = median(our / other for our, other in rates)
    return Figure(f"another {what} each time, ours / bare Flask", ratio, "x", 0.6, least=True, note=note)


def _rates(ours: str, bare: str, questions: list[str]) -> tuple[float, float]:
    their_questions = [f"/answer?{question.partition('?')[2]}" for question in questions]
    return load.each(ours, questions, _CONNECTIONS).rate, load.each(bare, their_questions, _CONNECTIONS).rate


def _second_round(folder: Path) -> Figure:
    with peers.our_server(folder / "log") as ours:
        questions = [f"{_PATH}?{each}" for each in islice(_ranges(), _DISTINCT)]
        first, second = (load.each(ours.url, questions, _CONNECTIONS).rate for _ in range(2))
    note = f"{second:.0f}/s against {first:.0f}/s"
    return Figure(f"{_DISTINCT} questions, second round / first", second / first, "x", 3, least=True, note=note)


def _beside(folder: Path) -> Iterator[Figure]:
    """Latencies of repeated requests while another request computes, and while another waits."""
    with peers.our_server(folder / "log", "--organization", "hooli", vendor="tabnine") as ours:
        token = "mock-tabnine-hooli"
        identifier = json.loads(_get(ours.url, "/api/v1/organization", token))["id"]
        today = datetime.now(UTC).date()
        year = f"from={today - timedelta(days=365)}T00:00:00Z&to={today}T00:00:00Z&granularity=weekly"
        slow = f"/api/v1/organization/usage?organizationId={identifier}&{year}"
        yield _latency("a cold year of hooli", ours.url, slow, token, "/api/v1/organization")
    with peers.our_server(folder / "log") as ours:
        rule = {"path": "/analytics/v0/dau", "effect": {"delay_seconds": _DELAY_SECONDS}}
        _send_json(f"{ours.url}/_mock/faults", {"rules": [rule]})
        yield _latency(f"a delay of {_DELAY_SECONDS} s", ours.url, "/analytics/v0/dau", load.TOKEN, _PATH)


def _latency(what: str, url: str, slow: str, token: str, path: str) -> Figure:
    """The 99th percentile of one request, repeated, while the slow one is under way until the end."""
    _get(url, path, token)
    beside = Thread(target=_get, args=(url, slow, token))
    beside.start()
    measured = load.repeated(url, path, _CONNECTIONS, _BESIDE_SECONDS, token)
    note = f"{measured.rate:.0f}/s" + ("" if beside.is_alive() else "; the slow request ended before")
    beside.join()
    return Figure(f"p99 beside {what}", measured.p99, "ms", 20, note=note)


def _memory(folder: Path) -> Figure:
    with peers.our_server(folder / "log") as ours:
        answers = 0
        while answers < _ANSWERS:
            answers += load.repeated(ours.url, _PATH, _CONNECTIONS, 5).answers
        return Figure(f"resident memory of acme after {answers} answers", ours.memory, "MB", 85)


def _ranges() -> Iterator[str]:
    """Ranges of days, each another."""
    last = datetime.now(UTC).date() - timedelta(days=2)
    for days in range(90):
        for back in range(600):
            end = last - timedelta(days=back)
            yield f"start_date={end - timedelta(days=days)}&end_date={end}"


def _pages(url: str) -> Iterator[str]:
    """Pages of up to 40 users, from every position in the list, each another; larger ones come last."""
    path, cursors = "user-activity?page_size=1", [""]
    while cursor := json.loads(_get(url, f"/analytics/v0/{path}{cursors[-1]}"))["pagination"]["next_cursor"]:
        cursors.append(f"&cursor={quote(cursor, safe='')}")
    for size in range(1, 41):
        for each in cursors:
            yield f"user-activity?page_size={size}{each}"


def _get(url: str, path: str, token: str = load.TOKEN) -> bytes:
    with urlopen(Request(url + path, headers={"Authorization": f"Bearer {token}"})) as response:
        body: bytes = response.read()
        return body


def _send_json(url: str, content: object) -> None:
    body = json.dumps(content).encode()
    urlopen(Request(url, body, {"Content-Type": "application/json"}, method="PUT")).close()

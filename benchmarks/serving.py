"""What repeated answers are compared with: new questions, requests beside a slow one, and memory after many."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
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
        yield _misses(folder, "range", lambda _: (f"{_PATH}?{each}" for each in _ranges()))
        yield _misses(folder, "cursor", _pages)
        yield _misses(folder, "cursor of users, days and tools", _user_pages, "jetbrains-ide")
        yield _misses(folder, "range of usage", _usage_ranges, "tabnine")
        yield _second_round(folder)
        yield from _beside(folder)
        yield _memory(folder)


def _misses(folder: Path, what: str, make: Callable[[str], Iterator[str]], vendor: str = "augment") -> Figure:
    """Questions of which none was asked before, against a bare Flask app.

    Its answer is as large as that in the middle of ours: pages become larger from question to question.
    """
    with ExitStack() as running:
        ours = running.enter_context(peers.our_server(folder / "log", vendor=vendor))
        token = f"mock-{vendor}-acme"
        questions = [*islice(make(ours.url), _MISSES * _ROUNDS + 1)]
        bodies = folder / what
        bodies.mkdir()
        (bodies / "answer").write_bytes(_get(ours.url, questions.pop(len(questions) // 2), token))
        bare = running.enter_context(ServerProcess("-m", "benchmarks.bare", str(bodies)))
        before = ours.cpu_seconds, bare.cpu_seconds
        rounds = [questions[index : index + _MISSES] for index in range(0, len(questions), _MISSES)]
        rates = [_rates(ours.url, bare.url, each, token) for each in rounds]
        spent = ours.cpu_seconds - before[0], bare.cpu_seconds - before[1]
    our_rate, bare_rate = (median(each) for each in zip(*rates, strict=True))
    our_time, bare_time = (seconds / (_MISSES * _ROUNDS) * 1e6 for seconds in spent)
    note = f"{our_rate:.0f}/s against {bare_rate:.0f}/s, {_CONNECTIONS} connections; "
    note += f"processor time {our_time:.0f} us against {bare_time:.0f} us"
    ratio = median(our / other for our, other in rates)
    return Figure(f"another {what} each time, ours / bare Flask", ratio, "x", 0.6, least=True, note=note)


def _rates(ours: str, bare: str, questions: list[str], token: str) -> tuple[float, float]:
    their_questions = [f"/answer?{question.partition('?')[2]}" for question in questions]
    return load.each(ours, questions, _CONNECTIONS, token).rate, load.each(bare, their_questions, _CONNECTIONS).rate


def _second_round(folder: Path) -> Figure:
    with peers.our_server(folder / "log") as ours:
        questions = [f"{_PATH}?{each}" for each in islice(_ranges(), _DISTINCT)]
        first = load.each(ours.url, questions, _CONNECTIONS).rate
        second = load.again(ours.url, questions, _CONNECTIONS, 2).rate
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
            peers.fill_buckets(ours.url)
            answers += load.repeated(ours.url, _PATH, _CONNECTIONS, 5).answers
        return Figure(f"resident memory of acme after {answers} answers", ours.memory, "MB", 85)


def _days() -> Iterator[tuple[date, date]]:
    """The first and the last day of ranges, each another."""
    last = datetime.now(UTC).date() - timedelta(days=2)
    for days in range(90):
        for back in range(600):
            end = last - timedelta(days=back)
            yield end - timedelta(days=days), end


def _ranges() -> Iterator[str]:
    """Ranges of days, each another."""
    return (f"start_date={start}&end_date={end}" for start, end in _days())


def _usage_ranges(url: str) -> Iterator[str]:
    """Ranges of the usage of an organization, each another."""
    path = "/api/v1/organization"
    identifier = json.loads(_get(url, path, "mock-tabnine-acme"))["id"]
    for start, end in _days():
        span = f"from={start}T00:00:00Z&to={end}T23:59:59Z&granularity=daily"
        yield f"{path}/usage?organizationId={identifier}&{span}"


def _pages(url: str) -> Iterator[str]:
    """Pages of up to 40 users, from every position in the list, each another; larger ones come last."""
    path = "/analytics/v0/user-activity?page_size="
    cursors = _cursors(url, f"{path}1", lambda body: body["pagination"]["next_cursor"], load.TOKEN)
    return (f"{path}{size}{each}" for size in range(1, 41) for each in cursors)


def _user_pages(url: str) -> Iterator[str]:
    """Pages of up to 1000 rows of users, days and tools, from every position in the list; larger ones come last."""
    last = datetime.now(UTC).date() - timedelta(days=2)
    path = (
        f"/api/analytics/ai/effectiveness/metrics/users.paged?fromDate={last - timedelta(days=2)}&toDate={last}&limit="
    )
    cursors = _cursors(url, f"{path}1", lambda body: body.get("nextCursor"), "mock-jetbrains-ide-acme")
    return (f"{path}{size}{each}" for size in range(1, 1001) for each in cursors)


def _cursors(url: str, path: str, next_cursor: Callable[[Any], str | None], token: str) -> list[str]:
    """The cursor parameters of the pages of a list, one after another; the first page has none."""
    cursors = [""]
    while cursor := next_cursor(json.loads(_get(url, f"{path}{cursors[-1]}", token))):
        cursors.append(f"&cursor={quote(cursor, safe='')}")
    return cursors


def _get(url: str, path: str, token: str = load.TOKEN) -> bytes:
    with urlopen(Request(url + path, headers={"Authorization": f"Bearer {token}"})) as response:
        body: bytes = response.read()
        return body


def _send_json(url: str, content: object) -> None:
    body = json.dumps(content).encode()
    urlopen(Request(url, body, {"Content-Type": "application/json"}, method="PUT")).close()

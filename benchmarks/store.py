"""A shared store: what a request costs the server and the engine, what several workers gain, and many sandboxes."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any
from urllib.request import Request, urlopen

from benchmarks import engine as engines
from benchmarks import load, peers
from benchmarks.engine import Engine, Taken
from benchmarks.load import Load
from benchmarks.processes import ServerProcess
from benchmarks.table import Figure

_PATH = "/analytics/v0/dau-count"
_CONNECTIONS = 16
_MANY_CONNECTIONS = 128
"""Enough for two workers: each call to the engine has what the connections of one worker send meanwhile."""

_CORES = 4
"""How many cores two workers, the engine and the load need to be measured: with fewer, the workers share one."""

_BARE = "small"
"""The name of the answer that the bare app gives."""

_ROUNDS = 5
_SECONDS = 1
_ALIVE = 10_000
_TTL = {"ttl_seconds": 3600}
_AT_ONCE = 500
"""How many keys are given another time to live in one command."""


def figures() -> Iterator[Figure]:
    """One server with and without a store, two workers against one, and 10,000 sandboxes."""
    executable = engines.executable()
    if executable is None:
        print(f"none of {', '.join(engines.NAMES)} is installed, so a shared store is not measured", file=sys.stderr)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        with engines.started(executable) as engine:
            yield from _one_server(folder, engine)
        with engines.started(executable) as engine:
            yield _workers(folder, engine)
        with engines.started(executable) as engine:
            yield from _sandboxes(folder, engine)


def _one_server(folder: Path, engine: Engine) -> Iterator[Figure]:
    """Rates in turn, and processor time per request, which does not depend on what else the machine does.

    The bound is relative to a bare Flask app, as the rate of a server without a store rises with every improvement that
    has nothing to do with a store.
    """
    with ExitStack() as running:
        alone, stored = (
            running.enter_context(peers.our_server(folder / "log", *flags)) for flags in ((), engine.flags)
        )
        (folder / "bodies").mkdir()
        (folder / "bodies" / _BARE).write_bytes(peers.fetch(alone.url + _PATH))
        bare = running.enter_context(ServerProcess("-m", "benchmarks.bare", str(folder / "bodies")))
        for each in (alone, stored):
            _load(each)
        before, began = engine.taken(), [each.cpu_seconds for each in (alone, stored)]
        rounds, bare_rates = [], []
        for _ in range(_ROUNDS):
            rounds.append((_load(alone), _load(stored)))
            bare_rates.append(load.repeated(bare.url, f"/{_BARE}", _CONNECTIONS, _SECONDS).rate)
        after, ended = engine.taken(), [each.cpu_seconds for each in (alone, stored)]
    answers = [sum(each.answers for each in loads) for loads in zip(*rounds, strict=True)]
    rate = f"{median(with_store.rate for _, with_store in rounds):.0f}/s"
    ratio = median(with_store.rate / without.rate for without, with_store in rounds)
    note = f"{rate} against {median(each.rate for each, _ in rounds):.0f}/s"
    yield Figure("cached answers, one server, with a store / without", ratio, "x", None, note=note)
    ratio = median(with_store.rate / of_bare for (_, with_store), of_bare in zip(rounds, bare_rates, strict=True))
    note = f"{rate} against {median(bare_rates):.0f}/s"
    yield Figure("cached answers with a store, ours / bare Flask", ratio, "x", 1.0, least=True, note=note)
    note = f"{median(each.p99 for each, _ in rounds):.1f} ms without; the load and the engine need the same cores"
    yield Figure("p99 of them with a store", median(each.p99 for _, each in rounds), "ms", 5, note=note)
    without, with_store = (
        (end - begin) / number * 1e6 for begin, end, number in zip(began, ended, answers, strict=True)
    )
    note = f"{with_store:.0f} us against {without:.0f} us"
    yield Figure("processor time of the server for a store", with_store - without, "us", None, note=note)
    yield from _per_request(before, after, answers[1])


def _per_request(before: Taken, after: Taken, requests: int) -> Iterator[Figure]:
    """What a request costs the engine, whose one thread is what all servers share."""
    microseconds = (after.cpu_seconds - before.cpu_seconds) / requests * 1e6
    note = f"one engine carries {1e6 / microseconds:.0f} requests per second"
    yield Figure("processor time of the engine for a request", microseconds, "us", None, note=note)
    calls = after.calls - before.calls
    note = f"{requests / calls:.1f} requests in a call"
    yield Figure("calls to the engine for a request", calls / requests, "", 2, note=note)
    commands = (after.commands - before.commands) / requests
    yield Figure("commands in the engine for a request", commands, "", None, note="those of its scripts count too")
    yield Figure("bytes to and from the engine for a request", (after.traffic - before.traffic) / requests, "B", None)


def _workers(folder: Path, engine: Engine) -> Figure:
    with ExitStack() as running:
        servers = [
            running.enter_context(peers.our_server(folder / "log", *engine.flags, "--workers", str(number)))
            for number in (1, 2)
        ]
        for each in servers:
            _load(each)
        rounds = [[_load(each, _MANY_CONNECTIONS) for each in servers] for _ in range(_ROUNDS)]
    one, two = (median(loads[index].rate for loads in rounds) for index in (0, 1))
    ratio = median(two.rate / one.rate for one, two in rounds)
    note = f"{two:.0f}/s against {one:.0f}/s, {_MANY_CONNECTIONS} connections; load and engine need the same cores"
    bound = 1.5 if (os.cpu_count() or 1) >= _CORES else None
    return Figure("cached answers with a store, two workers / one", ratio, "x", bound, least=True, note=note)


def _load(server: ServerProcess, connections: int = _CONNECTIONS) -> Load:
    peers.fill_buckets(server.url)
    return load.repeated(server.url, _PATH, connections, _SECONDS)


def _sandboxes(folder: Path, engine: Engine) -> Iterator[Figure]:
    flags = (*engine.flags, "--sandboxes-maximum", str(_ALIVE))
    with peers.our_server(folder / "log", *flags) as server:
        empty = engine.client.info("memory")["used_memory"]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: _control(server, "POST", _TTL), range(_ALIVE)))
        used = (engine.client.info("memory")["used_memory"] - empty) / 1e6
        yield Figure(f"memory of the engine for {_ALIVE} sandboxes", used, "MB", 200)
        with peers.our_server(folder / "other-log", *flags) as other:
            _control(other, "GET", path="/ready")
            began = perf_counter()
            listed = len(_control(other, "GET")["sandboxes"])
            seconds = perf_counter() - began
        assert listed == _ALIVE + 1, listed
        yield Figure(f"{_ALIVE} sandboxes listed by a server that does not know them", seconds, "s", 10)
        yield from _ended(server, engine)


def _ended(server: ServerProcess, engine: Engine) -> Iterator[Figure]:
    """How long others wait while the sandboxes are listed, and while they expire."""
    rest = engines.longest_pause(engine, lambda: sleep(1))
    engines.longest_command(engine)
    listed: list[Any] = []
    began = perf_counter()
    pause = engines.longest_pause(engine, lambda: listed.extend(_control(server, "GET")["sandboxes"]))
    assert len(listed) == _ALIVE + 1, len(listed)
    seconds, longest = perf_counter() - began, engines.longest_command(engine)
    note = f"listed in {seconds:.1f} s; the longest command took {longest:.1f} ms; {rest:.1f} ms at rest"
    yield Figure(f"pause of another client while {_ALIVE} are listed", pause, "ms", 20, note=note)

    def expire() -> None:
        _expire(engine)
        while engine.client.dbsize() > _ALIVE:
            sleep(0.1)

    pause = engines.longest_pause(engine, expire)
    left = len(_control(server, "GET")["sandboxes"]) - 1
    yield Figure(f"pause of another client while {_ALIVE} expire", pause, "ms", 20, note=f"{left} are left")


def _control(server: ServerProcess, method: str, body: object = None, path: str = "/sandboxes") -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = Request(f"{server.url}/_mock{path}", content, {"Content-Type": "application/json"}, method=method)
    with urlopen(request) as response:
        return json.load(response)


def _expire(engine: Engine) -> None:
    """Have the time to live of all sandboxes end now, as if it had passed."""
    keys = [key for key in engine.client.scan_iter(count=_AT_ONCE) if engine.client.ttl(key) > 0]
    end = int(engine.client.time()[0]) + 1
    for at in range(0, len(keys), _AT_ONCE):
        with engine.client.pipeline(transaction=False) as pipeline:
            for key in keys[at : at + _AT_ONCE]:
                pipeline.expireat(key, end)
            pipeline.execute()

"""Three servers with one store, while they are killed and paused, and the engine with them: no answer is wrong.

Each answer is compared with that of one server without a store, and each answered request is in the journal once.
MOCKSERVER_CHAOS_REQUESTS and MOCKSERVER_CHAOS_SANDBOXES make the test longer.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Self

import pytest

from tests.store import balancer as balancers
from tests.store import served_process
from tests.store.chaos import Player, Tally, play
from tests.store.chaos_client import RoundRobin
from tests.store.chaos_steps import Step
from tests.store.engine import EngineProcess
from tests.store.served_process import ServedProcess

pytestmark = [
    pytest.mark.memory("the test has servers of its own"),
    pytest.mark.in_process("the test has servers of its own"),
    pytest.mark.unix("the test pauses processes with signals"),
]

REQUESTS = int(os.environ.get("MOCKSERVER_CHAOS_REQUESTS", "2000"))
SANDBOXES = int(os.environ.get("MOCKSERVER_CHAOS_SANDBOXES", "20"))
THREADS = int(os.environ.get("MOCKSERVER_CHAOS_THREADS", "12"))
BETWEEN = max(150, REQUESTS // 200)
"""How many requests are answered between two failures."""

MINIMUM = REQUESTS // BETWEEN // 6
"""How many servers are killed at least, whenever the last answer comes."""

SHORT = 600
"""How many requests go through a balancer: enough for some failures."""

PAUSE = 0.3
ENGINE_PAUSE = 1.0
TURNS = 20
"""How often a slow engine stops within a pause."""


class Chaos(threading.Thread):
    """Failures one after another, each after a number of answers. Everything is back before the next one."""

    def __init__(self, servers: list[ServedProcess], engine: EngineProcess, tally: Tally) -> None:
        super().__init__(name="chaos", daemon=True)
        self._servers = cycle(servers)
        self._engine = engine
        self._tally = tally
        self._over = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        failures = cycle(
            (self._kill, self._kill_in_between, self._pause, self._pause_engine, self._kill, self._slow_engine)
        )
        try:
            for number, failure in enumerate(failures, 1):
                self._tally.wait_for(number * BETWEEN, self._over.is_set)
                if self._over.is_set():
                    return
                failure()
                self._tally.add(failure.__name__.strip("_"))
        except BaseException as error:  # noqa: BLE001 (it is raised at the end)
            self.error = error

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
        if self.error is not None:
            raise self.error

    def _kill(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        server = next(self._servers)
        server.kill()
        meanwhile()
        server.start()

    def _kill_in_between(self) -> None:
        """Kill a server whose requests are on their way to the engine, where they count later."""
        self._engine.pause()
        self._over.wait(PAUSE)
        self._kill(self._engine.resume)

    def _pause(self) -> None:
        server = next(self._servers)
        server.pause()
        self._over.wait(PAUSE)
        server.resume()

    def _pause_engine(self) -> None:
        self._engine.pause()
        self._over.wait(ENGINE_PAUSE)
        self._engine.resume()

    def _slow_engine(self) -> None:
        for _ in range(TURNS):
            self._engine.pause()
            self._over.wait(ENGINE_PAUSE / TURNS)
            self._engine.resume()
            self._over.wait(ENGINE_PAUSE / TURNS / 4)


def made(at: RoundRobin) -> list[dict[str, Any]]:
    """New sandboxes with a clock that stands still."""
    step = Step("POST", "/_mock/sandboxes", body={"now": "2025-10-21T10:30:00Z", "frozen": True})
    return [at.once(step, None, step.target).json() for _ in range(SANDBOXES)]


def check_unknown(players: list[Player], servers: RoundRobin) -> None:
    """Each request with an unknown token is in the journal of the default sandbox: once, or once more per cut."""
    entries = servers.get("/_mock/requests").json()["requests"]
    assert [each["id"] for each in entries] == list(range(1, len(entries) + 1))
    counted = Counter(f"{each['path']}?{each['query']}" for each in entries)
    cuts = {target: number for player in players for target, number in player.unknown.items()}
    assert counted.keys() == cuts.keys()
    assert all(1 <= counted[target] <= 1 + number for target, number in cuts.items())


Entrance = Callable[[list[int]], AbstractContextManager[int | None]]
"""Starts what stands in front of servers at some ports, at a port of its own; None: nothing does."""


@dataclass(slots=True)
class Result:
    """What a run came to, beside the answers, all of which were right."""

    tally: Tally
    unfinished: int
    seconds: float

    def __str__(self) -> str:
        events = ", ".join(f"{number} x {name}" for name, number in sorted(self.tally.events.items()))
        return f"{self.tally.answered} answers in {self.seconds:.0f} s; {events}; {self.unfinished} without an outcome"


@contextmanager
def _shown_on_failure(log: Path) -> Iterator[None]:
    """Show what the servers have logged, where an answer is wrong."""
    try:
        yield
    except AssertionError as error:
        error.add_note(log.read_text(encoding="utf-8"))
        raise


def run(engine: EngineProcess, folder: Path, entrance: Entrance, requests: int) -> Result:
    """Play the steps of all sandboxes amid failures, through what stands in front of the servers."""
    tally, log, began = Tally(), folder / "servers.log", time.perf_counter()
    with ExitStack() as stack:
        single = stack.enter_context(served_process.started(folder / "single.log", None, 1))
        alone = stack.enter_context(closing(RoundRobin(single)))
        sandboxes = made(alone)
        with engine.client() as client:  # The servers give their sandboxes the same ids as the single one.
            client.set("{chaos}:mark", sandboxes[0]["id"].rpartition("-")[0])
        servers = stack.enter_context(served_process.started(log, engine.url("chaos"), 3))
        port = stack.enter_context(entrance([each.port for each in servers]))
        at = stack.enter_context(closing(RoundRobin(servers, port)))
        assert made(at) == sandboxes
        players = [Player(each, seed, requests // SANDBOXES, tally) for seed, each in enumerate(sandboxes)]
        with _shown_on_failure(log), Chaos(servers, engine, tally):
            play(players, THREADS, lambda: (RoundRobin(servers, port), RoundRobin(single)))
        lives = [each.lives for each in servers]
        unfinished = sum(each.check_journal(at, alone, lives) for each in players)
        check_unknown(players, at)
        assert "Traceback" not in log.read_text(encoding="utf-8")
    return Result(tally, unfinished, time.perf_counter() - began)


def test_no_answer_is_wrong_while_servers_are_killed(own_engine: EngineProcess, tmp_path: Path) -> None:
    result = run(own_engine, tmp_path, lambda _: nullcontext(), REQUESTS)
    print(result)  # noqa: T201 (with -s, a long run reports what it came to)
    assert result.tally.answered == REQUESTS
    assert result.tally.events["kill"] + result.tally.events["kill_in_between"] >= MINIMUM
    assert result.tally.events["connection lost"] > 0
    assert result.tally.events["engine away for too long"] == 0


def test_no_answer_is_wrong_behind_a_balancer(nginx: str, own_engine: EngineProcess, tmp_path: Path) -> None:
    result = run(own_engine, tmp_path, lambda ports: balancers.started(nginx, tmp_path, ports), SHORT)
    print(result)  # noqa: T201
    assert result.tally.answered == SHORT
    assert result.tally.events["kill"] >= 1

"""Sandboxes in use at servers that fail, each step compared with the same step at one server without a store.

A request whose connection failed before its answer may have counted or not: what the sandbox shows afterwards decides,
and must be what the single server shows with the request or without it.
"""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any

from tests.store.chaos_client import Answer, Cut, RoundRobin, Unreached
from tests.store.chaos_steps import Step, steps

_SHOWN = ("/clock", "/limits", "/faults", "/policy", "/requests?limit=3")
_OUTCOME = ("status", "outcome", "fault", "refusal", "duration_ms")
"""The fields of an entry that are not known before the answer."""

_AWAY = b"does not answer"
"""What a server says of an engine that was away for too long: the request may have counted, as if it was cut."""


@dataclass(slots=True)
class Tally:
    """What happened, counted in all threads."""

    answered: int = 0
    events: Counter[str] = field(default_factory=Counter)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def answer(self) -> None:
        """Count an answer."""
        with self.changed:
            self.answered += 1
            self.changed.notify_all()

    def add(self, event: str) -> None:
        """Count an event."""
        with self.changed:
            self.events[event] += 1

    def wait_for(self, answers: int, is_over: Callable[[], bool]) -> None:
        """Wait until so many requests were answered, or it is over."""
        with self.changed:
            while self.answered < answers and not is_over():
                self.changed.wait(0.1)


class Player:
    """A sandbox that is the same at the servers with a store and at the single one, and its steps."""

    def __init__(self, sandbox: dict[str, Any], seed: int, number: int, tally: Tally) -> None:
        self.id: str = sandbox["id"]
        self._tokens = sandbox["tokens"]
        self.steps = islice(steps(self.id, seed), number)
        self._tally = tally
        self.entries = 0
        self.doubtful: dict[int, tuple[int, int] | None] = {}
        self.unknown: dict[str, int] = {}
        self._recent: deque[Step] = deque(maxlen=15)

    def play(self, step: Step, servers: RoundRobin, single: RoundRobin) -> None:
        """Do a step at both, and compare the answers."""
        self._recent.append(step)
        found = self._send(step, servers, single)
        expected = self._once(step, single)
        self._note(step, found.origin)
        right = _comparable(step, found) == _comparable(step, expected)
        assert right, f"{found} instead of {expected} after {[*self._recent]}"
        if step.target.startswith("/requests"):
            compare_entries(found.json()["requests"], expected.json()["requests"])
        self._tally.answer()

    def _send(self, step: Step, servers: RoundRobin, single: RoundRobin) -> Answer:
        while True:
            try:
                answer = self._once(step, servers)
            except Unreached:
                self._tally.add("connection refused")
            except Cut:
                self._tally.add("connection lost")
                self._settle(step, servers, single)
            else:
                if answer.status != 503 or _AWAY not in answer.body:
                    return answer
                self._tally.add("engine away for too long")
                self._settle(step, servers, single)

    def _once(self, step: Step, at: RoundRobin) -> Answer:
        if not step.vendor:
            return at.once(step, None, f"/_mock/sandboxes/{self.id}{step.target}")
        token = step.token if step.is_unknown else self._tokens[step.vendor][step.token]
        return at.once(step, token, step.target)

    def _settle(self, step: Step, servers: RoundRobin, single: RoundRobin) -> None:
        """Find out whether a request without an answer has counted; then it counts at the single server too."""
        if step.is_unknown:
            self.unknown[step.target] = self.unknown.get(step.target, 0) + 1
            return
        found, before = self._shown(servers), self._shown(single)
        if _same(found, before):
            return
        self._tally.add("cut request that has counted")
        self._once(step, single)
        self._note(step, None)
        after = self._shown(single)
        assert _same(found, after), f"{step}, cut: {found} instead of {before} or {after}"

    def _note(self, step: Step, origin: tuple[int, int] | None) -> None:
        """Note from which life of which server the outcome of the next entry must come; None: from none."""
        if step.is_unknown:
            self.unknown.setdefault(step.target, 0)
        elif step.vendor:
            self.entries += 1
            self.doubtful[self.entries] = origin

    def _shown(self, at: RoundRobin) -> list[Any]:
        return [at.get(f"/_mock/sandboxes/{self.id}{path}").json() for path in _SHOWN]

    def check_journal(self, servers: RoundRobin, single: RoundRobin, lives: Sequence[int]) -> int:
        """Compare the whole journals; how many entries have no outcome, as their server was killed right after."""
        path = f"/_mock/sandboxes/{self.id}/requests"
        found, expected = (at.get(path).json()["requests"] for at in (servers, single))
        assert [each["id"] for each in found] == list(range(1, self.entries + 1))
        compare_entries(found, expected)
        unfinished = [one["id"] for one, other in zip(found, expected, strict=True) if _is_open(one, other)]
        for each in unfinished:
            origin = self.doubtful[each]
            assert origin is None or lives[origin[0]] != origin[1], f"entry {each} of {self.id} has no outcome"
        return len(unfinished)


def compare_entries(found: list[Any], expected: list[Any]) -> None:
    """Entries must be equal but for durations, and for the outcomes that their servers have not told yet."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        masked = _OUTCOME if _is_open(one, other) else ("duration_ms",)
        assert {**one, **dict.fromkeys(masked)} == {**other, **dict.fromkeys(masked)}


def _is_open(one: Any, other: Any) -> bool:
    """Whether an entry has no outcome: its server was killed, a minute ago if it is abandoned."""
    return one["outcome"] in {"in_progress", "abandoned"} and one["outcome"] != other["outcome"]


def _comparable(step: Step, answer: Answer) -> tuple[Any, ...]:
    if step.vendor:
        return answer[:3]
    headers = tuple(each for each in answer.headers if each[0] not in {"Date", "Content-Length"})
    return answer.status, headers, None if step.target.startswith("/requests") else answer.body


def _same(found: list[Any], other: list[Any]) -> bool:
    """Whether two sandboxes show the same; the newest entry has no outcome where its server was killed."""
    try:
        compare_entries(found[-1]["requests"], other[-1]["requests"])
    except AssertionError:
        return False
    return json.dumps(found[:-1]) == json.dumps(other[:-1])


def play(players: Sequence[Player], threads: int, connect: Callable[[], tuple[RoundRobin, RoundRobin]]) -> None:
    """Play all steps; each thread takes the next step of the sandbox that has waited longest."""
    waiting: SimpleQueue[Player] = SimpleQueue()
    for each in players:
        waiting.put(each)
    failed = threading.Event()
    with ThreadPoolExecutor(threads) as pool:
        working = [pool.submit(_work, waiting, connect, failed) for _ in range(threads)]
    for done in working:
        done.result()


def _work(
    waiting: "SimpleQueue[Player]", connect: Callable[[], tuple[RoundRobin, RoundRobin]], failed: threading.Event
) -> None:
    servers, single = connect()
    with closing(servers), closing(single), suppress(Empty):
        while not failed.is_set():
            player = waiting.get_nowait()
            if (step := next(player.steps, None)) is None:
                continue
            try:
                player.play(step, servers, single)
            except BaseException:
                failed.set()
                raise
            waiting.put(player)

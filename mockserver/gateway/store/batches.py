"""Requests of one server that need the engine at about the same time: they go there in one call.

A thread sends a call when the one before it is answered, with all that came meanwhile. So a request costs a part of a
round trip, and there is one call at a time.
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from weakref import WeakSet

from mockserver.gateway.journal import Record
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store.engine import WAIT_SECONDS, Engine, StoreRefused

log = logging.getLogger(__name__)

BATCH_MAXIMUM = 128
"""How many items one call has at most: the engine does nothing else meanwhile.

Items that somebody waits for and others have half of it each, where there are both."""

WAITING_MAXIMUM = 100_000
"""How many items that nobody waits for are kept while the engine is away; the oldest are dropped."""

IDLE_SECONDS = 5.0
"""How long the thread waits for another item before it ends; the next item starts another one.

While a request is in progress, it makes a call without items instead."""

Deliver = Callable[[Any, int], None]
"""Takes the result of an item, or the error that there is in its place, and the engine's time in microseconds.

It must not raise: others wait for what comes after it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """An item; without a `deadline`, nobody waits for it."""

    item: str
    text: str | None
    end: str | None
    deliver: Deliver | None
    flush: Callable[[], None] | None
    deadline: float | None

    def give(self, result: Any, now_us: int = 0) -> None:
        """Give its result, or the error in its place, to whoever still waits for it."""
        deliver, self.deliver = self.deliver, None
        if deliver is not None:
            deliver(result, now_us)


@dataclass(slots=True)
class _Queue:
    """Items in the order in which they are sent; `added` and `done` count those that came, and that are done with."""

    items: deque[_Waiting] = field(default_factory=deque)
    added: int = 0
    done: int = 0

    def add(self, item: _Waiting) -> None:
        self.items.append(item)
        self.added += 1

    def take(self, maximum: int) -> list[_Waiting]:
        return [self.items.popleft() for _ in range(min(len(self.items), maximum))]


class Batches:
    """Sends items to the engine. Whoever waits for one gets its result in `deliver`, in another thread.

    `last_us` is how long the last call took, in microseconds. While a request is `in_progress` at this server, it makes
    a call now and then: a server that has made none for a minute is taken for one that has ended.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._server = token_hex(8)
        self._number = 0
        self.last_us = 0
        self.in_progress: WeakSet[Record] = WeakSet()
        self._awaited, self._unawaited = _Queue(), _Queue()
        self._changed = threading.Condition(threading.Lock())
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def send(
        self,
        item: str,
        text: str | None,
        deliver: Deliver | None,
        *,
        end: str | None = None,
        flush: Callable[[], None] | None = None,
    ) -> None:
        """Send an item, which is a JSON object. Without `deliver`, nobody waits for it, and it is sent in the end.

        `text` and `end` are what the journal keeps of a request that is let in. `flush` is called after all of a batch
        are delivered, once where several items have the same; whoever gives one calls `start` after the last item.
        """
        deadline = None if deliver is None else time.monotonic() + WAIT_SECONDS
        waiting = _Waiting(item, text, end, deliver, flush, deadline)
        with self._changed:
            (self._unawaited if deliver is None else self._awaited).add(waiting)
            if flush is None:
                self._start()

    def start(self) -> None:
        """Have the items go to the engine, as soon as it has answered what was sent before."""
        with self._changed:
            self._start()

    def _start(self) -> None:
        if self._thread is None and not self._is_closed:
            self._thread = threading.Thread(target=self._work, name="mockserver-store", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def ask(self, item: str, text: str | None, end: str | None = None) -> tuple[Any, int]:
        """Send an item, and wait for its result; StoreUnavailable or StoreRefused."""
        answered, found = threading.Event(), list[tuple[Any, int]]()

        def deliver(result: Any, now: int) -> None:
            found.append((result, now))
            answered.set()

        self.send(item, text, deliver, end=end)
        answered.wait()
        result, now = found[0]
        if isinstance(result, Exception):
            raise result
        return result, now

    def flush(self, seconds: float = WAIT_SECONDS) -> None:
        """Wait until all that was sent before is in the engine, for some seconds at most."""
        queues = self._awaited, self._unawaited
        with self._changed:
            added = [each.added for each in queues]

            def is_done() -> bool:
                is_ended = self._is_closed and self._thread is None
                return is_ended or all(each.done >= number for each, number in zip(queues, added, strict=True))

            self._changed.wait_for(is_done, seconds)

    def close(self, seconds: float = 1.0) -> None:
        """Send what is left, for some seconds at most; nothing can be sent afterwards."""
        self.flush(seconds)
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (batch := self._next()) is not None:
            kept: list[_Waiting] = []
            try:
                kept = self._send(batch)
            except Exception:
                log.exception("what the store has answered is lost")
            with self._changed:
                self._end(batch, kept)
                self._changed.notify_all()

    def _next(self) -> list[_Waiting] | None:
        """What the next call has; None where nothing has come for some time, or the server is closed."""
        awaited, unawaited = self._awaited, self._unawaited
        with self._changed:
            self._changed.wait_for(lambda: awaited.items or unawaited.items or self._is_closed, IDLE_SECONDS)
            if not (awaited.items or unawaited.items):
                if self.in_progress and not self._is_closed:
                    return []
                self._thread = None
                return None
            maximum = BATCH_MAXIMUM // 2 if awaited.items and unawaited.items else BATCH_MAXIMUM
            return [*awaited.take(maximum), *unawaited.take(maximum)]

    def _end(self, batch: list[_Waiting], kept: list[_Waiting]) -> None:
        """Count what is done, and try later what is kept; the oldest of it is dropped where there is too much."""
        unawaited = self._unawaited
        room = 0 if self._is_closed else max(WAITING_MAXIMUM - len(unawaited.items), 0)
        kept = kept[max(len(kept) - room, 0) :]
        unawaited.items.extendleft(reversed(kept))
        awaited = sum(each.deadline is not None for each in batch)
        self._awaited.done += awaited
        unawaited.done += len(batch) - awaited - len(kept)

    def _send(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Send a batch until it is answered, or all have waited too long; return what must be tried later.

        One that was sent again changes nothing twice. What somebody has waited for too long is not sent.
        """
        late = _refuse_late(batch)
        if late:
            batch = [each for each in batch if each not in late]
            if not batch:
                return []
        self._number += 1
        args = _arguments(batch)
        is_again = 0

        def call() -> Any:
            nonlocal is_again
            again, is_again = is_again, 1
            _refuse_late(batch)
            return self._engine.run("batch", self._server, self._number, again, *args)

        began, now = time.perf_counter_ns(), time.monotonic()
        deadline = max((each.deadline for each in batch if each.deadline is not None), default=now + WAIT_SECONDS)
        try:
            now_us, *results = self._engine.attempt(call, max(deadline - now, 0.0))
        except StoreRefused as error:
            log.exception("what was sent to the store is lost")
            _deliver(batch, [error] * len(batch))
        except StoreUnavailable as error:
            _deliver(batch, [error] * len(batch))
            return [each for each in batch if each.deadline is None]
        else:
            self.last_us = (time.perf_counter_ns() - began) // 1000
            _deliver(batch, results, now_us)
        return []


def _arguments(batch: list[_Waiting]) -> list[str]:
    """What is asked, as a JSON array; one with the indexes of each item in it and in the texts, by threes; the texts.

    Whatever several items have in common is sent once.
    """
    asked, texts, indexes = dict[str, int](), dict[str | None, int]({None: 0}), list[int]()
    for each in batch:
        indexes.append(asked.setdefault(each.item, len(asked) + 1))
        indexes.append(texts.setdefault(each.text, len(texts)))
        indexes.append(texts.setdefault(each.end, len(texts)))
    return [f"[{','.join(asked)}]", json.dumps(indexes), *(text for text in texts if text is not None)]


def _refuse_late(batch: list[_Waiting]) -> list[_Waiting]:
    """The items that somebody has waited for too long, and waits for no more."""
    now = time.monotonic()
    late = [each for each in batch if each.deadline is not None and now >= each.deadline]
    if late:
        _deliver(late, [StoreUnavailable("it did not answer in time")] * len(late))
    return late


def _deliver(batch: list[_Waiting], results: Sequence[Any], now_us: int = 0) -> None:
    """Give everybody the result of their item, or the error in its place."""
    for each, result in zip(batch, results, strict=True):
        each.give(result, now_us)
    for flush in {each.flush for each in batch if each.flush is not None}:
        flush()

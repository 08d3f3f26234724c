"""The threads that call the app, so that no request holds up the event loop or another request."""

import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")


WAITING_MAXIMUM = 500
"""How many requests may wait in their threads for a delay or a pause that a fault demands."""


AT_ONCE = 1
"""How many threads compute while each of their requests takes only some milliseconds.

More of them would not compute more: they would take turns at the interpreter, and the event loop would wait for its
turn at each call of the system.
"""

STALL_SECONDS = 0.005
"""After how long without an answer another thread starts, if a request waits for one."""


def ignore(_: object) -> None:
    """Do nothing: nobody waits for the result of this job, or wants to know whether requests take long."""


class Workers:
    """Threads that are started as they are needed: AT_ONCE, or up to `maximum` where requests take long.

    Each request that waits for something else has one more. The threads are daemons: a request that never ends does not
    keep the process. Every method but `change_waiting` is called from the event loop.

    `on_long` is called with True when a request computes for long, and with False when none does any more.
    """

    def __init__(self, loop: AbstractEventLoop, maximum: int, on_long: Callable[[bool], None] = ignore) -> None:
        self._loop = loop
        self._maximum = maximum
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._on_long = on_long
        self._is_long = False
        self._begun: dict[int, float] = {}
        self._unfinished = self._finished = self._threads = self._waiting = 0
        self._at_once = min(AT_ONCE, maximum)
        self._is_watched = False
        self.wait_slots = _WaitSlots(self)

    def run(self, job: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Call `job`, which must not raise, in a thread, and then `then` with its result in the event loop."""

        def work() -> None:
            result = job()
            with suppress(RuntimeError):  # The loop is closed: nobody waits for the result any more.
                self._loop.call_soon_threadsafe(finish, result)

        def finish(result: Result) -> None:
            self._unfinished -= 1
            self._finished += 1
            self._adjust()
            then(result)

        self._unfinished += 1
        self._jobs.put(work)
        self._adjust()

    def stop(self) -> None:
        """Let each thread end after the job that it has."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def change_waiting(self, by: int) -> None:
        """Note that requests wait, or no longer do, from any thread."""
        with suppress(RuntimeError):  # The loop is closed.
            self._loop.call_soon_threadsafe(self._change_waiting, by)

    def _change_waiting(self, by: int) -> None:
        self._waiting += by
        self._adjust()

    def _adjust(self) -> None:
        """Start a thread for a request that has none, or end one that is too many."""
        if self._unfinished <= AT_ONCE:
            self._at_once = min(AT_ONCE, self._maximum)
        allowed = self._at_once + self._waiting
        if self._threads > allowed:
            self._threads -= 1
            self._jobs.put(None)
        elif self._threads < min(self._unfinished, allowed):
            self._threads += 1
            threading.Thread(target=self._work, name=f"mockserver-{self._threads}", daemon=True).start()
        if (self._unfinished or self._is_long) and not self._is_watched:
            self._is_watched = True
            self._loop.call_later(STALL_SECONDS, self._watch, self._finished)

    def _watch(self, finished: int) -> None:
        """Allow another thread, if requests wait for one and none was finished meanwhile."""
        self._is_watched = False
        if self._unfinished > self._threads and self._finished == finished and self._at_once < self._maximum:
            self._at_once += 1
        self._tell_of_long()
        self._adjust()

    def _tell_of_long(self) -> None:
        """Tell when a request begins to compute for long, and when none does any more."""
        long_ago = self._loop.time() - STALL_SECONDS
        is_long = sum(begun <= long_ago for begun in list(self._begun.values())) > self._waiting
        if is_long is not self._is_long:
            self._is_long = is_long
            self._on_long(is_long)

    def _work(self) -> None:
        thread = threading.get_ident()
        while (job := self._jobs.get()) is not None:
            self._begun[thread] = self._loop.time()
            job()
            del self._begun[thread]


class _WaitSlots:
    """What a request holds while it waits, so that another thread can take its place meanwhile."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._free = threading.BoundedSemaphore(WAITING_MAXIMUM)

    def acquire(self) -> bool:
        """Whether the request may wait; False where too many others do."""
        may_wait = self._free.acquire(blocking=False)
        if may_wait:
            self._workers.change_waiting(1)
        return may_wait

    def release(self) -> None:
        self._free.release()
        self._workers.change_waiting(-1)

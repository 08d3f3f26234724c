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


class Workers:
    """At most `maximum` threads, started as they are needed, and one more for each request that waits.

    The threads are daemons: a request that never ends does not keep the process. Every method but `change_maximum`
    is called from the event loop.
    """

    def __init__(self, loop: AbstractEventLoop, maximum: int) -> None:
        self._loop = loop
        self._maximum = maximum
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._unfinished = 0
        self._threads = 0
        self.wait_slots = _WaitSlots(self)

    def run(self, job: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Call `job`, which must not raise, in a thread, and then `then` with its result in the event loop."""

        def work() -> None:
            result = job()
            with suppress(RuntimeError):  # The loop is closed: nobody waits for the result any more.
                self._loop.call_soon_threadsafe(finish, result)

        def finish(result: Result) -> None:
            self._unfinished -= 1
            then(result)

        self._unfinished += 1
        self._jobs.put(work)
        self._start()

    def stop(self) -> None:
        """Let each thread end after the job that it has."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def change_maximum(self, by: int) -> None:
        """Allow more threads, or fewer, from any thread."""
        with suppress(RuntimeError):  # The loop is closed.
            self._loop.call_soon_threadsafe(self._change_maximum, by)

    def _change_maximum(self, by: int) -> None:
        self._maximum += by
        self._start()

    def _start(self) -> None:
        if self._threads < min(self._unfinished, self._maximum):
            self._threads += 1
            threading.Thread(target=self._work, name=f"mockserver-{self._threads}", daemon=True).start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


class _WaitSlots:
    """What a request holds while it waits, so that another thread can take its place meanwhile."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._free = threading.BoundedSemaphore(WAITING_MAXIMUM)

    def acquire(self) -> bool:
        """Whether the request may wait; False where too many others do."""
        may_wait = self._free.acquire(blocking=False)
        if may_wait:
            self._workers.change_maximum(1)
        return may_wait

    def release(self) -> None:
        self._free.release()
        self._workers.change_maximum(-1)

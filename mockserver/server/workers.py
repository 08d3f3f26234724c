"""The threads that call the app, so that no request holds up the event loop or another request."""

import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")


class Workers:
    """At most `maximum` threads, started as they are needed; every method is called from the event loop.

    The threads are daemons: a request that never ends does not keep the process.
    """

    def __init__(self, loop: AbstractEventLoop, maximum: int) -> None:
        self._loop = loop
        self._maximum = maximum
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._unfinished = 0
        self._threads = 0

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
        if self._threads < min(self._unfinished, self._maximum):
            self._threads += 1
            threading.Thread(target=self._work, name=f"mockserver-{self._threads}", daemon=True).start()

    def stop(self) -> None:
        """Let each thread end after the job that it has."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

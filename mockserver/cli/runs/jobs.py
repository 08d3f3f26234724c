"""Several pieces of work at a time, in threads: their results as they come, and a prompt end."""

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

POLL_SECONDS = 0.2
"""How often a wait is interrupted: on Windows, Ctrl-C is only noticed between two waits."""


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each_result(
    items: Sequence[Item], work: Callable[[Item], Result], jobs: int, stop: Callable[[], None]
) -> Generator[tuple[Item, Result]]:
    """Every item with its result, as soon as it has one; at most `jobs` of them are worked on at the same time.

    They begin in order, the next one when a result has been used. When the generator is closed, or one item ends with
    an error, `stop` must let the work that is under way end; what has not begun is left.
    """
    waiting = iter(items)
    with ThreadPoolExecutor(jobs) as pool:
        pending = {pool.submit(work, item): item for item in islice(waiting, jobs)}
        try:
            while pending:
                done, _ = wait(pending, POLL_SECONDS, FIRST_COMPLETED)
                for future in [each for each in pending if each in done]:
                    yield pending.pop(future), future.result()
                    pending |= {pool.submit(work, item): item for item in islice(waiting, 1)}
        finally:
            if pending:
                stop()

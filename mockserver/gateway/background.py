"""Jobs: work that goes on after the response to the request that started it, and its progress.

What the work is, and how a job is described, is decided by the control plane.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, Generic, Self, TypeVar

log = logging.getLogger(__name__)

_THREAD_NAME: Final = "mockserver-job"


class JobState(StrEnum):
    """A job waits for a thread, runs, and ends: with its result, or with an error, which is in the server's log."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class JobRemoved(Exception):
    """The job was removed, so its work ends."""


class Job:
    """Work of `total` steps, of which `done` are done; `current` is the one under way.

    `on_progress` is called with the job whenever it may have come further.
    """

    on_progress: Callable[[Any], None] | None = None

    def __init__(self, total: int) -> None:
        self.id = ""
        self.total = total
        self.done = 0
        self.current: str | None = None
        self.state = JobState.WAITING
        self.is_removed = False

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.state in {JobState.WAITING, JobState.RUNNING}

    @property
    def error(self) -> str | None:
        """Why it failed."""
        return "the server failed; its log has the reason" if self.state is JobState.FAILED else None

    def check(self) -> None:
        """JobRemoved if the work must end; it calls this often."""
        if self.on_progress is not None:
            self.on_progress(self)
        if self.is_removed:
            raise JobRemoved

    def to_json(self) -> dict[str, Any]:
        """How far it has come, for other servers."""
        return {"id": self.id, "total": self.total, "done": self.done, "current": self.current, "state": self.state}

    def restore(self, given: Mapping[str, Any]) -> Self:
        """Be as far as the report of another server."""
        self.id, self.done, self.current = given["id"], given["done"], given["current"]
        self.state = JobState(given["state"])
        return self

    def run(self, work: Callable[[], None]) -> None:
        """Do the work, unless the job was removed; an error ends only the job."""
        try:
            self.check()
            self.state = JobState.RUNNING
            self.check()
            work()
            ended = JobState.FINISHED
        except JobRemoved:
            return
        except Exception:
            log.exception("the job %s failed", self.id)
            ended = JobState.FAILED
        self.current = None
        self.state = ended
        if self.on_progress is not None:
            self.on_progress(self)


AnyJob = TypeVar("AnyJob", bound=Job)


class JobList(Generic[AnyJob]):
    """Jobs by id, the oldest first. Of those that ended, only the newest `kept` stay.

    It changes only under the registry's lock.
    """

    def __init__(self, noun: str, kept: int) -> None:
        self._noun = noun
        self._kept = kept
        self._number = 0
        self._jobs: dict[str, AnyJob] = {}

    def __iter__(self) -> Iterator[AnyJob]:
        return iter([*self._jobs.values()])

    def add(self, job: AnyJob) -> None:
        """List a job under an id that no other job of this list had."""
        self._number += 1
        job.id = f"{self._noun}-{self._number}"
        self._jobs[job.id] = job
        ended = [each.id for each in self if not each.is_unfinished]
        for job_id in ended[: -self._kept]:
            del self._jobs[job_id]

    def find(self, job_id: str) -> AnyJob | None:
        """The job with an id."""
        return self._jobs.get(job_id)

    def remove(self, job: AnyJob) -> None:
        """Remove a job; its work ends soon."""
        job.is_removed = True
        self._jobs.pop(job.id, None)

    def clear(self) -> None:
        """Remove every job."""
        for job in self:
            self.remove(job)


class JobThreads:
    """Threads that run jobs, at most `maximum` at a time; the other jobs wait.

    A thread ends when no job waits. The threads are daemons: a job does not keep the process. While one
    runs (`is_any_job_running`), the process should end at once, without the interpreter.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Job, Callable[[], None]]] = deque()
        self._threads = 0

    def start(self, job: Job, work: Callable[[], None]) -> None:
        """Run a job as soon as there is a thread for it."""
        with self._lock:
            self._waiting = deque(each for each in self._waiting if not each[0].is_removed)
            self._waiting.append((job, work))
            if self._threads == self._maximum:
                return
            self._threads += 1
        threading.Thread(target=self._run, name=_THREAD_NAME, daemon=True).start()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            job, work = found
            job.run(work)

    def _next(self) -> tuple[Job, Callable[[], None]] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            return None


def is_any_job_running() -> bool:
    """Whether a thread of this process still runs jobs."""
    return any(thread.name == _THREAD_NAME for thread in threading.enumerate())

"""Jobs that every server of a store lists, and one of them does: it publishes how far each has come."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from mockserver.gateway.background import AnyJob, Job, JobList, JobState
from mockserver.gateway.store.engine import Engine

REPORT_SECONDS = 0.2
"""The shortest time between two reports of a running job."""

SILENT_SECONDS = 120
"""After how long without a report a running job has failed, because its server has ended."""

KEPT_SECONDS = 86_400
"""How long a list is kept that nothing is added to."""

_NUMBER = "number"


class SharedJobList(JobList[AnyJob]):
    """The jobs of one list in the engine; `restore` makes a job from the report of another server."""

    def __init__(
        self, noun: str, kept: int, engine: Engine, owner: str, restore: Callable[[dict[str, Any]], AnyJob]
    ) -> None:
        super().__init__(noun, kept)
        self._engine = engine
        self._name = f"{noun}:{owner}"
        self._key = engine.key("jobs", self._name)
        self._restore = restore
        self._reported: dict[str, tuple[JobState, float]] = {}

    def __iter__(self) -> Iterator[AnyJob]:
        texts, [now, _] = self._engine.commands(("HGETALL", self._key), ("TIME",))
        ids = sorted((each for each in texts if each != _NUMBER), key=_number_of)
        return iter([self._job(each, texts[each], int(now)) for each in ids])

    def add(self, job: AnyJob) -> None:
        number = self._engine.command("HINCRBY", self._key, _NUMBER, 1)
        job.id = f"{self._noun}-{number}"
        job.on_progress = self._report
        self._jobs[job.id] = job
        self._keep(job, is_new=1)
        ended = [each.id for each in self if not each.is_unfinished]
        for job_id in ended[: -self._kept]:
            self._drop(job_id)

    def find(self, job_id: str) -> AnyJob | None:
        return next((each for each in self if each.id == job_id), None)

    def remove(self, job: AnyJob) -> None:
        self._jobs.get(job.id, job).is_removed = True
        self._drop(job.id)

    def end_own(self) -> None:
        """End the jobs that this server does."""
        for each in tuple(self._jobs.values()):
            each.is_removed = True

    def _drop(self, job_id: str) -> None:
        self._jobs.pop(job_id, None)
        self._reported.pop(job_id, None)
        self._engine.command("HDEL", self._key, job_id)

    def _job(self, job_id: str, text: str, now: int) -> AnyJob:
        own = self._jobs.get(job_id)
        if own is not None and self._reported.get(job_id, (None,))[0] is own.state:  # The others know that, too.
            return own
        reported_at, _, content = text.partition(" ")
        job = self._restore(json.loads(content))
        if job.state is JobState.RUNNING and now - int(reported_at) > SILENT_SECONDS:
            job.state = JobState.FAILED
        return job

    def _report(self, job: Job) -> None:
        """Publish how far a job has come, if its state is another or the last report is some time ago."""
        state, at = self._reported.get(job.id, (None, 0.0))
        if state is not job.state or time.monotonic() - at >= REPORT_SECONDS:
            self._keep(job, is_new=0)

    def _keep(self, job: Job, is_new: int) -> None:
        state, text = job.state, json.dumps(job.to_json(), ensure_ascii=False)
        is_there = self._engine.script("keep", self._name, job.id, text, is_new, KEPT_SECONDS)
        self._reported[job.id] = state, time.monotonic()
        if not is_there:
            job.is_removed = True
            self._jobs.pop(job.id, None)


def _number_of(job_id: str) -> int:
    return int(job_id.rpartition("-")[2])

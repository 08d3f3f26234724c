"""Work in several threads: no more of it at a time than there are jobs, and an end to all of it."""

import os
from threading import Barrier, Event, Lock

import pytest

from mockserver.cli.runs import jobs


class Counted:
    """Work that counts how much of it is under way, and lasts until as many have come together as are expected."""

    def __init__(self, together: int) -> None:
        self._barrier = Barrier(together, timeout=20)
        self._lock = Lock()
        self.now = self.most = 0

    def __call__(self, item: int) -> int:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self._barrier.wait()
        with self._lock:
            self.now -= 1
        return item * item


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_are_under_way_as_there_are_jobs(count: int) -> None:
    work = Counted(count)
    found = dict(jobs.each_result(range(6), work, count, Event().set))
    assert found == {item: item * item for item in range(6)}
    assert work.most == count


def test_one_job_works_in_order_and_begins_when_the_result_before_was_used() -> None:
    begun: list[int] = []
    results = jobs.each_result([3, 1, 2], begun.append, 1, Event().set)
    seen = [(item, list(begun)) for item, _ in results]
    assert seen == [(3, [3]), (1, [3, 1]), (2, [3, 1, 2])]


def test_closing_stops_what_is_under_way_and_begins_nothing_more() -> None:
    stopped, begun = Event(), []

    def work(item: int) -> None:
        begun.append(item)
        if item:
            stopped.wait(20)

    results = jobs.each_result(range(9), work, 2, stopped.set)
    assert next(results) == (0, None)
    results.close()
    assert (stopped.is_set(), begun) == (True, [0, 1])


def test_error_of_one_stops_the_others() -> None:
    stopped = Event()

    def work(item: int) -> None:
        if item:
            stopped.wait(20)
        else:
            raise KeyError(item)

    with pytest.raises(KeyError):
        list(jobs.each_result(range(9), work, 2, stopped.set))
    assert stopped.is_set()


def test_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5, 7}, raising=False)
    assert jobs.cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert jobs.cores() == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert jobs.cores() == 1

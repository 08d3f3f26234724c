"""The threads that call the app: which requests wait for others, and how many may wait for a fault."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.server import turns, workers
from tests.server import programs
from tests.server.programs import answer, opened, request, send
from tests.server.served import app


def test_urgent_path_waits_for_no_other() -> None:
    arrived, go_on = threading.Semaphore(0), threading.Event()

    class Busy:
        """An app all of whose threads are busy."""

        urgent_paths = frozenset(("/urgent",))

        def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"] != "/urgent":
                arrived.release()
                assert go_on.wait(programs.PATIENCE)
            return app(environ, start_response)

    with server.in_thread(Busy()) as running, ExitStack() as stack:
        waiting = [stack.enter_context(opened(running.url)) for _ in range(80)]
        for each in waiting:
            each.sendall(request("/slow"))
        for _ in range(64):
            assert arrived.acquire(timeout=programs.PATIENCE)
        assert send(running.url, request("/urgent"))[2] == "GET /urgent 0"
        go_on.set()
        assert [answer(each)[0] for each in waiting] == [200] * 80


def test_so_many_requests_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WAITING_MAXIMUM", 1)
    loop = asyncio.new_event_loop()
    slots = workers.Workers(loop, 1).wait_slots
    loop.close()
    assert [slots.acquire(), slots.acquire()] == [True, False]
    slots.release()
    assert slots.acquire()


class Jobs:
    """Jobs that end when they are told, in the threads of some workers; `running` counts those that have begun."""

    def __init__(self, maximum: int, on_long: Callable[[bool], None] = workers.ignore) -> None:
        self.loop = asyncio.get_running_loop()
        self.workers = workers.Workers(self.loop, maximum, on_long)
        self.begun, self.go_on, self.threads = threading.Semaphore(0), threading.Semaphore(0), set[threading.Thread]()

    def run(self, count: int) -> "asyncio.Future[list[None]]":
        """Start some jobs; done when all of them are finished."""
        finished = [self.loop.create_future() for _ in range(count)]
        for each in finished:
            self.workers.run(self._job, each.set_result)
        return asyncio.gather(*finished)

    def _job(self) -> None:
        self.threads.add(threading.current_thread())
        self.begun.release()
        assert self.go_on.acquire(timeout=programs.PATIENCE)

    async def wait_for(self, count: int) -> None:
        """Wait until so many more jobs have begun."""
        for _ in range(count):
            assert await asyncio.to_thread(self.begun.acquire, timeout=programs.PATIENCE)

    async def wait_for_few_threads(self) -> None:
        """Wait until the threads that are too many have ended."""
        async with asyncio.timeout(programs.PATIENCE):
            while sum(each.is_alive() for each in self.threads) > workers.AT_ONCE:
                await asyncio.sleep(0.01)


def test_few_threads_compute_while_none_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "STALL_SECONDS", programs.PATIENCE)

    async def check() -> None:
        jobs = Jobs(16)
        done = jobs.run(50)
        jobs.go_on.release(50)
        await done
        assert len(jobs.threads) <= workers.AT_ONCE

    asyncio.run(check())


def test_each_stall_adds_a_thread_up_to_the_maximum() -> None:
    async def check() -> None:
        jobs = Jobs(5)
        done = jobs.run(8)
        await jobs.wait_for(5)
        await asyncio.sleep(5 * workers.STALL_SECONDS)
        assert not jobs.begun.acquire(blocking=False)
        jobs.go_on.release(8)
        await done
        assert len(jobs.threads) == 5

    asyncio.run(check())


def test_threads_that_a_stall_added_end_after_it() -> None:
    async def check() -> None:
        jobs = Jobs(5)
        done = jobs.run(5)
        await jobs.wait_for(5)
        jobs.go_on.release(5)
        await done
        for _ in range(5):  # Each request ends one of those that are too many.
            jobs.go_on.release()
            await jobs.run(1)
        await jobs.wait_for_few_threads()

    asyncio.run(check())


def test_threads_of_requests_that_waited_end_after_them() -> None:
    async def check() -> None:
        jobs = Jobs(1)
        assert all(jobs.workers.wait_slots.acquire() for _ in range(9))
        done = jobs.run(10)
        await jobs.wait_for(10)
        for _ in range(9):
            jobs.workers.wait_slots.release()
        jobs.go_on.release(10)
        await done
        assert len(jobs.threads) == 10
        jobs.go_on.release()
        await jobs.run(1)
        await jobs.wait_for_few_threads()

    asyncio.run(check())


def test_it_is_told_when_a_request_computes_for_long_and_when_none_does() -> None:
    async def check() -> None:
        told: list[bool] = []
        jobs = Jobs(4, told.append)
        done = jobs.run(2)
        for expected in ([True], [True, False]):
            async with asyncio.timeout(programs.PATIENCE):
                while told != expected:
                    await asyncio.sleep(0.01)
            jobs.go_on.release(2)
        await done

    asyncio.run(check())


def test_request_that_waits_does_not_compute_for_long() -> None:
    async def check() -> None:
        told: list[bool] = []
        jobs = Jobs(4, told.append)
        assert jobs.workers.wait_slots.acquire()
        done = jobs.run(1)
        await jobs.wait_for(1)
        await asyncio.sleep(5 * workers.STALL_SECONDS)
        assert told == []
        jobs.go_on.release()
        await done

    asyncio.run(check())


def test_turns_are_shorter_beside_a_request_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[float] = []
    monkeypatch.setattr(sys, "setswitchinterval", taken.append)
    turns.take(short=False)
    turns.take(short=True)
    assert taken[0] > taken[1]

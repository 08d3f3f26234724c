"""The threads that call the app: which requests wait for others, and how many may wait for a fault."""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.server import workers
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

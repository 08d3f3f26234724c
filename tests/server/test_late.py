"""An app that is made after the server is ready: requests wait for it, and the server can be stopped before."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.server import programs
from tests.server.programs import Program, answer, ended, line, opened, press_enter, request, send


@pytest.fixture
def serving() -> Iterator[tuple[Program, str]]:
    """A server that is ready, whose app is made when it gets a line; and its URL."""
    with programs.started("-m", "tests.server.served", "0", "late") as program:
        url = line(program)
        assert line(program) == "making"
        yield program, url


@contextmanager
def waiting_request(program: Program, url: str) -> Iterator[socket.socket]:
    """A request that has a thread, beside the main one and the one that makes the app."""
    with opened(url) as early:
        early.sendall(request("/early"))
        while psutil.Process(program.pid).num_threads() < 3:
            threading.Event().wait(0.01)
        yield early


def test_request_waits_until_the_app_is_made(serving: tuple[Program, str]) -> None:
    program, url = serving
    with opened(url) as early:
        early.sendall(request("/early?a"))
        press_enter(program)
        assert answer(early)[2] == "GET /early 1"
    assert send(url, request("/later"))[2] == "GET /later 0"
    program.terminate()
    assert ended(program) == (0, "", "")


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_before_the_app_is_made_ends_the_server(serving: tuple[Program, str], number: signal.Signals) -> None:
    program, _ = serving
    program.send_signal(number)
    assert program.wait(programs.PATIENCE) == 0


def test_request_that_waits_is_answered_during_shutdown(serving: tuple[Program, str]) -> None:
    program, url = serving
    with waiting_request(program, url) as early:
        program.terminate()
        press_enter(program)
        assert answer(early)[2] == "GET /early 0"
    assert ended(program)[0] == 0


def test_request_that_waits_too_long_is_cut_off(serving: tuple[Program, str]) -> None:
    program, url = serving
    with waiting_request(program, url):
        program.terminate()
        assert program.wait(programs.PATIENCE) == 0


def test_app_that_cannot_be_made_ends_the_server_at_once(serving: tuple[Program, str]) -> None:
    """A request that waits for it gets no answer, and the log has nothing about it."""
    program, url = serving
    with waiting_request(program, url):
        assert program.stdin is not None
        program.stdin.write("fail\n")
        program.stdin.flush()
        assert ended(program) == (1, "", "this app cannot be made\n")

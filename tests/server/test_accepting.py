"""Connections that are accepted: just before the server stops, by another process, or not at all."""

import asyncio
import errno
import socket
from collections.abc import Coroutine
from typing import Any

import pytest
from flask import Flask

from mockserver.server import loops, running, sockets
from mockserver.server.running import Server

FULL = OSError(errno.EMFILE, "Too many open files")


class Listening:
    """A listening socket whose accept fails in this way, once for each error."""

    def __init__(self, real: socket.socket, *errors: OSError) -> None:
        self._real = real
        self._errors = list(errors)
        self.attempts = 0

    def accept(self) -> tuple[socket.socket, Any]:
        self.attempts += 1
        if self._errors:
            raise self._errors.pop(0)
        return self._real.accept()

    def settimeout(self, seconds: float) -> None:
        self._real.settimeout(seconds)

    def fileno(self) -> int:
        return self._real.fileno()

    def close(self) -> None:
        self._real.close()


def run(task: Coroutine[Any, Any, Any]) -> Any:
    """The result of a task in the event loop of a server."""
    with asyncio.Runner(loop_factory=loops.new) as runner:
        return runner.run(task)


async def end(client: socket.socket, server: Server) -> bytes:
    """What a client receives when the server stops."""
    await server.stop()
    await asyncio.wait_for(server.finished(), 10)
    client.settimeout(10)
    try:
        return client.recv(1)
    except ConnectionResetError:
        return b"reset"


async def closed_by_a_server_that_stops() -> bytes:
    """What a client receives whose connection is accepted, but has no protocol yet, when the server stops."""
    server = Server(Flask(__name__), 1)
    listening = sockets.listen("127.0.0.1", 0)
    server.listen(listening)
    with socket.create_connection(listening[0].getsockname()) as client:
        while len(asyncio.all_tasks()) == 1:  # A connection is made in a task.
            await asyncio.sleep(0)
        return await end(client, server)


def test_connection_that_was_just_accepted_is_closed() -> None:
    assert run(closed_by_a_server_that_stops()) == b""


async def stopped_after(attempts: int, *errors: OSError) -> tuple[int, bytes]:
    """How often a server tries to accept a connection that stops after so many attempts, and what a client receives."""
    server = Server(Flask(__name__), 1)
    (real,) = sockets.listen("127.0.0.1", 0)
    listening: Any = Listening(real, *errors)
    server.listen([listening])
    with socket.create_connection(real.getsockname()) as client:
        while listening.attempts < attempts:
            await asyncio.sleep(0.001)
        received = await end(client, server)
    await asyncio.sleep(0.02)
    return listening.attempts, received


@pytest.mark.parametrize("error", [BlockingIOError(), InterruptedError(), ConnectionAbortedError()])
def test_connection_that_is_gone_before_it_is_accepted_is_passed_over(error: OSError) -> None:
    assert run(stopped_after(2, error)) == (2, b"")


def test_connections_wait_while_the_system_has_no_room(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "_EXHAUSTED_SECONDS", 0.01)
    assert run(stopped_after(3, FULL, FULL)) == (3, b"")
    assert caplog.messages == ["no connection can be accepted until others end: Too many open files"]


def test_server_that_stops_does_not_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_EXHAUSTED_SECONDS", 0.01)
    assert run(stopped_after(1, FULL)) == (1, b"reset")

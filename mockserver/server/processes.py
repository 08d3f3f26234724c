"""Several processes that serve one port: they are started, restarted when they end, and stopped together.

Each is a command that prints a line on standard output when it is ready, and stops at the end of its standard input:
so none is left when this process is killed. Linux spreads connections over their sockets (SO_REUSEPORT). Measured: of
16 connections that come together, the busier of two such processes gets 57 %; with one socket that both inherit, 87 %,
because an event loop accepts all that wait.
"""

import asyncio
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from mockserver.server import signals

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0
"""Seconds before a process is started again: twice as many each time."""

_STEADY_SECONDS = 60.0
"""A process that ran for so long ended for another reason than the one before it; the pause is the first one again."""

_KILL_SECONDS = 5.0
"""How long a process may take to stop beyond the time that its running requests have."""

log = logging.getLogger(__name__)


class WorkersFailed(Exception):
    """The first process ended before it was ready; `code` is its exit code, negative after a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(f"a worker ended with code {code} before it was ready")
        self.code = code


def serve(command: Sequence[str], number: int, on_ready: Callable[[bytes], None], grace: float) -> None:
    """Run a command several times until SIGTERM or SIGINT; WorkersFailed where the first ends before it is ready.

    `on_ready` gets the line of the first one, once all are ready; what it raises ends them.
    """
    loop = asyncio.SelectorEventLoop()  # It is not closed: that would restore what signals do by default.
    try:
        loop.run_until_complete(_serve(command, number, on_ready, grace))
    finally:
        signals.ignore()


async def _serve(command: Sequence[str], number: int, on_ready: Callable[[bytes], None], grace: float) -> None:
    await _Processes(command, grace).serve(number, on_ready)


class _Processes:
    """The processes that run. Once `stopping` is set, they must end, and none starts.

    Once one was ready, clients may have an answer of it, so that whatever ends is started again.
    """

    def __init__(self, command: Sequence[str], grace: float) -> None:
        self._command = command
        self._grace = grace
        self._stopping = asyncio.Event()
        self._running: set[Process] = set()
        self._starting = asyncio.Lock()
        self._was_ready = False

    async def serve(self, number: int, on_ready: Callable[[bytes], None]) -> None:
        signals.handle(asyncio.get_running_loop(), self._stopping.set)
        tasks: list[asyncio.Task[None]] = []
        try:
            # What is wrong with the settings is printed once: by the first one.
            line = await self._ready(tasks, 1)
            self._was_ready = True
            await self._ready(tasks, number - 1)
            if not self._stopping.is_set():
                on_ready(line)
            await self._stopping.wait()
        finally:
            await self._stop(tasks)

    async def _ready(self, tasks: list[asyncio.Task[None]], number: int) -> bytes:
        """Start so many further processes, and return the last line when all are ready, or b"" when they must stop."""
        lines: list[asyncio.Future[bytes]] = [asyncio.get_running_loop().create_future() for _ in range(number)]
        tasks += [asyncio.create_task(self._keep(each)) for each in lines]
        all_ready, stopped = asyncio.create_task(_all(lines)), asyncio.create_task(self._stopping.wait())
        either: list[asyncio.Future[Any]] = [all_ready, stopped]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if all_ready.done():
            return all_ready.result()[-1]
        all_ready.cancel()
        return b""

    async def _keep(self, ready: "asyncio.Future[bytes]") -> None:
        """Run a process, and another one whenever it ends."""
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
        while not self._stopping.is_set():
            began = loop.time()
            code = await self._run(ready)
            if self._stopping.is_set():
                return
            if not self._was_ready and not ready.done():
                ready.set_exception(WorkersFailed(code))
                return
            if loop.time() - began > _STEADY_SECONDS:
                pause = _FIRST_PAUSE
            log.warning("a worker ended with code %d; another one starts in %.1f s", code, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _run(self, ready: "asyncio.Future[bytes]") -> int:
        """Run a process until it ends, and return its exit code."""
        try:
            async with self._starting:
                process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
                self._running.add(process)
        except OSError as error:
            log.warning("no worker can be started: %s", error.strerror)
            return 1
        assert process.stdout is not None  # noqa: S101 (it is a pipe)
        line = await process.stdout.readline()
        if line and not ready.done():
            ready.set_result(line)
        code = await process.wait()
        self._running.discard(process)
        return code

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        self._stopping.set()
        async with self._starting:  # Those that were about to start have done so; no others do.
            for process in self._running:
                _send(process, signal.SIGTERM)
        _, stuck = await asyncio.wait(tasks, timeout=self._grace + _KILL_SECONDS)
        for process in tuple(self._running):
            _send(process, signal.SIGKILL)
        for task in stuck:
            await task


async def _all(lines: "list[asyncio.Future[bytes]]") -> list[bytes]:
    return await asyncio.gather(*lines)


def _send(process: Process, number: signal.Signals) -> None:
    """Send a signal. The process's own methods would first look whether it has ended, and the event loop miss that."""
    with suppress(ProcessLookupError):  # It has ended, and nobody has noticed yet.
        os.kill(process.pid, number)

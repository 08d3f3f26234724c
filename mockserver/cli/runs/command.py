"""A client's command: its runs, several at a time if need be, with captured output; all of them can be stopped."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import inf
from tempfile import TemporaryFile
from threading import Lock
from time import perf_counter
from typing import IO

import click

from mockserver.cli.options import count
from mockserver.cli.runs import processes
from mockserver.cli.runs.jobs import POLL_SECONDS
from mockserver.cli.runs.processes import Process, Processes

GRACE = 2.0
"""Seconds for which an interrupted command may still report where it hangs."""

KEPT = 16_384
"""How many bytes of output are kept: the last ones."""


class Stopped(Exception):
    """The command is not started, because its runs were stopped."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command; `code` is its exit code, negative for the signal that killed it, or None where it hung.

    `seconds` is how long it ran; `output` the end of its stdout and stderr, as plain text; `requests` how many requests
    it sent, by vendor.
    """

    code: int | None
    seconds: float
    output: str
    requests: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.code == 0

    def __str__(self) -> str:
        if self.code is None:
            requests = f", with {count(sum(self.requests.values()), 'request')}" if self.requests else ""
            return f"still running after {self.seconds:.1f} s{requests}"
        if self.code < 0:
            return f"killed by signal {-self.code} ({signal.strsignal(-self.code)})"
        return f"exit code {self.code}"

    def last(self, lines: int) -> list[str]:
        return self.output.splitlines()[-lines:]


class Command:
    """A command line that is run with different variables, also by several threads."""

    def __init__(self, arguments: Sequence[str], system: Processes | None = None) -> None:
        self.arguments = arguments
        self._system = system or processes.of_system()
        self._lock = Lock()
        self._running: set[Process] = set()
        self._stopped = False

    def run(
        self, variables: Mapping[str, str], timeout: float = inf, is_endless: Callable[[], bool] = lambda: False
    ) -> Run:
        """Run it to its end, or for `timeout` seconds, or until it turns out to be endless.

        A usage error when it cannot be started; Stopped when it is no longer.
        """
        with TemporaryFile() as output:
            process = self._start(variables, output)
            start = perf_counter()
            try:
                code = _wait(process, start + timeout, is_endless)
                seconds = perf_counter() - start
            finally:
                if process.returncode is None:
                    self._end([process])
                with self._lock:
                    self._running.discard(process)
            return Run(code, seconds, _plain_text(output))

    def stop(self) -> None:
        """End every run with everything that it started, and start no further one."""
        with self._lock:
            self._stopped = True
            running = [each for each in self._running if each.returncode is None]
        self._end(running)

    def _start(self, variables: Mapping[str, str], output: IO[bytes]) -> Process:
        with self._lock:
            if self._stopped:
                raise Stopped
            try:
                process = subprocess.Popen(  # noqa: S603 - it is the user's own command
                    self.arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **variables},
                    **self._system.start_options,
                )
            except OSError as error:
                raise click.UsageError(f"cannot run {self.arguments[0]!r}: {error.strerror}") from error
            self._running.add(process)
            return process

    def _end(self, running: Sequence[Process]) -> None:
        """Interrupt runs as Ctrl-C would, and kill what does not end."""
        end = perf_counter() + GRACE
        try:
            for process in running:
                self._system.interrupt(process)
            for process in running:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0, end - perf_counter()))
        finally:
            for process in running:
                self._system.kill(process)
                process.wait()


def _wait(process: Process, deadline: float, is_endless: Callable[[], bool]) -> int | None:
    """The exit code of a process; None if it is still running at a deadline, or is endless."""
    while (left := deadline - perf_counter()) > 0 and not is_endless():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(min(left, POLL_SECONDS))
    return None


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, so that a cancelled job leaves no command running."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _plain_text(output: IO[bytes]) -> str:
    """The end of the output without colors and other control characters, which XML cannot contain."""
    length = output.seek(0, os.SEEK_END)
    output.seek(max(0, length - KEPT))
    text = click.unstyle(output.read().decode(errors="replace")).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text.expandtabs() if each == "\n" or each.isprintable())

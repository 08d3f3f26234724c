"""One run of the user's command, in a session of its own, with its output captured; it is stopped when it hangs.

What the command runs against is decided by `runs`.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO

import click

GRACE = 2.0
"""Seconds for which an interrupted command may still report where it hangs."""

KEPT = 16_384
"""How many bytes of output are kept: the last ones."""


class CannotRun(Exception):
    """The command does not exist or may not be run; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, or the signal that killed it, or neither where it hung.

    `seconds` is how long it ran; `output` the end of its stdout and stderr, as plain text.
    """

    code: int | None
    signal: int | None
    seconds: float
    output: str

    @property
    def passed(self) -> bool:
        """Whether the exit code is 0."""
        return self.code == 0

    def __str__(self) -> str:
        if self.signal is not None:
            return f"killed by signal {self.signal} ({signal.strsignal(self.signal)})"
        return f"still running after {self.seconds:.1f} s" if self.code is None else f"exit code {self.code}"

    def last(self, lines: int) -> list[str]:
        """The last lines of the output."""
        return self.output.splitlines()[-lines:]


def run(command: Sequence[str], variables: Mapping[str, str], timeout: float | None) -> Ended:
    """Run a command to its end, or for `timeout` seconds; CannotRun when it does not even start."""
    with TemporaryFile() as output:
        start = perf_counter()
        process = _start(command, variables, output)
        hung = _wait(process, timeout)
        seconds = timeout if hung and timeout is not None else perf_counter() - start
        code = None if hung or process.returncode < 0 else process.returncode
        killed = None if hung or process.returncode >= 0 else -process.returncode
        return Ended(code, killed, seconds, _plain_text(output))


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, so that a cancelled job leaves no command running."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _start(command: Sequence[str], variables: Mapping[str, str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - it is the user's own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
            start_new_session=True,
        )
    except OSError as error:
        raise CannotRun(f"cannot run {command[0]!r}: {error.strerror}") from error


def _wait(process: "subprocess.Popen[bytes]", timeout: float | None) -> bool:
    """True when the command was still running after the timeout; in any case, it is not running afterwards."""
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        return True
    finally:
        if process.returncode is None:
            _end(process)
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Interrupt a command and everything it started, as Ctrl-C would, and kill what does not end."""
    try:
        _signal(process, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _plain_text(output: IO[bytes]) -> str:
    """The end of the output without colors and other control characters, which XML cannot contain."""
    length = output.seek(0, os.SEEK_END)
    output.seek(max(0, length - KEPT))
    text = click.unstyle(output.read().decode(errors="replace")).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text.expandtabs() if each == "\n" or each.isprintable())

"""One run of the user's command, in a session of its own, with its output captured; it is stopped when it hangs.

What the command runs against is decided by `runs`.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO

import click

GRACE = 2.0
"""Seconds for which an interrupted command may still report where it hangs."""

KEPT = 16_384
"""How many bytes of output are kept: the last ones."""


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
        """Whether the exit code is 0."""
        return self.code == 0

    def __str__(self) -> str:
        if self.code is None:
            return f"still running after {self.seconds:.1f} s"
        if self.code < 0:
            return f"killed by signal {-self.code} ({signal.strsignal(-self.code)})"
        return f"exit code {self.code}"

    def last(self, lines: int) -> list[str]:
        """The last lines of the output."""
        return self.output.splitlines()[-lines:]


def run(command: Sequence[str], variables: Mapping[str, str], timeout: float | None) -> Run:
    """Run a command to its end, or for `timeout` seconds; a usage error when it cannot be started."""
    with TemporaryFile() as output:
        process = _start(command, variables, output)
        start, code = perf_counter(), None
        try:
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(timeout)
            seconds = perf_counter() - start
        finally:
            if process.returncode is None:
                _end(process)
        return Run(code, seconds, _plain_text(output))


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
        raise click.UsageError(f"cannot run {command[0]!r}: {error.strerror}") from error


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

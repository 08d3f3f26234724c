"""The runs of a sweep: the command against a baseline server first, then against one server for each variation.

A run has a session of its own, and its output is captured; it is stopped when it hangs. Which variations there are is
decided by `plan`.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from threading import Lock
from time import perf_counter
from typing import IO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import click

from mockserver import server
from mockserver.app import create_app
from mockserver.cli import env
from mockserver.cli.sweep.plan import Plan, Variation
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings

TIMEOUT_FACTOR = 10
"""How many times as long as the baseline a run may take, unless a timeout is given."""

TIMEOUT_LEAST = 10.0
"""The seconds that any run may take, unless a timeout is given."""

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
        return self.code == 0

    def __str__(self) -> str:
        if self.code is None:
            return f"still running after {self.seconds:.1f} s"
        if self.code < 0:
            return f"killed by signal {-self.code} ({signal.strsignal(-self.code)})"
        return f"exit code {self.code}"

    def last(self, lines: int) -> list[str]:
        return self.output.splitlines()[-lines:]


@dataclass(slots=True)
class Sweep:
    """A sweep of a command in progress. Its servers have these settings, and the organization with this slug.

    `timeout` is in seconds; None: none for the baseline, and TIMEOUT_FACTOR times the baseline for the others.
    `skipped` are variations of vendors without requests in the baseline: they are not run.
    """

    command: Sequence[str]
    settings: Settings
    organization: str
    vendors: Sequence[Vendor]
    plan: Plan
    timeout: float | None
    fail_fast: bool
    baseline: Run | None = None
    runs: dict[Variation, Run] = field(default_factory=dict)
    skipped: list[Variation] = field(default_factory=list)
    interrupted: bool = False

    @property
    def failed(self) -> dict[Variation, Run]:
        """The variations with which the command failed, and its runs."""
        return {variation: run for variation, run in self.runs.items() if not run.passed}

    @property
    def remaining(self) -> list[Variation]:
        """The variations that are neither run nor skipped."""
        return [each for each in self.plan.variations if each not in self.runs and each not in self.skipped]

    @property
    def has_baseline(self) -> bool:
        """Whether there is a baseline to compare with: one that passed and sent requests to a vendor."""
        return self.baseline is not None and self.baseline.passed and bool(self.baseline.requests)

    def steps(self) -> Iterator[Variation | None]:
        """What to run next: the baseline (None), then each variation that can make a difference."""
        yield None
        if self.baseline is None or not self.has_baseline:
            return
        self.skipped = [each for each in self.plan.variations if each.vendor not in self.baseline.requests]
        for variation in self.remaining:
            yield variation
            if self.fail_fast and self.failed:
                return

    def step(self, variation: Variation | None) -> None:
        if variation is None or self.baseline is None:
            self.baseline = self._run(self.settings, self.timeout)
        else:
            # The server starts with the variation, so it survives resets, and holds in every sandbox that a test makes.
            # It replaces everything that the settings have for its switch, names included.
            others = [setting for setting in self.settings.policy if setting[0] != variation.setting[0]]
            settings = replace(self.settings, policy=(*others, variation.setting))
            timeout = self.timeout or max(TIMEOUT_LEAST, TIMEOUT_FACTOR * self.baseline.seconds)
            self.runs[variation] = self._run(settings, timeout)

    def _run(self, settings: Settings, timeout: float | None) -> Run:
        """Run the command against a new server."""
        requests: Counter[str] = Counter()
        with server.in_thread(counting(create_app(settings), self.vendors, requests)) as running:
            run = run_command(self.command, env.variables(running.url, self.organization), timeout)
        return replace(run, requests=dict(requests))


def counting(app: WSGIApplication, vendors: Sequence[Vendor], requests: Counter[str]) -> WSGIApplication:
    """An app that counts the requests below each vendor's mounts, in any sandbox."""
    names = {mount: vendor.name for vendor in vendors for mount in vendor.mounts}
    lock = Lock()

    def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        mounts = [mount for mount in names if path == mount or path.startswith(f"{mount}/")]
        if mounts:
            with lock:
                requests[names[max(mounts, key=len)]] += 1
        return app(environ, start_response)

    return counted


def run_command(command: Sequence[str], variables: Mapping[str, str], timeout: float | None) -> Run:
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
        _signal(process, "SIGINT")
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    finally:
        _signal(process, "SIGKILL")
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", name: str) -> None:
    """Send a signal to a command and what it started; Windows has no such signals, and there the command is ended."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, getattr(signal, name))


def _plain_text(output: IO[bytes]) -> str:
    """The end of the output without colors and other control characters, which XML cannot contain."""
    length = output.seek(0, os.SEEK_END)
    output.seek(max(0, length - KEPT))
    text = click.unstyle(output.read().decode(errors="replace")).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text.expandtabs() if each == "\n" or each.isprintable())

"""A server as a process of its own, which can be killed, paused, and started again at its port."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.server.programs import ROOT, UNMEASURED

_FLAGS = ("--json", "--now", "2025-10-21T10:30:00Z", "--freeze", "--log-level", "warning")


class ServedProcess:
    """A server with a clock that stands still. `lives` counts how often it was started."""

    def __init__(self, log: Path, store: str | None = None) -> None:
        self._log = log
        self._store = store
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.lives = 0

    def start(self) -> None:
        """Start it, at the port that it had before if there was one, and wait until it is ready."""
        self.lives += 1
        command = [sys.executable, "-m", "mockserver", "serve", *_FLAGS, "--port", str(self.port)]
        if self._store is not None:
            command += "--store", self._store
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=UNMEASURED, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the server does not start: {self._log.read_text(encoding='utf-8')}"
        self.port = int(json.loads(line)["url"].rpartition(":")[2])

    def kill(self) -> None:
        """End it at once (SIGKILL); harmless if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def pause(self) -> None:
        """Have it do nothing (SIGSTOP)."""
        assert self._process is not None, "the server does not run"
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on (SIGCONT)."""
        assert self._process is not None, "the server does not run"
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def started(log: Path, store: str | None, number: int) -> Iterator[list[ServedProcess]]:
    """Some servers, killed at the end."""
    with ExitStack() as stack:
        servers = [ServedProcess(log, store) for _ in range(number)]
        for each in servers:
            stack.callback(each.kill)
            each.start()
        yield servers

"""Answers how the server of a session is started, watched and ended: a process that never outlives this one.

Asking it anything stays out (`control`).
"""

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from mockserver.pytest_plugin.errors import MockserverGone

COMMAND = (
    *(sys.executable, "-P", "-m", "mockserver", "serve", "--host", "127.0.0.1", "--port", "0"),
    *("--server", "threaded", "--json", "--until-eof"),
)
"""Threaded, since with granian a connection cannot be cut before the first byte. It ends with its standard input, which
ends with this process, however that dies. Everything else is as the variables of the environment say."""

START = 30.0
"""Seconds that it has to become ready; it needs less than one."""

END = 3.0
"""Seconds that it has to end; requests under way hold it up for one."""

DYING = 1.0
"""Seconds that it takes at most to be seen to have ended, once it does not answer."""

LINES = 30
"""How much of its log is kept for those who ask what happened."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the server is: its URL, None when it never got one, and its fate, in words with its log."""

    url: str | None
    fate: str

    def ready(self) -> str:
        """Its URL; MockserverGone when it did not start."""
        if self.url is None:
            raise MockserverGone(f"the mock server did not start: {self.fate}")
        return self.url


class ServerProcess:
    """The server's process, started by making this and ready, or ended, when that returns."""

    def __init__(self, command: Sequence[str] = COMMAND, patience: float = START) -> None:
        self._log: deque[str] = deque(maxlen=LINES)
        pipe = subprocess.PIPE
        # In a session of its own: Ctrl-C is for pytest, whose tests still have their sandboxes to delete.
        self._process = subprocess.Popen(  # noqa: S603 (our own command)
            command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, encoding="utf-8", errors="replace"
        )
        self._reading = threading.Thread(target=self._read, name="mockserver-log", daemon=True)
        self._reading.start()
        self._url = self._became_ready(patience)

    def _read(self) -> None:
        for line in _pipe(self._process.stderr):
            self._log.append(line.rstrip("\n"))

    def _became_ready(self, patience: float) -> str | None:
        late = threading.Timer(patience, self._process.kill)
        late.start()
        try:
            line = _pipe(self._process.stdout).readline()
        finally:
            late.cancel()
        return str(json.loads(line)["url"]) if line else None

    def status(self, patience: float = 0) -> Status:
        """How it is; who heard nothing from it waits a moment, because it may be about to end."""
        try:
            code = self._process.wait(DYING if self._url is None else patience)
        except subprocess.TimeoutExpired:
            return Status(self._url, self._told("its process runs, but is silent"))
        self._reading.join(DYING)
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
        return Status(self._url, self._told(f"its process {how}"))

    def fate(self) -> str:
        """What became of it, now that it is silent."""
        return self.status(DYING).fate

    def _told(self, what: str) -> str:
        lines = tuple(self._log)
        return f"{what}; its log ends:\n" + "\n".join(lines) if lines else f"{what}, and wrote no log"

    def stop(self) -> None:
        """End it; one that has not ended in time is killed."""
        _pipe(self._process.stdin).close()
        try:
            self._process.wait(END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reading.join(DYING)
        _pipe(self._process.stdout).close()
        _pipe(self._process.stderr).close()


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # noqa: S101 (for the types: all three are pipes)
    return stream

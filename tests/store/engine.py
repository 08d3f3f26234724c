"""The engine of the tests with a shared store: a real server process that keeps nothing on disk.

The fixtures in `tests/conftest.py` start one for each worker of pytest-xdist, and give each test a prefix of its own.
"""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

PATIENCE = 20
"""Seconds after which an engine counts as stuck; far beyond what it needs."""

_PAUSE = 0.01
_ATTEMPTS = 5
"""How many ports are tried: another program may take one before the engine does."""


class EngineProcess:
    """An engine on a port of this machine. A test that stops or kills one must have it for itself."""

    def __init__(self, executable: str, folder: Path) -> None:
        self.executable = executable
        self._command = [executable, "--save", "", "--appendonly", "no", "--dir", str(folder), "--bind", "127.0.0.1"]
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, prefix: str) -> str:
        """What `--store` takes for the keys with a prefix."""
        return f"redis://127.0.0.1:{self.port}/0?prefix={prefix}"

    def client(self) -> redis.Redis:
        """A client that sees what the servers have written."""
        return redis.Redis(port=self.port, decode_responses=True, socket_timeout=PATIENCE)

    def start(self, *options: str) -> None:
        """Start it, on the port that it had before if there was one, and wait until it answers."""
        for _ in range(1 if self.port else _ATTEMPTS):
            port = self.port or free_port()
            quiet = subprocess.DEVNULL
            command = [*self._command, "--port", str(port), *options]
            self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
            if _answers(self._process, port):
                self.port = port
                return
            self.kill()
        raise AssertionError(f"the engine {self.executable} does not start")

    def pause(self) -> None:
        """Have it accept connections and answer nothing (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it answer again."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, with all its data; harmless if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Have it again on its port, without its data."""
        self.kill()
        self.start()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "the engine does not run"
        self._process.send_signal(number)


@contextmanager
def started(executable: str, folder: Path) -> Iterator[EngineProcess]:
    """An engine, killed at the end."""
    engine = EngineProcess(executable, folder)
    try:
        engine.start()
        yield engine
    finally:
        engine.kill()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Whether it answers as soon as it can; False if it ended, or is stuck."""
    deadline = time.monotonic() + PATIENCE
    with redis.Redis(port=port, socket_timeout=PATIENCE) as client:
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(redis.ConnectionError, redis.TimeoutError):
                # Another program on this port would answer in its place.
                return int(client.info("server")["process_id"]) == process.pid
            time.sleep(_PAUSE)
    return False

"""Separate processes for benchmarks: measurements that need their own memory, and servers."""

import json
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import perf_counter, sleep
from types import TracebackType
from typing import IO, Any, Self

import psutil

_START_SECONDS = 30


def run_module(module: str, *arguments: str) -> Any:
    """Run a module in a separate process, and return the JSON that it prints."""
    command = [sys.executable, "-m", module, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_memory() -> float:
    """Return the largest resident memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class ServerProcess:
    """A server in a separate process, which prints its URL as JSON and ends with the block. Its log goes to `log`."""

    def __init__(self, *arguments: str, log: IO[str] | None = None) -> None:
        self._process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        self.url: str = json.loads(self._process.stdout.readline())["url"]

    @property
    def memory(self) -> float:
        """Its resident memory now, in MB."""
        resident: int = psutil.Process(self._process.pid).memory_info().rss
        return resident / 1e6

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it and its child processes have taken, which other programs do not change."""
        process = psutil.Process(self._process.pid)
        return sum(
            each.cpu_times().user + each.cpu_times().system for each in (process, *process.children(recursive=True))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def listening(command: Sequence[str], port: int) -> Iterator[str]:
    """The URL of another program that is started to listen on a port, and ends with the block."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = perf_counter() + _START_SECONDS
            while not _accepts(port):
                assert process.poll() is None, f"{command[0]} has ended with {process.returncode}"
                assert perf_counter() < end, f"{command[0]} does not listen after {_START_SECONDS} s"
                sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False

"""Separate processes for benchmarks: measurements that need their own memory, and servers."""

import json
import resource
import subprocess
import sys
from types import TracebackType
from typing import Any, Self


def run_module(module: str, *arguments: str) -> Any:
    """Run a module in a separate process, and return the JSON that it prints."""
    command = [sys.executable, "-m", module, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_memory() -> float:
    """Return the largest resident memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class ServerProcess:
    """A server in a separate process, which prints its URL as JSON and ends with the block."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.url: str = json.loads(self._process.stdout.readline())["url"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

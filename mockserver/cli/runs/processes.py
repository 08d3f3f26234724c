"""A command together with the processes that it starts: how all of them are ended, on POSIX and on Windows."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

Process = subprocess.Popen[bytes]

_NEW_PROCESS_GROUP: Final = 0x00000200
"""CREATE_NEW_PROCESS_GROUP, which the module subprocess has on Windows only: Ctrl-C does not reach the command."""


class Processes(Protocol):
    """How a command is started so that it can be ended with everything it started."""

    start_options: dict[str, Any]
    """Further arguments of `subprocess.Popen`."""

    def interrupt(self, process: Process) -> None:
        """Ask a command and what it started to end, as Ctrl-C would."""

    def kill(self, process: Process) -> None:
        """End a command and what it started at once."""


class PosixProcesses:
    """A command has a session of its own, which is a process group; signals go to the group."""

    def __init__(self) -> None:
        self.start_options = {"start_new_session": True}

    def interrupt(self, process: Process) -> None:
        self._send(process, signal.SIGINT)

    def kill(self, process: Process) -> None:
        self._send(process, signal.SIGKILL)

    @staticmethod
    def _send(process: Process, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


class WindowsProcesses:
    """Windows has no process groups that can be ended; `taskkill` follows the tree of processes.

    It finds the tree by the command's own process, so this must not end first: an interrupt ends all of them at once.
    """

    def __init__(self, run: Callable[..., object] = subprocess.run) -> None:
        self.start_options = {"creationflags": _NEW_PROCESS_GROUP}
        self._run = run

    def interrupt(self, process: Process) -> None:
        if process.poll() is not None:
            return
        with suppress(OSError):
            self._run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)

    def kill(self, process: Process) -> None:
        self.interrupt(process)
        process.kill()


def of_system(name: str = os.name) -> Processes:
    """The way of this system, by the value of `os.name`."""
    return WindowsProcesses() if name == "nt" else PosixProcesses()

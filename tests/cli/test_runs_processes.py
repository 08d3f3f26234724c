"""How a command is ended with its children on Windows, without a Windows: the programs that would be called."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mockserver.cli.runs import processes
from mockserver.cli.runs.command import Command
from mockserver.cli.runs.processes import PosixProcesses, Process, WindowsProcesses


class Called:
    """A `taskkill` that ends the process that it is given, as long as it is there."""

    def __init__(self, *, exists: bool = True) -> None:
        self.lines: list[list[str]] = []
        self._exists = exists

    def __call__(self, line: list[str], **_: object) -> None:
        self.lines.append(line)
        if not self._exists:
            raise FileNotFoundError(line[0])
        os.kill(int(line[-1]), 9)


class WithoutFlags(WindowsProcesses):
    """Windows, except for the flags with which only Windows can start a process."""

    def __init__(self, run: Called) -> None:
        super().__init__(run)
        self.start_options = {}


@pytest.fixture
def process() -> Iterator[Process]:
    """A process that hangs."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as started:
        yield started
        started.kill()


def test_windows_ends_the_whole_tree(process: Process) -> None:
    WindowsProcesses(called := Called()).interrupt(process)
    process.wait()
    assert called.lines == [["taskkill", "/T", "/F", "/PID", str(process.pid)]]


def test_windows_leaves_an_ended_process_alone(process: Process) -> None:
    process.kill()
    process.wait()
    WindowsProcesses(called := Called()).kill(process)
    assert called.lines == []


def test_windows_without_taskkill_ends_the_command_itself(process: Process) -> None:
    WindowsProcesses(Called(exists=False)).kill(process)
    assert process.wait() != 0


def test_windows_protects_the_command_from_ctrl_c() -> None:
    assert WindowsProcesses().start_options == {"creationflags": 0x200}


def test_hanging_command_is_ended_on_windows() -> None:
    hanging = Command([sys.executable, "-c", "import time; time.sleep(60)"], WithoutFlags(called := Called()))
    found = hanging.run({}, 0.2)
    assert (found.code, len(called.lines)) == (None, 1)


@pytest.mark.parametrize(("name", "kind"), [("nt", WindowsProcesses), ("posix", PosixProcesses)])
def test_system_decides(name: str, kind: type[object]) -> None:
    assert isinstance(processes.of_system(name), kind)

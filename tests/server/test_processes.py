"""Several processes on one port, with small programs in their place: how they start, fail and stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server import programs
from tests.server.programs import Program, ended, line

pytestmark = pytest.mark.linux("several workers need Linux")

_PARENT = """
import logging, sys
from mockserver.server import processes
logging.basicConfig(format="%(message)s")
processes._KILL_SECONDS = 0.3
processes._STEADY_SECONDS = {steady}
def ready(line):
    print(line.decode().strip(), flush=True)
try:
    processes.serve({command}, 2, ready, 0.0)
except processes.WorkersFailed as error:
    print(error, error.code, flush=True)
"""


@contextmanager
def started(worker: str, *, steady: float = 60.0) -> Iterator[Program]:
    """Two processes that run some Python."""
    command = f"[sys.executable, '-c', {worker!r}]" if worker else "['/nowhere/program']"
    with programs.started("-c", _PARENT.format(command=command, steady=steady)) as program:
        yield program


def test_worker_that_fails_before_it_is_ready_ends_all() -> None:
    with started("import sys; sys.exit(4)") as program:
        assert ended(program) == (0, "a worker ended with code 4 before it was ready 4\n", "")


def test_worker_that_ends_before_it_is_ready_is_replaced_if_another_was_ready(tmp_path: Path) -> None:
    """The first one serves already when the second one is killed."""
    worker = f"""
import os, sys, time
for name in ("first", "second", "third"):
    try:
        os.mkdir(os.path.join({str(tmp_path)!r}, name))
    except FileExistsError:
        continue
    break
if name == "second":
    os.kill(os.getpid(), 9)
print(name, flush=True)
sys.stdin.read()
"""
    with started(worker) as program:
        assert line(program) == "first"
        assert (tmp_path / "third").exists()
        assert pause(program) == "0.1"
        program.terminate()
        assert ended(program)[0] == 0


def test_worker_that_cannot_be_started_ends_all() -> None:
    with started("") as program:
        assert ended(program) == (
            0,
            "a worker ended with code 1 before it was ready 1\n",
            "no worker can be started: No such file or directory\n",
        )


def test_worker_that_ignores_the_signal_is_killed() -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)"
    with started(f"{stubborn}; time.sleep(60)") as program:
        assert line(program) == "up"
        program.terminate()
        assert ended(program) == (0, "", "")


def pause(program: Program) -> str:
    """The pause before the next restart, from the log."""
    assert program.stderr is not None
    return program.stderr.readline().rpartition(" in ")[2].removesuffix(" s\n")


def test_pause_before_a_restart_grows() -> None:
    with started("print('up', flush=True)") as program:
        assert line(program) == "up"
        found = [pause(program)]
        while found[-1] != "0.4":
            found.append(pause(program))
            assert len(found) < 10
        program.terminate()
        assert ended(program)[0] == 0
    assert found.count("0.1") <= 2


def test_pause_begins_anew_after_a_worker_that_ran_for_long() -> None:
    with started("print('up', flush=True)", steady=0.0) as program:
        assert line(program) == "up"
        assert [pause(program) for _ in range(6)] == ["0.1"] * 6
        program.terminate()
        assert ended(program)[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_while_workers_start_ends_them(number: signal.Signals) -> None:
    with started("import sys, time; print('starting', file=sys.stderr, flush=True); time.sleep(60)") as program:
        assert program.stderr is not None
        assert program.stderr.readline() == "starting\n"
        program.send_signal(number)
        assert ended(program) == (0, "", "")

"""A run of the command: it gets its variables and no input, and its end and output are captured."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from math import inf
from pathlib import Path

import click
import psutil
import pytest

from mockserver.cli.runs import command
from mockserver.cli.runs.command import Command, Run, Stopped
from tests.server.programs import PATIENCE

pytestmark = pytest.mark.unix("the lines are for a POSIX shell")


def run(script: str, timeout: float = inf, **variables: str) -> Run:
    """How a shell script ended."""
    return Command(["sh", "-c", script]).run(variables, timeout)


ENDS = {
    "success": ("exit 0", "exit code 0", True),
    "failure": ("exit 7", "exit code 7", False),
    "signal": ("kill -KILL $$", "killed by signal 9 (Killed)", False),
}


@pytest.mark.parametrize(("script", "text", "passed"), ENDS.values(), ids=ENDS)
def test_command_ends_with_a_code_or_a_signal(script: str, text: str, *, passed: bool) -> None:
    found = run(script)
    assert (str(found), found.passed) == (text, passed)


def test_variables_are_added_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "kept")
    assert run('echo "$OURS $THEIRS"', THEIRS="given").output == "kept given\n"


def test_stdin_is_empty() -> None:
    assert (run("cat").code, run("cat").output) == (0, "")


def test_both_streams_are_captured_in_order() -> None:
    assert run("echo one; echo two >&2; echo three").last(2) == ["two", "three"]


def test_colors_and_control_characters_are_removed() -> None:
    assert run(r"printf 'a\033[31mred\033[0m\tb\001\r\nold\rnew\377'").output == "ared    b\nold\nnew\ufffd"


def test_only_the_end_of_a_long_output_is_kept() -> None:
    found = run("seq 1 20000").output
    assert (len(found), found.endswith("19999\n20000\n")) == (command.KEPT, True)


def test_hanging_command_is_interrupted_with_its_children() -> None:
    found = run("trap 'echo interrupted; exit 3' INT; sleep 60", timeout=0.2)
    assert (found.code, found.output) == (None, "interrupted\n")
    assert str(found) == f"still running after {found.seconds:.1f} s"


def test_endless_command_is_interrupted() -> None:
    assert Command(["sh", "-c", "sleep 60"]).run({}, is_endless=lambda: True).code is None


def test_run_that_was_stopped_has_its_requests() -> None:
    assert str(Run(None, 2.5, "", {"one": 1500, "two": 1})) == "still running after 2.5 s, with 1,501 requests"


def test_command_that_ignores_the_interrupt_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "GRACE", 0.1)
    assert run("trap '' INT; while :; do sleep 60; done", timeout=0.2).seconds < 10


def test_unknown_command_cannot_be_run() -> None:
    with pytest.raises(click.UsageError, match=r"^cannot run 'there-is-none': No such file or directory$"):
        Command(["there-is-none"]).run({})


BEGINS = "echo $$ > {file}; sleep 60 & echo $! >> {file}; wait"
"""A script that writes its own process id and that of a child, and hangs."""


def written_ids(file: Path) -> list[int]:
    """The process ids in a file, once there are two."""
    ids: list[int] = []
    while len(ids) < 2:
        with suppress(FileNotFoundError):
            ids = [int(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return ids


def is_running(process: int) -> bool:
    """Whether a process exists, and is more than an entry that its parent has not read yet."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_stop_ends_every_run_and_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "GRACE", 0.1)
    files = [tmp_path / "one", tmp_path / "two"]
    lines = "; ".join(
        [f"[ $NUMBER = {index} ] && {{ {BEGINS.format(file=file)}; }}" for index, file in enumerate(files)]
    )
    stopped = Command(["sh", "-c", lines])
    with ThreadPoolExecutor(2) as pool:
        runs: list[Future[Run]] = [pool.submit(stopped.run, {"NUMBER": str(index)}) for index in range(2)]
        ids = [process for file in files for process in written_ids(file)]
        stopped.stop()
        assert [each.result().passed for each in runs] == [False, False]
    end = time.monotonic() + PATIENCE
    while running := [each for each in ids if is_running(each)]:
        assert time.monotonic() < end, running


def test_stopped_command_is_not_started_again() -> None:
    stopped = Command(["sh", "-c", "exit 0"])
    assert stopped.run({}).passed
    stopped.stop()
    with pytest.raises(Stopped):
        stopped.run({})

"""A run of the command: it gets its variables and no input, and its end and output are captured."""

import click
import pytest

from mockserver.cli.sweep import runs
from mockserver.cli.sweep.runs import Run

pytestmark = pytest.mark.unix("the lines are for a POSIX shell")


def run(script: str, timeout: float | None = None, **variables: str) -> Run:
    """How a shell script ended."""
    return runs.run_command(["sh", "-c", script], variables, timeout)


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
    assert (len(found), found.endswith("19999\n20000\n")) == (runs.KEPT, True)


def test_hanging_command_is_interrupted_with_its_children() -> None:
    found = run("trap 'echo interrupted; exit 3' INT; sleep 60", timeout=0.2)
    assert (found.code, found.output) == (None, "interrupted\n")
    assert str(found) == f"still running after {found.seconds:.1f} s"


def test_command_that_ignores_the_interrupt_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "GRACE", 0.1)
    assert run("trap '' INT; while :; do sleep 60; done", timeout=0.2).seconds < 10


def test_unknown_command_cannot_be_run() -> None:
    with pytest.raises(click.UsageError, match=r"^cannot run 'there-is-none': No such file or directory$"):
        runs.run_command(["there-is-none"], {}, None)

"""Progress is shown on standard error while a command waits, only on a terminal, and nothing of it remains."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.cli import progress
from tests.cli.conftest import Run
from tests.cli.test_logs import Terminal
from tests.server import programs

DAYS = ("--from", "2025-10-13", "--to", "2025-10-14")
METRIC = ("metric", "ai-active-users", *DAYS, "--organization", "empty", "--now", "2025-10-21T10:30:00Z")
AUDIT = ("audit", "--organization", "documented", "--vendor", "cross-vendor")
CASES = ("cases", "--run", "C001", "C002")
COMMANDS = {
    "metric": (METRIC, ["waiting for the values"]),
    "audit": (AUDIT, ["invariant 1 of ", "invariant 2 of "]),
    "audit as JSON": ((*AUDIT, "--json"), ["invariant 1 of "]),
    "cases": (CASES, ["case 1 of 2", "case 2 of 2"]),
    "sweep": (("sweep", "--vendor", "augment", "--", sys.executable, "-c", "pass"), ["baseline"]),
    "torture": (("torture", "--only", "duplicate-row", "--", sys.executable, "-c", "pass"), ["baseline"]),
}


def remaining(written: str) -> str:
    """What a terminal still shows of one line, in which a carriage return goes back to the beginning."""
    shown: list[str] = []
    for part in written.split("\r"):
        shown[: len(part)] = part
    return "".join(shown).rstrip()


def test_text_is_shown_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    with progress.shown("computing"):
        assert remaining(stream.getvalue()) == "computing"
    assert remaining(stream.getvalue()) == ""
    with pytest.raises(KeyError), progress.shown("a failure"):
        raise KeyError
    assert remaining(stream.getvalue()) == ""


def test_items_are_counted_while_they_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    seen = [(item, remaining(stream.getvalue())) for item in progress.counted(iter("ab"), 2, "letter")]
    assert seen == [("a", ""), ("b", "")]
    assert ("letter 1 of 2" in stream.getvalue(), "letter 2 of 2" in stream.getvalue()) == (True, True)


@pytest.mark.parametrize("name", COMMANDS)
def test_log_has_no_progress(run: Run, name: str) -> None:
    assert run(*COMMANDS[name][0]).stderr == ""


@pytest.mark.in_process("the commands run in processes of their own")
@pytest.mark.parametrize("name", COMMANDS)
def test_terminal_shows_progress(name: str, tmp_path: Path) -> None:
    arguments, texts = COMMANDS[name]
    reading, writing = os.openpty()
    with (tmp_path / "out").open("w") as out:
        command = [sys.executable, "-m", "mockserver", *arguments]
        subprocess.run(
            command, cwd=programs.ROOT, env=programs.UNMEASURED, stdout=out, stderr=writing, check=False, timeout=60
        )
    os.close(writing)
    written = programs.terminal_output(reading)
    assert [text for text in texts if text not in written] == []
    assert not any(text in (tmp_path / "out").read_text() for text in texts)

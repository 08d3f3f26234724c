"""Tables fit the terminal, and no word of them is cut; where the output is not a terminal, each row is one line."""

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios

import pytest

from mockserver.cli import tables
from tests.cli.conftest import Run
from tests.server import programs

RANGE = ("--from", "2025-06-13", "--to", "2025-10-23", "--now", "2025-10-21T10:30:00Z")
TABLES = {
    "cases": ("cases",),
    "switches": ("switches",),
    "fidelity": ("fidelity", "--grade", "I"),
    "organizations": ("organizations",),
    "metric": ("metric", "ai-active-users", *RANGE, "--bucket", "month"),
    "big numbers": ("metric", "total-lines-added", *RANGE, "--bucket", "month", "--organization", "globex"),
    "audit": ("audit", "--organization", "documented", "--vendor", "cross-vendor"),
    "run": ("cases", "--run", "C001", "C031"),
}
COMMAND_LINES = re.compile(r"^  (?:curl|id=|token=|mockserver|@|\{|  ).*$", re.MULTILINE)


def words(printed: str) -> list[str]:
    """The words and numbers, without the bars of a metric."""
    return printed.replace("█", "").split()


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("name", TABLES)
def test_table_fits_the_terminal_without_cutting_a_word(run: Run, name: str, columns: int) -> None:
    narrow = run(*TABLES[name], COLUMNS=str(columns)).stdout
    assert words(narrow) == words(run(*TABLES[name]).stdout)
    too_long = [line for line in narrow.splitlines() if len(line.rpartition(" ")[0].rstrip()) > columns]
    assert too_long == []


@pytest.mark.parametrize("name", ["cases", "switches", "fidelity", "organizations"])
def test_each_row_is_one_line_in_a_file(run: Run, name: str) -> None:
    assert not any(line.startswith(" ") for line in run(*TABLES[name]).stdout.splitlines())


def test_case_in_full_is_wrapped_except_for_its_commands(run: Run) -> None:
    wide, narrow = run("cases", "C031").stdout, run("cases", "C031", COLUMNS="50").stdout
    assert words(narrow) == words(wide)
    assert COMMAND_LINES.findall(wide)
    assert [line for line in COMMAND_LINES.findall(wide) if "curl" in line and line not in narrow] == []
    assert max(map(len, narrow[narrow.index("What must come back") :].splitlines())) <= 50


def test_numbers_and_long_words_are_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "8")
    text = "1,234,567,890,123 people-of-an-organization"
    assert tables.paragraph(text, "total  ", 7).split() == ["total", *text.split()]
    assert tables.table([("name", text)]).split() == ["name", *text.split()]


def test_table_may_have_no_rows(run: Run) -> None:
    result = run("fidelity", "--vendor", "jetbrains-console", "--grade", "O")
    assert (result.exit_code, tables.table([])) == (0, "")


def test_width_is_that_of_the_terminal() -> None:
    reading, writing = os.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 47, 0, 0))
    environment = {name: value for name, value in programs.UNMEASURED.items() if name not in {"COLUMNS", "LINES"}}
    command = [sys.executable, "-m", "mockserver", "organizations"]
    with subprocess.Popen(command, cwd=programs.ROOT, env=environment, stdout=writing):
        os.close(writing)
        lines = programs.terminal_output(reading).splitlines()
    assert 40 < max(map(len, lines)) <= 47

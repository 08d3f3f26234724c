"""Promises about the files themselves: small, explained, and without rooms for whatever is left over."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mockserver
from tests.server.programs import ROOT

CODE = [path for folder in ("mockserver", "tests", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
PRODUCT = [path for path in CODE if path.is_relative_to(ROOT / "mockserver")]
BELOW_THE_COMMAND = [path for path in PRODUCT if not path.is_relative_to(ROOT / "mockserver/cli")]
BELOW_THE_TOP = [path for path in BELOW_THE_COMMAND if not path.is_relative_to(ROOT / "mockserver/pytest_plugin")]
NO_ROOM = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
LINES_MAXIMUM = 400


def offenders(paths: list[Path], offends: Callable[[str], object]) -> list[str]:
    """The files, by their place in the checkout, whose text offends."""
    return [str(path.relative_to(ROOT)) for path in paths if offends(path.read_text(encoding="utf-8"))]


def test_a_file_says_first_what_it_is_for() -> None:
    assert offenders(CODE, lambda text: not ast.get_docstring(ast.parse(text))) == []


def test_a_file_can_be_read_at_a_sitting() -> None:
    assert offenders(CODE, lambda text: len(text.splitlines()) > LINES_MAXIMUM) == []


def test_a_file_is_named_for_what_it_does() -> None:
    parts = {part.removesuffix(".py") for path in CODE for part in path.relative_to(ROOT).parts}
    assert parts & NO_ROOM == set()


@pytest.mark.parametrize(
    "out_of_place",
    [
        pytest.param(r"\bTO[D]O\b|\bFIX[M]E\b|\bX[X]X\b", id="what is not done"),
        pytest.param(r"no co[v]er", id="lines kept from being measured"),
        pytest.param(r"mark\.sk[i]p|mark\.xf[a]il|pytest\.sk[i]p", id="tests that do not run"),
    ],
)
def test_nothing_is_left_for_later_or_out_of_sight(out_of_place: str) -> None:
    assert offenders(CODE, re.compile(out_of_place).search) == []


def test_only_the_command_talks_to_its_user() -> None:
    assert offenders(BELOW_THE_COMMAND, re.compile(r"\bprint\(|\bsys\.std(out|err)\b|\bclick\b").search) == []


def test_only_the_command_and_the_plugin_read_the_environment() -> None:
    assert offenders(BELOW_THE_TOP, re.compile(r"\bos\.environ|\bgetenv\b").search) == []


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, mockserver; print([name for name in sys.modules if name.startswith(('mockserver.', 'flask'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_loaded_when_they_are_used() -> None:
    from mockserver import app, client

    assert (mockserver.create_app, mockserver.Client) == (app.create_app, client.Client)
    assert re.fullmatch(r"[0-9]+\.[0-9]+.*", mockserver.__version__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        mockserver.nothing  # noqa: B018 (reading it is the test)

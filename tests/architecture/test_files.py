"""Rules for the files of the repository: short, with a docstring, and without vague names."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mockserver
from tests.server.programs import ROOT

PACKAGES = ("mockserver", "analytics_mockserver")
CODE = [
    path
    for folder in (*PACKAGES, "tests", "tools", "benchmarks", "docs/examples")
    for path in (ROOT / folder).rglob("*.py")
]
PRODUCT = [path for path in CODE if path.relative_to(ROOT).parts[0] in PACKAGES]
CLI = (ROOT / "mockserver/cli", ROOT / "analytics_mockserver/command.py")
WITHOUT_CLI = [path for path in PRODUCT if not any(path.is_relative_to(each) for each in CLI)]
PLUGIN = ROOT / "analytics_mockserver/pytest_plugin"
WITHOUT_CLI_AND_PLUGIN = [path for path in WITHOUT_CLI if not path.is_relative_to(PLUGIN)]
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
LINES_MAXIMUM = 400


def offenders(paths: list[Path], offends: Callable[[str], object]) -> list[str]:
    """Return the paths, relative to the checkout, of the files whose text offends."""
    return [str(path.relative_to(ROOT)) for path in paths if offends(path.read_text(encoding="utf-8"))]


def test_every_file_has_a_docstring() -> None:
    assert offenders(CODE, lambda text: not ast.get_docstring(ast.parse(text))) == []


def test_no_file_is_longer_than_400_lines() -> None:
    assert offenders(CODE, lambda text: len(text.splitlines()) > LINES_MAXIMUM) == []


def test_no_file_or_folder_has_a_vague_name() -> None:
    parts = {part.removesuffix(".py") for path in CODE for part in path.relative_to(ROOT).parts}
    assert parts & BANNED_NAMES == set()


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\bTO[D]O\b|\bFIX[M]E\b|\bX[X]X\b", id="unfinished"),
        pytest.param(r"no co[v]er", id="excluded from coverage"),
        pytest.param(r"mark\.sk[i]p|mark\.xf[a]il|pytest\.sk[i]p", id="skipped tests"),
    ],
)
def test_no_file_has_a_banned_marker(pattern: str) -> None:
    assert offenders(CODE, re.compile(pattern).search) == []


def test_only_the_cli_prints() -> None:
    assert offenders(WITHOUT_CLI, re.compile(r"\bprint\(|\bsys\.std(out|err)\b|\bclick\b").search) == []


def test_only_the_cli_and_the_plugin_read_the_environment() -> None:
    assert offenders(WITHOUT_CLI_AND_PLUGIN, re.compile(r"\bos\.environ|\bgetenv\b").search) == []


def test_importing_the_package_loads_none_of_its_modules() -> None:
    code = "import sys, mockserver; print([name for name in sys.modules if name.startswith(('mockserver.', 'flask'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_app_loads_no_resource_of_the_control_plane_before_its_first_request() -> None:
    code = (
        "import sys; from mockserver import create_app; from mockserver.settings import Settings\n"
        "client = create_app(Settings()).test_client()\n"
        "late = 'admin.routes', 'admin.guard', 'metrics.expected_values', 'conduct.advice', 'cases.loading'\n"
        "print([name for name in late if f'mockserver.{name}' in sys.modules])\n"
        "print(client.get('/_mock/health').status_code, 'mockserver.admin.routes' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "200 True"]


def test_public_names_are_loaded_on_first_use() -> None:
    from mockserver import app, client

    assert (mockserver.create_app, mockserver.Client) == (app.create_app, client.Client)
    assert re.fullmatch(r"[0-9]+\.[0-9]+.*", mockserver.__version__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        mockserver.nothing  # noqa: B018 (the attribute access is the test)

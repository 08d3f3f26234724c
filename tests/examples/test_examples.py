"""The projects in docs/examples: copied to an empty folder, every command of their README succeeds.

The commands use this installation, without a network: pip only checks that the requirements are met.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.optional_programs import NODE
from tests.server import programs

FOLDER = programs.ROOT / "docs" / "examples"
PROJECTS = sorted(path.parent.name for path in FOLDER.glob("*/README.md"))
IN_PYTHON = sorted({path.parent.name for path in FOLDER.glob("*/*.py")})
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE = 300


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the project that the test has as its parameter."""
    name: str = request.param
    copy = tmp_path / name
    shutil.copytree(FOLDER / name, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return copy


@pytest.fixture
def node() -> str:
    """The path of Node.js."""
    return NODE.path()


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, with the commands of this installation, and without the settings of this one."""
    ours = ("COVERAGE", "MOCKSERVER_", "PIP_", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**kept, "PATH": path, "PIP_NO_INDEX": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def assert_every_command_succeeds(project: Path) -> None:
    blocks = COMMANDS.findall((project / "README.md").read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        done = run(project, "bash", "-euo", "pipefail", "-c", block)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"


def test_there_are_four_projects() -> None:
    assert PROJECTS == ["httpx-importer", "node-client", "requests-pytest", "singer-extractor"]
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in PROJECTS if f"]({name})" not in index] == []


@pytest.mark.parametrize("project", IN_PYTHON, indirect=True)
def test_every_command_of_a_readme_succeeds(project: Path) -> None:
    assert_every_command_succeeds(project)


@pytest.mark.parametrize("project", ["node-client"], indirect=True)
@pytest.mark.usefixtures("node")
def test_every_command_for_node_succeeds(project: Path) -> None:
    assert_every_command_succeeds(project)


@pytest.mark.parametrize("project", ["node-client"], indirect=True)
@pytest.mark.usefixtures("node")
def test_script_fails_with_a_failing_test(project: Path) -> None:
    client = project / "credits.js"
    client.write_text(
        client.read_text(encoding="utf-8").replace("groupBy: 'month'", "groupBy: 'week'"), encoding="utf-8"
    )
    done = run(project, "sh", "test.sh")
    assert done.returncode == 1
    assert re.search(r"\bfail [1-9]", done.stdout), done.stdout + done.stderr


@pytest.fixture(scope="module")
def types_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder for what one check of types has read of the libraries, and another needs too."""
    return str(tmp_path_factory.mktemp("types"))


@pytest.mark.parametrize("project", IN_PYTHON, indirect=True)
def test_projects_have_strict_types(project: Path, types_cache: str) -> None:
    done = run(project, sys.executable, "-m", "mypy", "--strict", "--cache-dir", types_cache, ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PROJECTS)
def test_readme_has_at_most_40_lines(name: str) -> None:
    assert len((FOLDER / name / "README.md").read_text(encoding="utf-8").splitlines()) <= 40

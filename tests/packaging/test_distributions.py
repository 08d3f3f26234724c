"""The sdist and the wheel: complete, accepted by the package index, and the same bytes from every build."""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.server.programs import ROOT, UNMEASURED

SOURCES = (
    *("mockserver", "analytics_mockserver", "fixtures", "openapi", "docs", "deploy"),
    *(
        ".dockerignore",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Dockerfile",
        "LICENSE",
        "Makefile",
        "README.md",
        "SECURITY.md",
    ),
    *("action.yml", "compose.yaml", "constraints.txt", "pyproject.toml"),
)


def build(source: Path, target: Path) -> None:
    """Build the sdist of a folder, and the wheel from the sdist."""
    run("-m", "build", "--no-isolation", "--outdir", str(target), str(source))


def run(*arguments: str) -> str:
    """Run Python with arguments, require success, and return its output."""
    environment = {name: value for name, value in UNMEASURED.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file in a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def unpacked(built: Path, target: Path) -> Path:
    """Unpack the sdist into an empty folder, and return its only folder."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(target, filter="data")
    (source,) = target.iterdir()
    return source


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel of this checkout."""
    target = tmp_path_factory.mktemp("dist")
    build(ROOT, target)
    return target


@pytest.fixture(scope="module")
def metadata(built: Path) -> Message:
    """The metadata in the wheel."""
    (wheel,) = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_another_build_of_the_same_files_has_the_same_bytes(built: Path, tmp_path: Path) -> None:
    source = unpacked(built, tmp_path)
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    build(source, tmp_path / "dist")
    assert digests(tmp_path / "dist") == digests(built)


def test_package_index_accepts_both_files(built: Path) -> None:
    run("-m", "twine", "check", "--strict", *map(str, built.iterdir()))


def test_license_is_an_spdx_expression_with_its_text(built: Path, metadata: Message) -> None:
    assert (metadata["License-Expression"], metadata.get_all("License-File")) == ("MIT", ["LICENSE"])
    (wheel,) = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
        assert archive.read(name) == (ROOT / "LICENSE").read_bytes()


def test_both_packages_are_typed(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        assert {"mockserver/py.typed", "analytics_mockserver/py.typed"} <= set(archive.namelist())


def test_sdist_has_every_source_file_and_no_other(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    names = {name for name in names if not name.startswith("mockserver/console/site/")}  # `make docs` may have run.
    listed = subprocess.run(["git", "ls-files", *SOURCES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert names - {"PKG-INFO", ".gitignore"} == {*listed.stdout.split()}


@pytest.mark.unix("the Makefile is for a POSIX shell")
def test_readme_is_true_in_an_unpacked_sdist(built: Path, tmp_path: Path) -> None:
    source = unpacked(built, tmp_path)
    readme = (source / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[\w-]+/)*[\w-]+\.yaml)`|\]\((?!https:)([^)#\s]+)", readme)
    files = {file or link for file, link in named}
    assert {"compose.yaml", "docs/index.md"} <= files
    assert {file for file in files if not (source / file).exists()} == set()
    # The make that runs the tests has its variables in the environment.
    environment, command = {"PATH": os.environ["PATH"]}, ["make", "--dry-run", "run"]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "-m mockserver serve" in done.stdout) == (0, True), done.stderr

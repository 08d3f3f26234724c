"""Packages contain the site if it was built before them, and their page has a description without dead links."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.server.programs import ROOT

pytestmark = pytest.mark.in_process("the build is a separate process")

SOURCES = ("mockserver", "analytics_mockserver", "fixtures", "openapi")
FILES = ("README.md", "pyproject.toml", ".gitignore")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a build needs, without the site."""
    ignored = shutil.ignore_patterns("__pycache__", "site")
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name, ignore=ignored)
    for path in [*(ROOT / name for name in FILES), *ROOT.glob("LICENSE*")]:
        shutil.copy(path, tmp_path / "checkout")
    return tmp_path / "checkout"


def build(checkout: Path) -> tuple[set[str], set[str], str]:
    """Build an sdist, and from it a wheel; return the names of their files, and the wheel's metadata."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(checkout / "dist"), str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = (checkout / "dist").glob("*.whl"), (checkout / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as source, ZipFile(wheel) as built:
        (metadata,) = [name for name in built.namelist() if name.endswith(".dist-info/METADATA")]
        in_sdist = {name.partition("/")[2] for name in source.getnames()}
        return in_sdist, {*built.namelist()}, built.read(metadata).decode()


def test_site_is_in_both_packages_if_it_was_built(checkout: Path) -> None:
    page = "mockserver/console/site/how-to/sweep.html"
    (checkout / page).parent.mkdir(parents=True)
    (checkout / page).write_text("<h1>Sweep</h1>", encoding="utf-8")
    sdist, wheel, metadata = build(checkout)
    assert page in sdist
    assert page in wheel
    assert "\nDescription-Content-Type: text/markdown\n" in metadata
    assert "The documentation has a tutorial of ten minutes, guides" in " ".join(metadata.split())


def test_packages_can_be_built_without_the_site(checkout: Path) -> None:
    sdist, wheel, _ = build(checkout)
    assert "mockserver/console/files/index.html" in sdist & wheel
    assert [name for name in sdist | wheel if "console/site" in name] == []

"""The promise of the wheel: built from this tree and installed elsewhere, it serves all the same."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.server import programs
from tests.server.programs import ROOT, line, request, send

AUGMENT = "Authorization: Bearer mock-augment-acme\r\n"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel in it; what the wheel depends on is borrowed from ours."""
    place = tmp_path_factory.mktemp("elsewhere")
    ran(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(ROOT))
    venv.create(place / "venv", symlinks=True)
    fresh = place / "venv" / "bin" / "python"
    (wheel,) = place.glob("analytics_mockserver-*.whl")
    ran(
        sys.executable, "-m", "pip", "--python", str(fresh), "install", "--no-deps", "--no-index", "--quiet", str(wheel)
    )
    packages = ran(str(fresh), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(packages) / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return fresh


def test_a_wheel_serves_from_its_own_files(python: Path) -> None:
    where = ran(str(python), "-c", "from mockserver import resources; print(resources.openapi(), resources.fixtures())")
    assert [Path(each).is_relative_to(python.parents[1].resolve()) for each in where.split()] == [True, True]
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--json", python=python) as program:
        url = json.loads(line(program))["url"]
        status, _, body = send(url, request("/analytics/v0/dau-count", headers=AUGMENT))
        assert (status, "daily_active_user_counts" in json.loads(body)) == (200, True)
        status, _, body = send(url, request("/_mock/openapi/augment.yaml"))
        assert (status, "openapi: 3.1" in body) == (200, True)


def test_a_wheel_brings_the_command(python: Path) -> None:
    listed = ran(str(python.with_name("mockserver")), "organizations")
    assert "hooli" in listed


STRANGER = """
import urllib.request

import pytest

def send(sandbox):
    at = f"{sandbox.url}/analytics/v0/dau?page_size=5"
    urllib.request.urlopen(urllib.request.Request(at, headers=sandbox.headers("augment"))).read()

def test_one(sandbox):
    send(sandbox)
    sandbox.requests.assert_made(operation="getDau", count=1)

@pytest.mark.mockserver(organization="initech", limits="off")
def test_two(sandbox):
    send(sandbox)
    assert len(sandbox.requests) == 1

def test_three(sandbox):
    sandbox.requests.assert_made(operation="getDau")
"""


def test_a_wheel_brings_its_fixtures_to_a_strangers_pytest(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_stranger.py").write_text(STRANGER, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "MOCKSERVER"))}
    without = [part for name in ("anyio", "faker", "hypothesispytest", "schemathesis") for part in ("-p", f"no:{name}")]
    command = [str(python), "-m", "pytest", "-n", "2", *without, "test_stranger.py"]
    told = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True, check=False)
    assert (told.returncode, "1 failed, 2 passed" in told.stdout) == (1, True), told.stdout + told.stderr
    assert "expected at least 1 request with operation getDau; 0 of 0 in this sandbox" in told.stdout


def ran(*command: str) -> str:
    """What a program prints; it runs away from the checkout and must succeed."""
    found = subprocess.run(command, cwd=ROOT.anchor, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout

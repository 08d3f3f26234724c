"""The wheel: built from this checkout and installed elsewhere, it is complete."""

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
    """The interpreter of a new virtual environment with the wheel and the dependencies of this environment."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    venv.create(folder / "venv", symlinks=True)
    interpreter = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("analytics_mockserver-*.whl")
    options = ("--no-deps", "--no-index", "--quiet")
    run(sys.executable, "-m", "pip", "--python", str(interpreter), "install", *options, str(wheel))
    packages = run(str(interpreter), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(packages) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return interpreter


def test_the_server_reads_files_from_the_wheel(python: Path) -> None:
    code = "from mockserver import resources; print(resources.openapi(), resources.fixtures())"
    folders = run(str(python), "-c", code).split()
    assert [Path(folder).is_relative_to(python.parents[1].resolve()) for folder in folders] == [True, True]
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--json", python=python) as program:
        url = json.loads(line(program))["url"]
        status, _, body = send(url, request("/analytics/v0/dau-count", headers=AUGMENT))
        assert (status, "daily_active_user_counts" in json.loads(body)) == (200, True)
        status, _, body = send(url, request("/_mock/openapi/augment.yaml"))
        assert (status, "openapi: 3.1" in body) == (200, True)
        status, _, body = send(url, request("/", headers="Accept: text/html\r\n"))
        assert (status, "/_mock/console/app.js" in body) == (200, True)
        files = ("console/app.js", "console/console.css", "console/swagger-ui.css", "docs/admin")
        assert [send(url, request(f"/_mock/{name}"))[0] for name in files] == [200] * 4


def test_the_wheel_installs_the_command(python: Path) -> None:
    output = run(str(python.with_name("mockserver")), "organizations")
    assert "hooli" in output


USER_TESTS = """
import urllib.request

import pytest

def send(sandbox):
    url = f"{sandbox.url}/analytics/v0/dau?page_size=5"
    urllib.request.urlopen(urllib.request.Request(url, headers=sandbox.headers("augment"))).read()

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


def test_the_wheel_installs_the_pytest_plugin(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_user.py").write_text(USER_TESTS, encoding="utf-8")
    removed = ("PYTHON", "PYTEST", "MOCKSERVER")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(removed)}
    plugins = ("anyio", "faker", "hypothesispytest", "schemathesis")
    disabled = [argument for name in plugins for argument in ("-p", f"no:{name}")]
    command = [str(python), "-m", "pytest", "-n", "2", *disabled, "test_user.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "1 failed, 2 passed" in done.stdout) == (1, True), done.stdout + done.stderr
    assert "expected at least 1 request with operation getDau; 0 of 0 in this sandbox" in done.stdout


def run(*command: str) -> str:
    """Run a program outside the checkout, require success, and return its output."""
    done = subprocess.run(command, cwd=ROOT.anchor, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

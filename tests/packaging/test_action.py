"""The steps of action.yml, run with bash as a job runs them: the server is ready, and later steps know it."""

import os
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import yaml

from tests.server import programs
from tests.server.programs import ROOT, request, send
from tools import dependencies

pytestmark = pytest.mark.unix("the lines are for a POSIX shell, of which Windows may have another")

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, START = ACTION["runs"]["steps"]
SOURCES = ("LICENSE", "README.md", "analytics_mockserver", "fixtures", "mockserver", "openapi", "pyproject.toml")
PRINT_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))"


@dataclass(frozen=True, slots=True)
class Job:
    """A job's temporary folder, with the files that its steps write."""

    folder: Path

    def step(self, script: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a step, with the variables that the steps before it have exported."""
        environment = {**programs.UNMEASURED, "RUNNER_TEMP": str(self.folder), **self.exported("env"), **variables}
        environment |= {f"GITHUB_{name.upper()}": str(self.folder / name) for name in ("env", "output")}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=self.folder)

    def exported(self, name: str) -> dict[str, str]:
        """Return the variables or outputs so far."""
        file = self.folder / name
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines)

    def start(self, organization: str, port: int, flags: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the step that starts the server."""
        return self.step(START["run"], ORGANIZATION=organization, PORT=str(port), FLAGS=flags)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a job after the first step, which found the dependencies of this environment installed.

    The constraints are therefore the versions that are installed here, which may be the lowest.
    """
    folder = tmp_path_factory.mktemp("job")
    venv.create(folder / "mockserver", symlinks=True)
    python = str(folder / "mockserver" / "bin" / "python")
    printed = subprocess.run([python, "-c", PRINT_PACKAGES], capture_output=True, text=True, check=True).stdout
    (Path(printed.strip()) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        (source / name).symlink_to(ROOT / name)
    (source / "constraints.txt").write_text(dependencies.installed(), encoding="utf-8")
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    done = Job(folder).step(INSTALL["run"], PYTHON=sys.executable, SOURCE=str(source), **offline)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def job(installed: Path) -> Iterator[Job]:
    """A job whose first step is done; its servers are stopped at the end."""
    before = (installed / "env").read_text(encoding="utf-8")
    yield Job(installed)
    (installed / "env").write_text(before, encoding="utf-8")
    for process in psutil.process_iter(["exe", "cmdline"]):
        with suppress(psutil.NoSuchProcess):
            if str(installed) in " ".join(process.info["cmdline"] or ()):
                process.send_signal(signal.SIGTERM)


def test_later_steps_know_the_url_and_the_tokens(job: Job) -> None:
    done = job.start("globex", 0, "--limits off --freeze")
    assert done.returncode == 0, done.stdout + done.stderr
    exported = job.exported("env")
    url = exported["MOCKSERVER_URL"]
    assert job.exported("output")["url"] == url
    header = f"Authorization: Bearer {exported['MOCKSERVER_TOKEN_AUGMENT']}\r\n"
    assert send(url, request("/analytics/v0/dau-count", headers=header))[0] == 200
    assert '"setting":"off"' in send(url, request("/_mock/limits"))[2].replace(" ", "")
    assert Path(job.exported("output")["log"]).exists()


def test_server_that_cannot_start_fails_the_step_with_its_log(job: Job) -> None:
    done = job.start("acme", 0, "--no-such-flag")
    assert done.returncode == 1
    assert "No such option" in done.stdout


def test_another_server_at_the_port_is_not_taken_for_the_new_one(job: Job) -> None:
    assert job.start("acme", 0).returncode == 0
    port = int(job.exported("output")["url"].rpartition(":")[2])
    done = job.start("globex", port)
    assert done.returncode == 1
    assert f"a mock server answers at http://127.0.0.1:{port} already" in done.stdout


def test_every_input_is_passed_to_a_step() -> None:
    given = " ".join(str(step["env"]) for step in (INSTALL, START))
    assert [name for name in ACTION["inputs"] if f"inputs.{name} " not in given] == []
    assert os.linesep not in ACTION["description"].strip()

"""Without the server's dependencies, the plugin works with a server elsewhere; the command says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics_mockserver import ownership
from tests.plugin.conftest import PLUGINS, TIMEOUT
from tests.server.programs import ROOT

SERVER_ONLY = "click faker flask httptools jinja2 markupsafe marshmallow mockserver numpy uvloop werkzeug yaml"
"""What must not be imported: the server and its dependencies."""

BLOCKED = """
import runpy, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in blocked or name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

blocked = sys.argv[1].split()
sys.meta_path.insert(0, Blocker())
module, sys.argv = sys.argv[2], sys.argv[2:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""

TESTS = """
import urllib.request

import pytest

from analytics_mockserver.pytest_plugin import MockserverRefused, SandboxFixture

@pytest.mark.mockserver(organization="initech", now="2026-11-02T10:00:00Z", frozen=True)
def test_everything(sandbox: SandboxFixture):
    sandbox.clock.advance(hours=1)
    sandbox.limits.off()
    sandbox.policy.set("augment", last_cursor="null")
    sandbox.faults.add(vendor="augment", skip=1, status=503)
    request = urllib.request.Request(sandbox.url + "/analytics/v0/dau", headers=sandbox.headers("augment"))
    assert urllib.request.urlopen(request).status == 200
    sandbox.requests.assert_made(operation="getDau", count=1)
    assert sandbox.metric("ai-active-users", "2026-10-01", "2026-10-31")["headline"]
    assert sandbox.lint.findings() is not None
    sandbox.reset()

def test_misspelt_names(sandbox):
    with pytest.raises(KeyError, match="did you mean 'augment'"):
        sandbox.tokens["augmend"]
    with pytest.raises(MockserverRefused, match="there is no"):
        sandbox.faults.add(operation="getDua", status=503)

@pytest.mark.mockserver(organisation="acme")
def test_misspelt_argument(sandbox): ...
"""


def run_without(modules: str, module: str, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a module in a process that cannot import these modules."""
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, modules, module, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.mark.parametrize("how", ["a URL", "a command"])
def test_plugin_needs_only_pytest_with_a_server_elsewhere(
    environment: None,  # noqa: ARG001 (needed for its effect)
    server_url: str,
    tmp_path: Path,
    how: str,
) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    command = f"mockserver_command={sys.executable} -P -m mockserver"
    server = ("--mockserver-url", server_url) if how == "a URL" else ("-o", command)
    done = run_without(SERVER_ONLY, "pytest", *PLUGINS, *server, folder=tmp_path)
    result = pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0)
    result.assert_outcomes(passed=2, errors=1, warnings=1)  # The warning: there is no package `mockserver` at all.
    result.stdout.fnmatch_lines(["*test_misspelt_argument: there is no argument 'organisation' (did you mean *"])


def test_fixture_in_this_process_names_what_is_missing(
    environment: None,  # noqa: ARG001 (needed for its effect)
    tmp_path: Path,
) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(mockserver_app): ...", encoding="utf-8")
    done = run_without("marshmallow", "pytest", *PLUGINS, folder=tmp_path)
    assert "the server needs the module marshmallow, which is not installed here; `pip install " in done.stdout
    assert "mockserver_command = uvx analytics-mockserver" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("blocked", "message"),
    [
        ("click", "the server needs the module click, which is not installed here; `pip install analytics-mockserver`"),
        ("httptools", "the server needs the module httptools, which is not installed here; "),
        ("mockserver.cli", "the module mockserver.cli of analytics-mockserver is missing. `pip install --force-reins"),
        ("mockserver", "the file "),
    ],
)
def test_command_names_a_missing_module(tmp_path: Path, blocked: str, message: str) -> None:
    serve = ("serve", "--port", "0", "--until-eof")
    done = run_without(blocked, "analytics_mockserver", *serve, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"mockserver: {message}")
    assert done.stderr.count("\n") == 1


@pytest.mark.unix("the lines are for a POSIX shell")
def test_command_fails_with_its_code_if_nothing_can_be_written(tmp_path: Path) -> None:
    code = 'exec "$0" -m analytics_mockserver tokens 2>&-'
    (tmp_path / "mockserver").mkdir()
    (tmp_path / "mockserver/__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(["sh", "-c", code, sys.executable], env=environment, cwd=ROOT.anchor, check=False)
    assert done.returncode == 2


def test_package_without_a_file_is_not_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ownership, "find_spec", raise_value_error)
    monkeypatch.delattr("mockserver.__file__")
    conflict = str(ownership.find_conflict())
    assert conflict.startswith(
        "the package mockserver in memory is not the one of analytics-mockserver. The server can"
    )
    monkeypatch.setattr("mockserver.__file__", str(tmp_path / "gone.py"), raising=False)
    assert str(ownership.find_conflict()).startswith(f"the package mockserver in {tmp_path}/gone.py is not the one")


def raise_value_error(name: str) -> None:
    """What importlib does about a module that has no specification."""
    raise ValueError(f"{name}.__spec__ is None")


def test_file_that_cannot_be_read_is_not_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from importlib.machinery import ModuleSpec

    monkeypatch.setattr(ownership, "find_spec", lambda _: ModuleSpec("mockserver", None, origin=str(tmp_path)))
    with pytest.raises(ownership.PackageUnusable, match=f"the package mockserver in {tmp_path} is not the one"):
        ownership.check()

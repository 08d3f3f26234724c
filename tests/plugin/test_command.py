"""The server that pytest starts with mockserver_command, in an environment of its own."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from analytics_mockserver.pytest_plugin import MockserverGone
from analytics_mockserver.pytest_plugin.server_command import COMMAND_TIMEOUT, START_TIMEOUT, ServerCommand
from analytics_mockserver.pytest_plugin.server_process import BROKER_TIMEOUT, ServerManager, ServerProcess
from tests.plugin.conftest import PLUGINS, RunPytest
from tests.server import programs

OURS = f"{sys.executable} -P -m mockserver"
"""A command that starts the server. It is not found through PYTHONPATH, without which the command runs."""

WRAPPER = f"""\
#!{sys.executable}
import subprocess, sys
sys.exit(subprocess.call([sys.executable, "-P", "-m", "mockserver", *sys.argv[1:]]))
"""


@pytest.fixture
def wrapper(pytester: pytest.Pytester) -> Path:
    """A program that starts the server as a child process, as a tool runner does. Its name has a space."""
    path = pytester.path / "my server"
    path.write_text(WRAPPER, encoding="utf-8")
    path.chmod(0o755)
    return path


def ini(command: str) -> tuple[str, str]:
    """The arguments that set mockserver_command."""
    return "-o", f"mockserver_command={command}"


def test_command_starts_the_server(run_pytest: RunPytest) -> None:
    tests = """
    import sys

    def test_it(sandbox):
        assert sandbox.clock.now
        assert not {"flask", "numpy", "mockserver"} & set(sys.modules)
    """
    run_pytest(tests, *ini(OURS)).assert_outcomes(passed=1)


def test_command_is_split_like_a_shell_and_runs_in_the_root_directory(
    run_pytest: RunPytest,
    pytester: pytest.Pytester,
    wrapper: Path,
) -> None:
    pytester.makeini(f"[pytest]\nmockserver_command = './{wrapper.name}'")
    pytester.mkdir("below")
    result = run_pytest("def test_it(sandbox): assert sandbox.clock.now", "--rootdir", str(pytester.path))
    result.assert_outcomes(passed=1)


def test_workers_share_the_server_of_the_command(run_pytest: RunPytest) -> None:
    tests = """
    import pytest

    @pytest.mark.parametrize("number", range(4))
    def test_it(mockserver, number): print("served at", mockserver.url)
    """
    result = run_pytest(tests, *ini(OURS), "-p", "xdist", "-n", "2", "-rP")
    result.assert_outcomes(passed=4)
    assert len({line for line in result.outlines if line.startswith("served at")}) == 1


def test_url_takes_precedence_over_the_command(run_pytest: RunPytest, server_url: str) -> None:
    tests = f"def test_it(sandbox):\n    assert sandbox.url == {server_url!r}"
    run_pytest(tests, *ini("does-not-exist"), "--mockserver-url", server_url).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        pytest.param(
            "import sys; sys.exit('no such package')", "exited with code 1; the end of its log:", id="exits early"
        ),
        pytest.param("print('Serving at http://127.0.0.1:1')", "printed 'Serving at http://127.0.0.1:1", id="text"),
        pytest.param("print('[]')", "printed '[[]]", id="a list"),
        pytest.param("print('{}')", "printed '{}", id="an object without a URL"),
        pytest.param("print('{\"url\": 8080}')", 'printed \'{"url": 8080}', id="a number for the URL"),
        pytest.param('print(\'{"url": "ftp://x"}\')', 'printed \'{"url": "ftp://x"}', id="another scheme"),
        pytest.param('print(\'{"url": "http://["}\')', "printed '", id="not a URL"),
        pytest.param("print('x' * 1000, flush=True); input()", f"printed '{'x' * 200}', not a line", id="a long line"),
    ],
)
def test_command_that_fails_is_reported(
    run_pytest: RunPytest, pytester: pytest.Pytester, program: str, message: str
) -> None:
    (pytester.path / "program.py").write_text(program, encoding="utf-8")
    command = f"{sys.executable} program.py"
    result = run_pytest("def test_it(sandbox): ...", *ini(command))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"the mock server did not start: the process of mockserver_command ({command}) {message}*"]
    )
    if "no such package" in program:
        result.stdout.fnmatch_lines(["no such package"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("command", ["does-not-exist", "./does-not-exist", "/"])
def test_command_that_cannot_be_started_is_reported(run_pytest: RunPytest, command: str) -> None:
    result = run_pytest("def test_one(sandbox): ...\ndef test_two(mockserver): ...", *ini(command))
    result.assert_outcomes(errors=2)
    lines = [line for line in result.outlines if line.startswith("the mock server did not start: ")]
    assert len(lines) == 2
    assert len(set(lines)) == 1
    assert lines[0].startswith(
        f"the mock server did not start: the process of mockserver_command ({command}) cannot be started: "
    )
    assert lines[0].endswith(f": {command}")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "uvx 'analytics",
            '*mockserver_command is "uvx \'analytics", which is not a command line: No closing quotation',
        ),
        (
            "mockserver serve --freeze",
            "*mockserver_command is 'mockserver serve --freeze'; it must end before `serve`*",
        ),
    ],
)
def test_invalid_command_is_rejected_before_any_test(run_pytest: RunPytest, command: str, message: str) -> None:
    result = run_pytest("def test_it(): ...", *ini(command))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_silent_command_is_killed_with_its_children() -> None:
    program = """
    import subprocess, sys
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("the child is", child.pid, file=sys.stderr, flush=True)
    child.wait()
    """
    command = ServerCommand((sys.executable, "-c", dedent(program)), 1, "its process")
    process = ServerProcess(command)
    try:
        first, log = process.status().status_text.splitlines()
    finally:
        process.stop()
    assert first == "its process printed nothing for 1 s and was killed; the end of its log:"
    assert gone(int(log.rpartition(" ")[2]))


def gone(pid: int) -> bool:
    """Whether a process has ended, or ends soon."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(programs.PATIENCE)
    return not psutil.pid_exists(pid)


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
@pytest.mark.parametrize("killed_by", ["SIGKILL", "SIGINT", None])
def test_server_of_a_command_does_not_outlive_pytest(
    pytester: pytest.Pytester,
    environment: None,  # noqa: ARG001 (needed for its effect)
    wrapper: Path,
    killed_by: str | None,
) -> None:
    tests = """
    import psutil

    def test_it(sandbox, capfd):
        pids = [each.pid for each in psutil.Process().children(recursive=True)]
        with capfd.disabled():
            print("the processes are", *pids, flush=True)
        input()
    """
    pytester.makepyfile(dedent(tests))
    command = [sys.executable, "-m", "pytest", *PLUGINS, "-s", *ini(f"'{wrapper}'")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as running:
        assert running.stdout is not None
        line = next(each for each in running.stdout if "the processes are" in each)
        pids = [int(each) for each in line.split() if each.isdigit()]
        if killed_by is None:
            programs.press_enter(running)
        else:
            running.send_signal(signal.Signals[killed_by])
        running.stdout.read()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


def test_command_runs_without_pythonpath(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "MOCKSERVER_ORGANIZATION"):
        monkeypatch.setenv(name, "some value")
    command = ServerCommand.configured(("uvx", "a b"), tmp_path)
    assert command.environment is not None
    assert command.environment.keys() & {"PYTHONPATH", "PYTHONHOME"} == set()
    assert command.environment["MOCKSERVER_ORGANIZATION"] == "some value"
    assert (command.folder, command.name) == (tmp_path, "the process of mockserver_command (uvx 'a b')")


def test_workers_wait_longer_than_a_server_may_take_to_start() -> None:
    assert ServerCommand().timeout == START_TIMEOUT < COMMAND_TIMEOUT < BROKER_TIMEOUT


def test_manager_that_could_not_start_its_server_can_be_closed(tmp_path: Path) -> None:
    manager = ServerManager(None, None, {}, ServerCommand.configured(("/does/not/exist",), tmp_path))
    with pytest.raises(MockserverGone, match="cannot be started: No such file or directory: /does/not/exist"):
        manager.server()
    manager.close()

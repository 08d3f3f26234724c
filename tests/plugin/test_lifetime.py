"""The server that pytest starts: only when needed, never left behind, and reported at once when it dies.

Sharing it among workers is tested in `test_workers`.
"""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import psutil
import pytest

from analytics_mockserver.pytest_plugin import MockserverFixture, MockserverGone, MockserverRefused
from analytics_mockserver.pytest_plugin.server_command import ServerCommand
from analytics_mockserver.pytest_plugin.server_process import (
    EXIT_DELAY,
    LOG_LINES,
    ServerManager,
    ServerProcess,
    ServerStatus,
)
from analytics_mockserver.pytest_plugin.servers import MonitoredTransport
from mockserver import server
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.plugin.conftest import PLUGINS, RunPytest
from tests.server import programs
from tests.server.programs import line

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

CHILDREN = """
import psutil
def servers():
    return [each for each in psutil.Process().children() if "--until-eof" in each.cmdline()]
"""


def python(text: str) -> list[str]:
    """A command that runs a Python program."""
    return [sys.executable, "-c", dedent(text)]


@contextmanager
def started(*command: str, timeout: float = 30) -> Iterator[ServerProcess]:
    """A process that is stopped at the end of the block."""
    process = ServerProcess(ServerCommand(command, timeout))
    try:
        yield process
    finally:
        process.stop()


def test_server_starts_on_first_use_and_ends_with_the_session(run_pytest: RunPytest) -> None:
    tests = f"""
    {CHILDREN}
    def test_without():
        assert servers() == []

    def test_with(sandbox):
        (server,) = servers()
        print("the server is", server.pid)
        sandbox.faults.add(reset=True)

    def test_again(sandbox):
        assert len(servers()) == 1
    """.replace(CHILDREN, "\n    ".join(CHILDREN.splitlines()))
    result = run_pytest(tests, "-s")
    result.assert_outcomes(passed=3)
    (pid,) = [int(each.rpartition(" ")[2]) for each in result.outlines if "the server is" in each]
    assert not psutil.pid_exists(pid)


@pytest.mark.unix("Windows ends a process instead of sending it a signal")
@pytest.mark.parametrize("killed_by", ["SIGKILL", "SIGINT"])
def test_server_does_not_outlive_pytest(
    pytester: pytest.Pytester,
    environment: None,  # noqa: ARG001 (needed for its effect)
    killed_by: str,
) -> None:
    pytester.makepyfile(
        dedent(
            f"""
            {CHILDREN}
            def test_it(sandbox, capfd):
                with capfd.disabled():
                    print("the server is", servers()[0].pid, flush=True)
                input()
            """.replace(CHILDREN, "\n            ".join(CHILDREN.splitlines()))
        )
    )
    command = [sys.executable, "-m", "pytest", *PLUGINS, "-s"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as dying:
        assert dying.stdout is not None
        pid = next(int(each.rpartition(" ")[2]) for each in dying.stdout if "the server is" in each)
        server = psutil.Process(pid)
        dying.send_signal(signal.Signals[killed_by])
        output = dying.stdout.read()
    server.wait(programs.PATIENCE)
    assert "does not respond" not in output


def test_dead_server_fails_all_later_tests_with_one_message(run_pytest: RunPytest) -> None:
    tests = f"""
    {CHILDREN}
    def test_during(sandbox):
        servers()[0].kill()
        sandbox.clock.now

    def test_after(sandbox): ...

    def test_long_after(sandbox): ...
    """.replace(CHILDREN, "\n    ".join(CHILDREN.splitlines()))
    result = run_pytest(tests)
    result.assert_outcomes(failed=1, errors=3)
    messages = [each for each in result.outlines if each.startswith("the mock server does not respond (")]
    assert len(messages) == 3
    assert len(set(messages)) == 1
    assert messages[0].endswith("): its process was terminated by signal 9; its log is empty")
    result.stdout.fnmatch_lines(["the requests cannot be read: the mock server does not respond *"])


def test_failed_start_is_reported_with_the_log(run_pytest: RunPytest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_ORGANIZATION", "nobody")
    result = run_pytest("def test_one(sandbox): ...\ndef test_two(mockserver): ...")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        ["the mock server did not start: its process exited with code 2; the end of its log:", "*nobody*"]
    )


def test_started_server_reads_the_configuration_file_of_the_project(
    run_pytest: RunPytest, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = 'port = 1\nhost = "::1"\norganization = "globex"\nnow = 2025-10-21T10:30:00Z\nfreeze = true\n'
    pytester.makefile(".toml", pyproject=f"[tool.mockserver]\n{settings}")
    tests = """
    def test_process(sandbox, mockserver):
        assert (sandbox.organization, sandbox.clock.now.isoformat()) == ("globex", "2025-10-21T10:30:00+00:00")
        assert mockserver.url.startswith("http://127.0.0.1:") and not mockserver.url.endswith(":1")

    def test_app(mockserver_app):
        clock = mockserver_app.test_client().get("/_mock/clock", headers={"Host": "localhost"})
        assert clock.json["frozen"] is False
    """
    run_pytest(tests).assert_outcomes(passed=2)
    monkeypatch.setenv("MOCKSERVER_ORGANIZATION", "initech")
    run_pytest("def test_one(sandbox): assert sandbox.organization == 'initech'").assert_outcomes(passed=1)


def test_broken_configuration_file_is_reported_with_its_line(run_pytest: RunPytest, pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", mockserver="prot = 1")
    result = run_pytest("def test_one(sandbox): ...")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Error: *mockserver.toml, line 1: there is no setting 'prot' (did you mean 'port'?)*"])


def test_status_includes_the_end_of_the_log() -> None:
    text = """
    import sys
    print('{"url": "http://here"}', flush=True)
    for number in range(100): print("line", number, file=sys.stderr)
    sys.exit(7)
    """
    with started(*python(text)) as process:
        lines = process.status(EXIT_DELAY).status_text.splitlines()
        assert process.status().url == "http://here"
    assert lines[0] == "its process exited with code 7; the end of its log:"
    assert (len(lines), lines[1], lines[-1]) == (LOG_LINES + 1, f"line {100 - LOG_LINES}", "line 99")


def test_process_that_never_becomes_ready_is_killed() -> None:
    with started(*python("input()"), timeout=0.2) as process:
        status = process.status()
    assert status == ServerStatus(None, "its process printed nothing for 0.2 s and was killed; its log is empty")


def test_process_that_ignores_its_end_of_input_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics_mockserver.pytest_plugin.server_process.STOP_TIMEOUT", 0.1)
    text = """
    import signal, sys
    print('{"url": "http://here"}', flush=True)
    while True: signal.pause()
    """
    with started(*python(text)) as process:
        text = process.status(wait=0.1).status_text
    assert text == "its process is running but does not respond; its log is empty"


@pytest.fixture
def silent_url() -> Iterator[str]:
    """The URL of a listener that never responds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_unresponsive_server_is_given_up_after_one_request(silent_url: str) -> None:
    calls: list[str] = []

    def status_text() -> str:
        calls.append("once")
        return "it is unclear why"

    transport = MonitoredTransport(silent_url, status_text, timeout=0.1)
    message = rf"the mock server does not respond \({silent_url} .*0\.1 s\): it is unclear why"
    for _ in range(2):
        with pytest.raises(MockserverGone, match=message):
            transport("GET", "/_mock/health", {}, b"")
    assert calls == ["once"]


def test_missing_server_is_reported_at_once() -> None:
    with pytest.raises(
        MockserverGone, match=r"does not respond \(no server can be reached at http://127.0.0.1:9: .*is it running\?"
    ):
        ServerManager("http://127.0.0.1:9", None, {}).server()
    with pytest.raises(MockserverGone, match=r"does not respond \(no server can be reached at https://127.0.0.1:9: "):
        ServerManager("https://127.0.0.1:9", None, {}).server()


OTHER_SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Other(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[1]))
        self.end_headers()
        self.wfile.write(sys.argv[2].encode())
server = HTTPServer(("127.0.0.1", 0), Other)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        ("404", "<html>", "cannot be used: GET /_mock/health returned 404: <html>"),
        ("200", "<html>", "is not a mock server, by its /_mock/health"),
        ("200", "[]", "is not a mock server"),
        ("200", "{}", "is not a mock server"),
    ],
)
def test_other_server_is_not_mistaken_for_a_mock_server(status: str, body: str, message: str) -> None:
    with programs.started("-c", OTHER_SERVER, status, body) as program:
        url = f"http://127.0.0.1:{line(program)}"
        with pytest.raises(MockserverGone, match=f"the server at {url} {message}"):
            ServerManager(url, None, {}).server()


def test_admin_token_is_sent_to_a_server_that_requires_it(
    run_pytest: RunPytest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("opensesame\n")
    with programs.started(
        "-m", "mockserver", "serve", "--port", "0", "--json", "--admin-token-file", str(file)
    ) as program:
        url = json.loads(line(program))["url"]
        with pytest.raises(MockserverGone, match="set MOCKSERVER_ADMIN_TOKEN or MOCKSERVER_ADMIN_TOKEN_FILE"):
            ServerManager(url, None, {}).server()
        monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN", "opensesame")
        run_pytest("def test_it(sandbox): ...", "--mockserver-url", url).assert_outcomes(passed=1)
        monkeypatch.delenv("MOCKSERVER_ADMIN_TOKEN")
        monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN_FILE", str(file))
        run_pytest("def test_it(sandbox): ...", "--mockserver-url", url).assert_outcomes(passed=1)
    run_pytest("def test_it(sandbox): ...").assert_outcomes(passed=1)


def test_server_in_a_container_is_reached_by_its_name() -> None:
    app = create_app(Settings(host="0.0.0.0", admin_token="opensesame"))

    def named(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return app({**environ, "HTTP_HOST": "mockserver:8080"}, start)

    with server.in_thread(named) as running:
        given = ServerManager(running.url, "opensesame", {}).server()
        with given.sandbox(now="2026-11-02T10:00:00Z", frozen=True) as sandbox:
            assert sandbox.clock.now.isoformat() == "2026-11-02T10:00:00+00:00"
        given.close()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"MOCKSERVER_ADMIN_TOKEN_FILE": "/nowhere/token"}, "cannot be read from /nowhere/token: No such file"),
        ({"MOCKSERVER_ADMIN_TOKEN_FILE": "token", "MOCKSERVER_ADMIN_TOKEN": "a"}, "there are two admin tokens"),
        ({"MOCKSERVER_ADMIN_TOKEN": "let me in"}, "it must be one word"),
    ],
)
def test_unusable_admin_token_is_an_error_without_a_traceback(
    run_pytest: RunPytest, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = run_pytest("def test_it(sandbox): ...")
    assert (result.ret, result.stdout.str()) == (pytest.ExitCode.USAGE_ERROR, "")
    assert result.stderr.str().startswith("ERROR: ")
    assert message in result.stderr.str()


def test_deleting_a_deleted_sandbox_is_not_an_error(given_server: MockserverFixture) -> None:
    with given_server.sandbox() as created:
        given_server.delete_sandbox(created)
    created.id = "default"
    with pytest.raises(MockserverRefused, match="409"):
        given_server.delete_sandbox(created)

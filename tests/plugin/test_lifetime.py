"""Promises about the server that pytest starts: only when wanted, never left over, its death told and not waited for.

Sharing it between workers is promised elsewhere (`test_workers`).
"""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import dedent

import psutil
import pytest
from mockserver.pytest_plugin.home import ServerManager
from mockserver.pytest_plugin.program import LINES, ServerProcess
from mockserver.pytest_plugin.wire import HttpTransport

from mockserver.pytest_plugin.control import Control
from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused
from tests.plugin.conftest import PLUGINS, Inner
from tests.server import programs
from tests.server.programs import line

CHILDREN = """
import psutil
def servers():
    return [each for each in psutil.Process().children() if "--until-eof" in each.cmdline()]
"""


def python(text: str) -> list[str]:
    """A command that runs a program."""
    return [sys.executable, "-c", dedent(text)]


@contextmanager
def started(*command: str, patience: float = 30) -> Iterator[ServerProcess]:
    """A program, ended at the end."""
    program = ServerProcess(command, patience)
    try:
        yield program
    finally:
        program.stop()


def test_it_starts_when_a_test_first_wants_it_and_ends_with_the_session(inner: Inner) -> None:
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
    told = inner(tests, "-s")
    told.assert_outcomes(passed=3)
    (pid,) = [int(each.rpartition(" ")[2]) for each in told.outlines if "the server is" in each]
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT])
def test_no_server_outlives_a_pytest_that_dies(
    pytester: pytest.Pytester,
    environment: None,  # noqa: ARG001 (it is wanted for what it does)
    death: signal.Signals,
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
        dying.send_signal(death)
        said = dying.stdout.read()
    server.wait(programs.PATIENCE)
    assert "does not answer" not in said


def test_a_server_that_dies_fails_every_later_test_with_the_same_words(inner: Inner) -> None:
    tests = f"""
    {CHILDREN}
    def test_during(sandbox):
        servers()[0].kill()
        sandbox.clock.now

    def test_after(sandbox): ...

    def test_long_after(sandbox): ...
    """.replace(CHILDREN, "\n    ".join(CHILDREN.splitlines()))
    told = inner(tests)
    told.assert_outcomes(failed=1, errors=3)
    words = [each for each in told.outlines if each.startswith("the mock server at http://127.0.0.1:")]
    assert len(words) == 3
    assert len(set(words)) == 1
    assert words[0].endswith("): its process was ended by signal 9, and wrote no log")
    told.stdout.fnmatch_lines(["they cannot be read: the mock server at *"])


def test_a_server_that_cannot_start_says_why(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_ORGANIZATION", "nobody")
    told = inner("def test_one(sandbox): ...\ndef test_two(mockserver): ...")
    told.assert_outcomes(errors=2)
    told.stdout.fnmatch_lines(
        ["the mock server did not start: its process ended with exit code 2; its log ends:", "*nobody*"]
    )


def test_a_program_tells_the_end_of_its_log() -> None:
    text = """
    import sys
    print('{"url": "http://here"}', flush=True)
    for number in range(100): print("line", number, file=sys.stderr)
    sys.exit(7)
    """
    with started(*python(text)) as program:
        fate = program.fate()
        assert program.status().ready() == "http://here"
    said = fate.splitlines()
    assert said[0] == "its process ended with exit code 7; its log ends:"
    assert (len(said), said[1], said[-1]) == (LINES + 1, f"line {100 - LINES}", "line 99")


def test_a_program_that_never_becomes_ready_is_not_waited_for() -> None:
    with (
        started(*python("input()"), patience=0.2) as program,
        pytest.raises(MockserverGone, match="did not start: its process was ended by signal 9, and wrote no log"),
    ):
        program.status().ready()


def test_a_program_that_runs_and_is_silent_is_told_so_and_killed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.pytest_plugin.program.END", 0.1)
    monkeypatch.setattr("mockserver.pytest_plugin.program.DYING", 0.1)
    text = """
    import signal, sys
    print('{"url": "http://here"}', flush=True)
    while True: signal.pause()
    """
    with started(*python(text)) as program:
        assert program.fate() == "its process runs, but is silent, and wrote no log"


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a listener that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_server_that_hangs_is_given_up_and_not_asked_again(silent: str) -> None:
    asked: list[str] = []

    def fate() -> str:
        asked.append("once")
        return "who knows"

    control = Control(HttpTransport(silent, patience=0.1), silent, None, fate)
    words = rf"the mock server at {silent} does not answer \(nothing came within 0.1 s\): who knows"
    for _ in range(2):
        with pytest.raises(MockserverGone, match=words):
            control.call("GET", "/health")
    assert asked == ["once"]


def test_where_nobody_listens_it_is_said_at_once() -> None:
    with pytest.raises(MockserverGone, match=r"http://127.0.0.1:9 does not answer .*is it running there\?"):
        ServerManager("http://127.0.0.1:9", None, {}).server()
    with pytest.raises(MockserverGone, match=r"https://127.0.0.1:9 does not answer"):
        ServerManager("https://127.0.0.1:9", None, {}).server()


ANOTHER = """
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
    ("status", "body", "said"),
    [
        ("404", "<html>", "refused with 404: without a word of why"),
        ("200", "<html>", "refused with 200: an answer that is not JSON: b'<html>'"),
        ("200", "[]", "list indices must be integers"),
        ("200", "{}", "'vendors'"),
    ],
)
def test_another_program_is_not_taken_for_a_mock_server(status: str, body: str, said: str) -> None:
    with programs.started("-c", ANOTHER, status, body) as program:
        url = f"http://127.0.0.1:{line(program)}"
        with pytest.raises(MockserverGone, match=f"what answers at {url} cannot be used as a mock server: .*{said}"):
            ServerManager(url, None, {}).server()


def test_an_admin_token_is_shown_where_one_is_needed(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    with programs.started(
        "-m", "mockserver", "serve", "--port", "0", "--json", "--admin-token", "opensesame"
    ) as program:
        url = json.loads(line(program))["url"]
        with pytest.raises(MockserverGone, match="set MOCKSERVER_ADMIN_TOKEN to the server's --admin-token"):
            ServerManager(url, None, {}).server()
        monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN", "opensesame")
        inner("def test_it(sandbox): ...", "--mockserver-url", url).assert_outcomes(passed=1)
    inner("def test_it(sandbox): ...").assert_outcomes(passed=1)


def test_what_a_test_deleted_may_be_deleted_again_but_nothing_else_is_passed_over(running: str) -> None:
    server = ServerManager(running, None, {}).server()
    with server.sandbox() as made:
        server.forget(made)
    made.id = "default"
    with pytest.raises(MockserverRefused, match="409"):
        server.forget(made)

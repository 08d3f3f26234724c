"""How a server stops: on every signal, at every moment, and when nobody can read where it is."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from analytics_mockserver.command import main
from tests.server import programs
from tests.server.programs import ROOT, Program, ended, line, opened, request

pytestmark = [
    pytest.mark.in_process("the commands run in processes of their own"),
    pytest.mark.unix("Windows ends a process instead of sending it a signal"),
]

SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


@pytest.fixture
def serving() -> Iterator[tuple[Program, str]]:
    """A server, and its URL."""
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--json") as program:
        yield program, json.loads(line(program))["url"]


def arm(url: str, rules: Any) -> None:
    """Arm faults."""
    body = json.dumps(rules).encode()
    urlopen(Request(f"{url}/_mock/faults", body, {"Content-Type": "application/json"}, method="PUT")).close()


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of the shell, in which $SERVE is the start of a server on a free port."""
    serve = f"{sys.executable} -m mockserver serve --port 0"
    return subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "SERVE": serve},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=programs.PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "why"),
    [
        pytest.param("$SERVE --json >/dev/full", "No space left on device", id="a full device"),
        pytest.param("$SERVE --json | true; exit ${PIPESTATUS[0]}", "Broken pipe", id="a reader that is gone"),
        pytest.param("$SERVE --json >&-", "Bad file descriptor", id="a closed output"),
    ],
)
def test_server_whose_line_nobody_can_read_ends(command: str, why: str) -> None:
    done = shell(command)
    assert (done.returncode, done.stderr) == (1, f"Error: standard output cannot be written: {why}\n")


@pytest.mark.parametrize("closed", ["2>&-", "0<&-"])
def test_server_works_with_a_closed_stream(closed: str, tmp_path: Path) -> None:
    """Its place is not taken by a socket, which would get the log or a traceback."""
    wait = "until [ -s line ]; do sleep 0.05; done"
    done = shell(f"cd {tmp_path}; $SERVE --json {closed} >line & {wait}; kill $!; wait $!")
    assert (done.returncode, done.stderr) == (0, "")
    assert "url" in json.loads((tmp_path / "line").read_text())


def test_server_without_json_needs_no_output() -> None:
    done = shell("$SERVE >&- & sleep 2; kill $!; wait $!")
    assert (done.returncode, done.stderr) == (0, "")


def pausing(folder: Path, module: str) -> dict[str, str]:
    """Variables of a program that prints a line before it imports a module, and then pauses."""
    (folder / "sitecustomize.py").write_text(
        "import sys, time\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            print('importing', flush=True)\n"
        "            try:\n"
        "                for _ in range(300):\n"  # A signal that comes just before a sleep does not end it.
        "                    time.sleep(0.1)\n"
        "            except BaseException:\n"
        "                pass\n"
        "sys.meta_path.insert(0, Slow())\n"
    )
    return {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}


@contextmanager
def started(environment: dict[str, str], *flags: str) -> Iterator[Program]:
    """A server that starts with these variables, and is killed at the end if it still runs."""
    command, pipe = [sys.executable, "-m", "mockserver", "serve", "--port", "0", *flags], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True) as program:
        try:
            yield program
        finally:
            program.kill()


@SIGNALS
@pytest.mark.parametrize("slow", ["analytics_mockserver.ownership", "click", "mockserver.app"])
def test_signal_during_the_start_ends_the_server(number: signal.Signals, slow: str, tmp_path: Path) -> None:
    """From before the first import that takes time: the pause is in one, which catches every exception."""
    with started(pausing(tmp_path, slow), "--case", "C001") as program:
        assert line(program) == "importing"
        program.send_signal(number)
        assert ended(program) == (0, "", "")


@SIGNALS
@pytest.mark.parametrize("slow", ["mockserver.app", "numpy"])
def test_signal_while_a_ready_server_makes_its_app_ends_it(number: signal.Signals, slow: str, tmp_path: Path) -> None:
    with started(pausing(tmp_path, slow), "--json") as program:
        assert "url" in json.loads(line(program))
        assert line(program) == "importing"
        program.send_signal(number)
        assert ended(program) == (0, "", "")


@pytest.mark.parametrize("flags", [(), ("--case", "C001")], ids=["after the line", "before it"])
def test_missing_dependency_is_one_line_and_code_2(flags: tuple[str, ...], tmp_path: Path) -> None:
    """Whether it is noticed after the ready line or before it."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['numpy'] = None\n")
    with started({**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}, *flags) as program:
        code, _, err = ended(program)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("mockserver: the server needs the module numpy, which is not installed here; ")


def test_signal_stops_another_command_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a server has nothing to lose."""
    monkeypatch.setattr(sys, "argv", ["mockserver", "--version"])
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit):
        main()
    assert signal.getsignal(signal.SIGTERM) is before


@SIGNALS
def test_signal_twice_in_a_row_ends_the_server(serving: tuple[Program, str], number: signal.Signals) -> None:
    program, _ = serving
    program.send_signal(number)
    program.send_signal(number)
    assert ended(program)[0] == 0


def test_stalling_clients_do_not_keep_the_server(serving: tuple[Program, str]) -> None:
    program, url = serving
    stalled: list[socket.socket] = [opened(url) for _ in range(20)]
    try:
        for number, connection in enumerate(stalled):
            half = request("/analytics/v0/dau", "POST", "Content-Length: 10\r\n")
            connection.sendall(half if number % 2 else half[:30])
        program.terminate()
        assert ended(program)[0] == 0
    finally:
        for connection in stalled:
            connection.close()


@pytest.mark.parametrize(("grace", "answered"), [("0.2", False), ("20", True)])
def test_running_request_has_the_grace_to_finish(grace: str, *, answered: bool) -> None:
    flags = ("--port", "0", "--json", "--grace", grace)
    with programs.started("-m", "mockserver", "serve", *flags) as program:
        url = json.loads(line(program))["url"]
        arm(url, {"rules": [{"operation": "getDau", "effect": {"delay_seconds": 2}}]})
        with opened(url) as connection:
            connection.sendall(request("/analytics/v0/dau", headers="Authorization: Bearer mock-augment-acme\r\n"))
            while not urlopen(f"{url}/_mock/faults").read().count(b'"hits":1'):
                pass
            program.terminate()
            assert connection.recv(100).startswith(b"HTTP/1.1 200") is answered
        assert ended(program)[0] == 0

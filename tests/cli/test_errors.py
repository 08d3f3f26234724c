"""Errors of every kind look alike: lines on standard error that begin with "Error: "."""

import errno
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from mockserver import server
from mockserver.server import PortTaken
from tests.cli.commands import COMMANDS
from tests.cli.conftest import Run
from tests.server import programs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

RANGE = ("--from", "2025-10-13", "--to", "2025-10-19")
CALLERS = {
    "lint": ("lint",),
    "audit": ("audit",),
    "cases": ("cases", "--run", "C001"),
    "metric": ("metric", "ai-active-users", *RANGE),
    "total": ("total",),
}
"""The commands that call the server at --url."""

USAGE = re.compile(r"Usage: .*\nTry 'mockserver .*' for help\.\n\n")
"""What click prints before a usage error."""


def errors(stderr: str) -> list[str]:
    """The errors in what a command printed; there is nothing else but the usage."""
    lines = USAGE.sub("", stderr, count=1).splitlines()
    assert lines
    assert [line for line in lines if not line.startswith("Error: ")] == []
    return [line.removeprefix("Error: ") for line in lines]


USAGE_ERRORS = {
    "unknown flag": (("serve", "--organisation", "a"), "No such option '--organisation'. (Did you mean "),
    "unknown command": (("serv",), "there is no command 'serv' (did you mean 'serve'?); there are: serve, tokens, "),
    "unlike any command": (("x",), "there is no command 'x'; there are: serve, "),
    "unknown subcommand": (("organizations", "nwe"), "No such command 'nwe'"),
    "unknown flag before a command": (("--vresion",), "No such option '--vresion'. Did you mean '--version'?"),
    "flag in place of a command": (("--", "-x"), "No such option '-x'"),
    "invalid value": (("serve", "--port", "a"), "Invalid value for '--port'"),
    "missing flag": (("organizations", "new"), "Missing option '--people'"),
    "setting": (("serve", "--host", "0.0.0.0"), "0.0.0.0 can be reached from other machines"),
    "organization": (("tokens", "--organization", "nope"), "nope: no bundled organization has this name; there are: "),
    "organization of env": (("env", "--organization", "nope"), "nope: no bundled organization has this name"),
    "organization of a server": (("audit", "--organization", "nope"), "nope: no bundled organization has this name"),
    "organization file": (("serve", "--organization-file", "/no.yaml"), "/no.yaml: cannot be read: No such file"),
    "switch": (("serve", "--policy", "a.b=c"), "--policy a: there is no vendor 'a'"),
    "case": (("serve", "--case", "C0"), "there is no case 'C0'"),
    "profile": (("serve", "--profile", "flakey"), "there is no profile 'flakey' (did you mean 'flaky'?); there are: "),
    "vendor": (("fidelity", "--vendor", "tabnin"), "Invalid value for --vendor: there is no vendor 'tabnin'"),
    "metric": (("metric", "x", *RANGE), "there is no metric 'x'"),
    "draft": (("organizations", "new", "--people", "9", "--slug", "A B"), "draft: slug: found 'A B'; "),
    "URL": (
        ("lint", "--url", "localhost"),
        "Invalid value for '--url' (env var: 'MOCKSERVER_URL'): 'localhost' is not the URL of a server",
    ),
    "command of a sweep": (("sweep", "--", "/"), "cannot run '/': "),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE_ERRORS.values(), ids=USAGE_ERRORS)
def test_usage_error_has_exit_code_2(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    error = errors(result.stderr)[0]
    assert (result.exit_code, result.stdout, error.startswith(message)) == (2, "", True), error


def test_each_problem_of_a_file_is_an_error(run: Run, tmp_path: Path) -> None:
    organization, policy = tmp_path / "mine.yaml", tmp_path / "policy.yaml"
    organization.write_text("slug: mine\nname: 3\npeople: many\n", encoding="utf-8")
    policy.write_text("augment: {last_cursor: none}\nargument: {}\n", encoding="utf-8")
    for command in ("serve", "tokens", "env", "audit", "sweep --list", f"metric x {' '.join(RANGE)}"):
        result = run(*command.split(), "--organization-file", str(organization))
        assert (result.exit_code, len(errors(result.stderr))) == (2, 2)
        assert all(error.startswith(f"{organization}: ") for error in errors(result.stderr))
    result = run("serve", "--policy-file", str(policy))
    assert (result.exit_code, len(errors(result.stderr))) == (2, 2)


def test_taken_port_is_an_error_with_code_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object, **__: object) -> None:
        raise PortTaken("port 1 on 127.0.0.1 is taken")

    monkeypatch.setattr(server, "serve", serve)
    result = run("serve", "--port", "1")
    assert (result.exit_code, result.stderr) == (3, "Error: port 1 on 127.0.0.1 is taken\n")


def test_port_that_a_mock_server_has_is_an_error_with_its_url(run: Run, url: str) -> None:
    result = run("serve", "--port", url.rpartition(":")[2])
    expected = f"Error: a mock server answers at {url} already; use it, stop it, or choose another port with --port\n"
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", expected)


@pytest.mark.parametrize("command", CALLERS)
def test_refused_connection_is_one_line_with_code_1(run: Run, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    result = run(*CALLERS[command], "--url", url)
    expected = f"Error: no server can be reached at {url}: Connection refused\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", expected)


OTHERS = {
    "an empty object": ("200 OK", b"{}", "is not answered by a mock server: {}"),
    "a list": ("200 OK", b"[]", "is not answered by a mock server: '[]'"),
    "a page": ("200 OK", b"<html>", "is not answered by a mock server: '<html>'"),
    "nothing": ("200 OK", b"", "is not answered by a mock server: ''"),
    "no vendors": ("200 OK", b'{"vendors": null}', "is not answered by a mock server: {'vendors': None}"),
    "404": (
        "404 Not Found",
        b"<h1>404</h1>\n<p>no</p>\n",
        "is not the URL of a mock server: GET /_mock/health returned 404",
    ),
    "401": ("401 Unauthorized", b"", "returned 401: no reason is given"),
}


@pytest.mark.parametrize("command", CALLERS)
@pytest.mark.parametrize("kind", OTHERS)
def test_other_program_is_one_line_with_code_1(run: Run, command: str, kind: str) -> None:
    status, body, message = OTHERS[kind]

    def other(_environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        start(status, [("Content-Type", "application/json")])
        return [body]

    with server.in_thread(other) as running:
        result = run(*CALLERS[command], "--url", running.url)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert message in errors(result.stderr)[0]


@pytest.mark.parametrize("command", CALLERS)
@pytest.mark.parametrize("answered", [("/_mock/health",), ()], ids=["later", "at once"])
def test_5xx_of_the_server_is_no_usage_error(run: Run, app: "Flask", command: str, answered: tuple[str, ...]) -> None:
    def failing(environ: "WSGIEnvironment", start: "StartResponse") -> "Iterable[bytes]":
        if environ["PATH_INFO"] in answered:
            return app(environ, start)
        start("503 Service Unavailable", [("Content-Type", "application/problem+json")])
        return [b'{"detail": "the store is away"}']

    with server.in_thread(failing) as running:
        result = run(*CALLERS[command], "--url", running.url)
    output = result.stdout if command == "cases" and answered else result.stderr  # A case fails, the command goes on.
    assert (result.exit_code, "Usage:" in result.stderr) == (1, False)
    assert re.search("503:? the store is away", output)


def test_proxy_is_not_used_for_a_server_on_this_machine(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert run("lint", "--url", url).exit_code == 0
    assert run("lint", "--url", url.replace("127.0.0.1", "127.1.2.3")).stderr.startswith("Error: no server can be re")
    assert run("lint", "--url", url.replace("127.0.0.1", "localhost")).exit_code == 0


ARGUMENTS = {
    "serve": "--port 0 --json",
    "sweep": "--list --vendor augment",
    "torture": "--list --only duplicate-row",
    "metric": "ai-active-users --from 2025-10-13 --to 2025-10-14 --now 2025-10-21T10:30:00Z --organization empty",
    "audit": "--organization documented --vendor cross-vendor",
    "learn": "augment --openapi openapi/augment.yaml",
    "compare": "--help",
    "doctor": "/dev/null",
    "organizations new": "--people 9",
    "healthcheck": "--url {url}",
    "completion": "bash",
    "lint": "--url {url}",
    "wait": "--url {url}",
}
"""The arguments with which a command prints something quickly, where it needs some."""

OUTPUTS = {">/dev/full": "No space left on device", ">&-": "Bad file descriptor"}
"""Outputs that cannot be written: a full device, a closed stream."""
READER_GONE = "| true; exit ${PIPESTATUS[0]}"
"""An output whose reader has left, as `head` does when it has its lines."""


@pytest.mark.unix("the lines are for a POSIX shell")
@pytest.mark.in_process("the commands run in processes of their own")
@pytest.mark.parametrize("name", ["--help", "--version", *COMMANDS])
def test_output_that_cannot_be_written_is_one_line_and_without_a_reader_none(name: str, url: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m mockserver {name} {ARGUMENTS.get(name, '').format(url=url)}"
    script = "\n".join(f"( {command} {redirection} ) 2>&1; echo $?" for redirection in (*OUTPUTS, READER_GONE))
    environment = programs.UNMEASURED if name in COMMANDS else {**os.environ}  # Coverage takes time: twice is enough.
    done = subprocess.run(
        ["bash", "-c", script], cwd=programs.ROOT, env=environment, capture_output=True, text=True, check=True
    )
    lines = [f"Error: standard output cannot be written: {why}" for why in OUTPUTS.values()]
    lost_ready_line = ["Error: standard output cannot be written: Broken pipe"] if name == "serve" else []
    assert done.stdout.splitlines() == [*(each for line in lines for each in (line, "1")), *lost_ready_line, "1"]


def test_json_reports_of_a_sweep_that_cannot_be_written_are_named(run: Run) -> None:
    command = ("--", sys.executable, "-c", "pass")
    result = run("sweep", "--json", "/dev/full", *command)
    assert (result.exit_code, "no vendor request" in result.stdout) == (1, True)
    assert "Error: /dev/full cannot be written: No space left on device\n" in result.stderr
    assert json.loads(run("sweep", "--json", "-", *command).stdout)["failed"] == 0


def test_report_of_a_sweep_on_standard_output_fails_like_any_output(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    echo = click.echo

    def fail(message: object, file: object = None, **more: Any) -> None:
        if file is not None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        echo(message, **more)

    monkeypatch.setattr(click, "echo", fail)
    result = run("sweep", "--json", "-", "--", sys.executable, "-c", "pass")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("Error: standard output cannot be written: No space left on device\n")

"""Promises about the command as a program: ready when it says so, quiet otherwise, and quick to explain itself."""

import json
import subprocess
import sys

import pytest

from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended, line, request, send

BOTH = ["granian", "threaded"]
AUGMENT = "Authorization: Bearer mock-augment-acme\r\n"


@pytest.mark.parametrize("kind", BOTH)
def test_it_answers_once_it_says_that_it_is_ready(kind: str) -> None:
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--json", "--server", kind) as program:
        ready = json.loads(line(program))
        assert ready["pid"] == program.pid
        status, _, body = send(ready["url"], request("/analytics/v0/dau-count", headers=AUGMENT))
        assert (status, "daily_active_user_counts" in json.loads(body)) == (200, True)
        program.terminate()
        assert ended(program) == (0, "", "")


@pytest.mark.parametrize("kind", BOTH)
def test_a_taken_port_is_one_line_on_stderr_and_code_3(kind: str) -> None:
    flags = ("-m", "mockserver", "serve", "--server", kind, "--port")
    with programs.started(*flags, "0", "--json") as first:
        port = json.loads(line(first))["url"].rpartition(":")[2]
        with programs.started(*flags, port) as second:
            code, out, err = ended(second)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert err.startswith(f"port {port} on 127.0.0.1 is taken by another program; ")


@pytest.mark.parametrize("words", [[], ["--help"], ["serve", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mockserver", *words],
        cwd=programs.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = {each.rpartition("|")[2].strip() for each in found.stderr.splitlines()}
    assert "mockserver.cli" in loaded
    assert loaded.isdisjoint({"numpy", "flask", "werkzeug", "granian", "marshmallow"})


def test_help_teaches_with_examples_and_exit_codes(run: Run) -> None:
    printed = run("--help").output
    assert "mockserver serve --now 2025-10-21T10:30:00Z --freeze" in printed
    assert "3  the port is taken" in printed


def test_the_help_of_serve_names_the_variable_of_every_flag(run: Run) -> None:
    printed = " ".join(run("serve", "--help").output.split())
    flags = [word for word in printed.split() if word.startswith("--") and word not in {"--help", "--admin-token,"}]
    for flag in flags:
        assert f"MOCKSERVER_{flag[2:].upper().replace('-', '_')}" in printed


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").output.startswith("mockserver, version ")

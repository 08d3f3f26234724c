"""Tests of `mockserver healthcheck`: 0 or 1, one line that says why, and no longer than was asked for."""

import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from mockserver import server
from mockserver.app import create_app
from mockserver.organizations import files
from tests.cli.conftest import Run
from tests.conftest import SETTINGS
from tests.server import programs

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NOBODY = "http://127.0.0.1:9"
"""No server listens on this port, the discard service's, on any machine that runs tests."""


def no_names() -> None:
    """Fail as if a file of the installation were missing."""
    raise FileNotFoundError(2, "No such file or directory", "names.json")


def test_ready_server_is_exit_code_0(run: Run, url: str) -> None:
    result = run("healthcheck", "--url", url)
    assert (result.exit_code, result.output) == (0, f"The server at {url} is ready.\n")


def test_url_is_taken_from_the_environment(run: Run, url: str) -> None:
    assert run("healthcheck", MOCKSERVER_URL=url).exit_code == 0
    assert run("healthcheck", MOCKSERVER_URL=NOBODY).exit_code == 1


def test_no_admin_token_is_needed(run: Run) -> None:
    with server.in_thread(create_app(replace(SETTINGS, admin_token="let-me-in"))) as running:
        assert run("healthcheck", "--url", running.url).exit_code == 0


@pytest.mark.parametrize("flags", [(), ("--wait", "0.2")], ids=["at once", "after waiting"])
def test_missing_server_is_exit_code_1_with_one_line(run: Run, flags: tuple[str, ...]) -> None:
    result = run("healthcheck", "--url", NOBODY, *flags)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert f"Error: no server can be reached at {NOBODY}: " in result.stderr
    assert "refused" in result.stderr


def test_server_that_cannot_load_its_organization_is_not_ready(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "pool", no_names)
    result = run("healthcheck", "--url", url)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith("Error: GET /_mock/ready returned 503: the organization cannot be loaded")


@pytest.mark.parametrize(
    ("status", "body"),
    [("200 OK", b"<p>\n\nhello</p>"), ("404 Not Found", b"<p>\n\nhello</p>"), ("200 OK", b'{"status": "UP"}')],
)
def test_other_program_is_not_ready(run: Run, status: str, body: bytes) -> None:
    def other(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        start(status, [("Content-Length", str(len(body)))])
        return [body]

    with server.in_thread(other) as running:
        result = run("healthcheck", "--url", running.url)
    assert (result.exit_code, result.stderr.count("\n"), "GET /_mock/ready" in result.stderr) == (1, 1, True)


def test_wait_ends_when_the_server_is_ready(run: Run, app: Flask) -> None:
    asked = threading.Event()

    def not_yet(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        asked.set()
        start("503 Service Unavailable", [("Content-Length", "0")])
        return []

    first = server.in_thread(not_yet)
    port = int(first.url.rpartition(":")[2])

    def replace_server() -> None:
        asked.wait(programs.PATIENCE)
        first.close()
        second.append(server.in_thread(app, port))

    second: list[server.Running] = []
    replacing = threading.Thread(target=replace_server)
    replacing.start()
    try:
        assert run("healthcheck", "--url", first.url, "--wait", str(programs.PATIENCE)).exit_code == 0
    finally:
        replacing.join()
        second[0].close()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--url", "localhost:8080"), "it takes http://host:port"),
        (("--url", "http://a:port"), "port"),
        (("--wait", "-1"), "x>=0"),
    ],
)
def test_invalid_flag_is_a_usage_error(run: Run, flags: tuple[str, ...], message: str) -> None:
    result = run("healthcheck", *flags)
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_check_loads_nothing_of_the_server() -> None:
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mockserver", "healthcheck", "--url", NOBODY],
        cwd=programs.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = {each.rpartition("|")[2].strip() for each in found.stderr.splitlines()}
    assert "mockserver.client" in loaded
    assert loaded.isdisjoint(
        {"numpy", "flask", "werkzeug", "httptools", "marshmallow", "uvloop", "yaml", "mockserver.app"}
    )

"""Tests of `mockserver wait`: 0, 1 or 2, with progress on a terminal and nothing of it elsewhere."""

import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from mockserver import server
from mockserver.cli import progress, readiness
from tests.cli.conftest import Run
from tests.cli.test_healthcheck import NOBODY
from tests.cli.test_logs import Terminal
from tests.server import programs

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def test_ready_server_is_exit_code_0(run: Run, url: str) -> None:
    result = run("wait", "--url", url)
    assert (result.exit_code, result.output) == (0, f"The server at {url} is ready.\n")
    assert run("wait", "--timeout", "0", MOCKSERVER_URL=url).exit_code == 0


@pytest.mark.parametrize("seconds", ["0", "0.2"])
def test_server_that_is_not_ready_in_time_is_exit_code_1_with_one_line(run: Run, seconds: str) -> None:
    result = run("wait", "--url", NOBODY, "--timeout", seconds)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: no server can be reached at {NOBODY}: Connection refused (waited {seconds} s)\n"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--url", "localhost"), "it takes http://host:port"),
        (("--timeout", "-1"), "x>=0"),
        (("x",), "unexpected extra"),
    ],
)
def test_invalid_flag_is_a_usage_error(run: Run, flags: tuple[str, ...], message: str) -> None:
    result = run("wait", *flags)
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_wait_ends_when_the_server_is_ready(run: Run, app: Flask) -> None:
    requested = threading.Event()

    def not_yet(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        requested.set()
        start("503 Service Unavailable", [("Content-Length", "0")])
        return []

    first = server.in_thread(not_yet)
    port = int(first.url.rpartition(":")[2])
    second: list[server.Running] = []

    def replace_server() -> None:
        requested.wait(programs.PATIENCE)
        first.close()
        second.append(server.in_thread(app, port))

    replacing = threading.Thread(target=replace_server)
    replacing.start()
    try:
        assert run("wait", "--url", first.url, "--timeout", str(programs.PATIENCE)).exit_code == 0
    finally:
        replacing.join()
        second[0].close()


def test_terminal_shows_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    shown = readiness.wait(NOBODY, 0.2, lambda left: progress.shown(f"{left:.0f} s left"))
    assert shown == f"no server can be reached at {NOBODY}: Connection refused"
    assert "0 s left" in stream.getvalue()
    assert stream.getvalue().endswith("\r")

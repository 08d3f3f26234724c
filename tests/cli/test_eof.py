"""Tests of `serve --until-eof`: it serves while standard input is open, and then stops in good order."""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from mockserver.cli import serving
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended, line, press_enter, request, send

SERVE = ("-m", "mockserver", "serve", "--port", "0", "--json", "--log-level", "warning")


def test_server_stops_when_standard_input_ends() -> None:
    with programs.started(*SERVE, "--until-eof") as program:
        url = json.loads(line(program))["url"]
        press_enter(program)
        assert send(url, request("/_mock/health"))[0] == 200
        assert ended(program) == (0, "", "")


def test_standard_input_is_not_read_without_the_flag() -> None:
    with programs.started(*SERVE) as program:
        url = json.loads(line(program))["url"]
        assert program.stdin is not None
        program.stdin.close()
        assert send(url, request("/_mock/health"))[0] == 200


@pytest.fixture
def signalled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """The signals that were sent: process and number."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *call: sent.append(call))
    yield sent
    assert sent == [(os.getpid(), signal.SIGTERM)]


def test_content_of_standard_input_is_ignored(signalled: list[tuple[int, int]]) -> None:
    reading, writing = os.pipe()
    thread = serving.stop_at_eof(reading)
    os.write(writing, b"hello\n")
    assert signalled == []
    os.close(writing)
    thread.join(programs.PATIENCE)
    os.close(reading)


def test_missing_standard_input_counts_as_ended(signalled: list[tuple[int, int]]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    serving.stop_at_eof(reading).join(programs.PATIENCE)
    os.close(writing)
    assert len(signalled) == 1


def test_help_explains_the_flag(run: Run) -> None:
    assert "--until-eof" in run("serve", "--help").stdout

"""Promises about `serve --until-eof`: it serves as long as standard input is held, and then ends in good order."""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from mockserver.cli import eof
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended, line, press_enter, request, send

SERVE = ("-m", "mockserver", "serve", "--port", "0", "--json", "--log-level", "warning", "--server", "threaded")


def test_it_serves_until_standard_input_ends() -> None:
    with programs.started(*SERVE, "--until-eof") as program:
        url = json.loads(line(program))["url"]
        press_enter(program)
        assert send(url, request("/_mock/health"))[0] == 200
        assert ended(program) == (0, "", "")


def test_without_the_flag_it_does_not_look_at_standard_input() -> None:
    with programs.started(*SERVE) as program:
        url = json.loads(line(program))["url"]
        assert program.stdin is not None
        program.stdin.close()
        assert send(url, request("/_mock/health"))[0] == 200


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """The signals that were sent, to whom."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *signalled: sent.append(signalled))
    yield sent
    assert sent == [(os.getpid(), signal.SIGTERM)]


def test_what_is_read_is_of_no_interest_but_its_end(heard: list[tuple[int, int]]) -> None:
    reading, writing = os.pipe()
    watching = eof.watch(reading)
    os.write(writing, b"hello\n")
    assert heard == []
    os.close(writing)
    watching.join(programs.PATIENCE)
    os.close(reading)


def test_a_standard_input_that_never_was_has_ended(heard: list[tuple[int, int]]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    eof.watch(reading).join(programs.PATIENCE)
    os.close(writing)
    assert len(heard) == 1


def test_the_flag_is_explained(run: Run) -> None:
    assert "--until-eof" in run("serve", "--help").stdout

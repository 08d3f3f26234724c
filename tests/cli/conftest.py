"""Fixtures of the command: it runs in this process, and logging and signals are restored afterwards."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mockserver import app as app_module
from mockserver import server
from mockserver.cli import main, workers
from mockserver.comparison import unseen
from mockserver.server import LateApp
from mockserver.settings import Settings

Run = Callable[..., Result]


def make_late(app: LateApp) -> None:
    """Make an app as a server does, and wait until it is made, or cannot be."""
    ended = Event()
    app.start(ended.set)
    ended.wait()


@pytest.fixture
def few_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison does not find out which switches its answers do not show, which takes most of its time.

    It says what is so in most organizations.
    """
    monkeypatch.setattr(unseen, "switches", lambda simulator, *_: {**simulator.plan.unseen, **simulator.plan.seldom})


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs `mockserver` with arguments; keywords are variables of the environment, which has no COLUMNS.

    Commands that it starts are clients: their coverage is not measured, as that triples the time of their start.
    """
    without = dict.fromkeys(["COLUMNS", *(name for name in os.environ if name.startswith("COVERAGE"))])
    handlers, level = logging.root.handlers[:], logging.root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield lambda *arguments, **variables: CliRunner().invoke(
        main, arguments, env={**without, **variables}, prog_name="mockserver"
    )
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    for number, handler in signals.items():
        signal.signal(number, handler)


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Where the app is served."""
    with server.in_thread(app) as running:
        yield running.url


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that an app was made from; the server ends when its app is made."""
    found: list[Settings] = []
    plain = app_module.create_app(Settings())

    def create_app(given: Settings) -> Flask:
        found.append(given)
        return plain

    def serve(late: server.LateApp, *_: object, **__: object) -> None:
        make_late(late)

    monkeypatch.setattr(app_module, "create_app", create_app)
    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(workers, "serve", lambda start, _: start.make())
    return found


def write(path: Path, text: str) -> Path:
    """A file with a text, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def restored_root_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    """The root logger is as before when a test ends."""
    monkeypatch.setattr(logging, "root", logging.RootLogger(logging.WARNING))

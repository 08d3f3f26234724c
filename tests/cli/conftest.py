"""Fixtures of the command: it runs in this process, and logging and signals are restored afterwards."""

import logging
import signal
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mockserver import server
from mockserver.cli import main
from mockserver.server import LateApp

Run = Callable[..., Result]


def make_late(app: LateApp) -> None:
    """Make an app as a server does, and wait until it is made, or cannot be."""
    ended = Event()
    app.start(ended.set)
    ended.wait()


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs `mockserver` with arguments; keywords are variables of the environment, which has no COLUMNS."""
    handlers, level = logging.root.handlers[:], logging.root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield lambda *arguments, **variables: CliRunner().invoke(
        main, arguments, env={"COLUMNS": None, **variables}, prog_name="mockserver"
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

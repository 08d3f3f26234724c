"""Fixtures of the command: it runs in this process, and logging is restored afterwards."""

import logging
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mockserver import server
from mockserver.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs `mockserver` with arguments; keywords are variables of the environment."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield lambda *arguments, **variables: CliRunner().invoke(main, arguments, env=variables, prog_name="mockserver")
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Where the app is served."""
    with server.in_thread(app) as running:
        yield running.url

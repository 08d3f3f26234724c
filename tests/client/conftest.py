"""Servers and clients of them: one app in process, one served in a thread, and one served by the command."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from subprocess import PIPE, Popen

import pytest
from flask import Flask

from analytics_mockserver.client import Client, in_process
from mockserver import server
from mockserver.app import create_app
from tests.conftest import SETTINGS


@pytest.fixture
def app() -> Flask:
    """An app with a frozen clock and without limits."""
    return create_app(SETTINGS)


@pytest.fixture(scope="session")
def command_url() -> Iterator[str]:
    """The URL of a server of its own, as the command starts it."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json", "--freeze"]
    with Popen([*command, "--now", "2025-10-21T10:30:00Z", "--limits", "off"], stdout=PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            yield json.loads(program.stdout.readline())["url"]
        finally:
            program.terminate()


@pytest.fixture(params=["in process", "in a thread", "command"])
def client(request: pytest.FixtureRequest, app: Flask) -> Iterator[Client]:
    """A client of a server without earlier changes."""
    with ExitStack() as stack:
        if request.param == "in process":
            created = Client("http://localhost", transport=in_process(app))
        elif request.param == "in a thread":
            created = Client(stack.enter_context(server.in_thread(app)).url)
        else:
            created = Client(request.getfixturevalue("command_url"))
        with created:
            created.reset()
            yield created
            for sandbox in created.sandboxes()[1:]:
                created.delete_sandbox(sandbox.id)

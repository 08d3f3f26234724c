"""Fixtures of the audit's tests, here and at the vendors: a server of acme, and a client that resets it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mockserver import server
from mockserver.app import create_app
from mockserver.client import Client
from tests.conftest import SETTINGS


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of acme with its documented limits."""
    with server.in_thread(create_app(replace(SETTINGS, limits="documented"))) as running:
        yield running.url


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    """A client of that server, which is reset afterwards."""
    with Client(url) as started:
        yield started
        started.reset()

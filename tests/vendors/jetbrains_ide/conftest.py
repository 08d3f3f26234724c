"""Fixtures for the tests of IDE Services: one client for each organization, with its sandbox reset for every test."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.contract.client import Client


@pytest.fixture(scope="session")
def opened(jetbrains_ide_of: Callable[..., Client]) -> Callable[[str], Client]:
    """One client for each organization, for tests that do not change its sandbox."""
    return cache(jetbrains_ide_of)


@pytest.fixture
def initech(opened: Callable[[str], Client]) -> Iterator[Client]:
    """A client at the organization that is awkward on purpose."""
    client = opened("initech")
    client.sandbox.reset()
    yield client
    client.sandbox.reset()

"""Fixtures for the tests of Tabnine: one client for each organization, with its sandbox reset for every test."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.contract.client import Client


@pytest.fixture(scope="session")
def opened(tabnine_of: Callable[..., Client]) -> Callable[[str], Client]:
    """The one client of an organization, for tests that leave its sandbox alone."""
    return cache(tabnine_of)


@pytest.fixture
def initech(opened: Callable[[str], Client]) -> Iterator[Client]:
    """A client at the organization that is awkward on purpose."""
    client = opened("initech")
    client.sandbox.reset()
    yield client
    client.sandbox.reset()

"""Fixtures for the tests of Augment: one client for each organization, with its sandbox reset for every test."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.contract.client import Client


@pytest.fixture(scope="session")
def opened(augment_of: Callable[..., Client]) -> Callable[[str], Client]:
    """The one client of an organization, for tests that leave its sandbox alone."""
    return cache(augment_of)


@pytest.fixture
def augment_of_globex(opened: Callable[[str], Client]) -> Iterator[Client]:
    """A client at globex, where every list has more rows than a page."""
    client = opened("globex")
    client.sandbox.reset()
    yield client
    client.sandbox.reset()

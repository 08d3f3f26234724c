"""Answers what the tests of the Console share: one client for each organisation, as new for every test.

What any vendor's tests need stays in the outermost conftest.
"""

from collections.abc import Callable
from functools import cache

import pytest

from tests.contract.client import Client


@pytest.fixture(scope="session")
def opened(jetbrains_console_of: Callable[..., Client]) -> Callable[[str], Client]:
    """The one client of an organisation, for tests that leave its sandbox alone."""
    return cache(jetbrains_console_of)


@pytest.fixture
def initech(opened: Callable[[str], Client]) -> Client:
    """A client at the organisation that is awkward on purpose."""
    client = opened("initech")
    client.sandbox.reset()
    return client

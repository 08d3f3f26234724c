"""Fixtures for the tests of the Console: one client for each organization."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.contract.client import Client


@pytest.fixture(scope="session")
def opened(jetbrains_console_of: Callable[..., Client]) -> Callable[[str], Client]:
    """One client for each organization, for tests that do not change its sandbox."""
    return cache(jetbrains_console_of)

"""Answers what the tests of the Console share: one client for each organisation.

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

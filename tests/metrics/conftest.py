"""Fixtures of the metrics tests: everything that acme's public endpoints show of a quarter, read once."""

from datetime import date

import pytest

from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS
from tests.metrics.aggregate import Reader, Row

QUARTER = date(2025, 7, 23), date(2025, 10, 31)
"""From the middle of a week to ten days after the frozen present."""
YESTERDAY = date(2025, 10, 20)


@pytest.fixture(scope="session")
def reader() -> Reader:
    """A client of every vendor at acme."""
    return Reader(create_app(SETTINGS), "acme")


@pytest.fixture(scope="session")
def seen(reader: Reader) -> list[Row]:
    """What everybody did in the quarter, according to the public endpoints."""
    return reader.rows(*QUARTER, YESTERDAY)


@pytest.fixture
def admin(reader: Reader) -> Admin:
    """A client of the control plane of the same app, whose default sandbox is reset."""
    client = Admin(reader.app, {"Host": "127.0.0.1:8080"})
    client.done("POST", "/reset", {})
    return client

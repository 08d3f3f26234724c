"""Fixtures of the control plane's tests: a client of it, on an app of its own."""

import pytest
from flask import Flask

from tests.admin.driver import Admin


@pytest.fixture
def admin(app: Flask) -> Admin:
    """A client of the control plane, as `curl` on this machine would be."""
    return Admin(app, {"Host": "127.0.0.1:8080"})

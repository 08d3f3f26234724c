"""Answers what the tests of the control plane lean on: a client of it, on an app of its own.

The settings are those of every test (acme, a frozen clock, limits off) unless a test overrides `settings`.
"""

import pytest
from flask import Flask

from tests.admin.driver import Admin


@pytest.fixture
def admin(app: Flask) -> Admin:
    """A client of the control plane, as `curl` on this machine would be."""
    return Admin(app, {"Host": "127.0.0.1:8080"})

"""Servers that share a store."""

from dataclasses import replace

import pytest
from flask import Flask

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.conftest import SETTINGS


@pytest.fixture
def shared(store: str) -> Settings:
    """The settings of servers that share a store, each with the documented limits."""
    return replace(SETTINGS, limits="documented", store=store)


@pytest.fixture
def servers(shared: Settings) -> list[Flask]:
    """Three servers with one store."""
    return [create_app(shared) for _ in range(3)]


@pytest.fixture(autouse=True)
def _undescribed(undescribed: None) -> None:
    """Faults change answers."""

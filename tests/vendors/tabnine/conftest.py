"""Fixtures for the tests of Tabnine: one client for each organization, with its sandbox reset for every test."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from mockserver.app import create_app
from mockserver.vendors.tabnine import vendor
from tests.conftest import SETTINGS
from tests.contract import client as clients
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


@pytest.fixture
def unlicensed(tmp_path: Path) -> Client:
    """A client at an organization whose license does not include the agent, though people have it in their facts."""
    file = tmp_path / "plain.yaml"
    file.write_text("slug: plain\nname: Plain\npeople: 30\ntabnine_agent: false\n", encoding="utf-8")
    app = create_app(replace(SETTINGS, organization_file=file))
    return clients.opened(app, vendor(), "mock-tabnine-plain", "/api/v1")

"""Fixtures: the two clients, on a sandbox of the test's own, and a clock that moves when they wait."""

import time
from collections.abc import Iterator

import pytest
from analytics_mockserver.pytest_plugin import SandboxFixture

from usage_clients import Augment, Tabnine


@pytest.fixture(autouse=True)
def waits(sandbox: SandboxFixture, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client waited, wait by wait.

    Waiting moves the sandbox's clock, so the rate limit refills, and the test takes no time.
    """
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        sandbox.clock.advance(seconds=seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    return waited


@pytest.fixture
def augment(sandbox: SandboxFixture) -> Iterator[Augment]:
    """A client of Augment, whose requests must follow the vendor's advice in every test."""
    yield Augment(sandbox.url, sandbox.tokens.augment)
    sandbox.lint.assert_clean()


@pytest.fixture
def tabnine(sandbox: SandboxFixture) -> Iterator[Tabnine]:
    """A client of Tabnine, likewise."""
    yield Tabnine(sandbox.url, sandbox.tokens.tabnine)
    sandbox.lint.assert_clean()

"""Promises about two programs that read all four surfaces: one is found out in all its habits, the other in nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from mockserver.admin import plane
from mockserver.settings import Settings
from tests.admin.driver import Admin
from tests.conduct import careful, naive
from tests.conduct.surfaces import Surfaces
from tests.conftest import SETTINGS


@pytest.fixture
def settings() -> Settings:
    """Limits as they are documented, which the clock of every test lets no request through for by itself."""
    return replace(SETTINGS, limits="documented")


@pytest.fixture
def surfaces(app: Flask) -> Surfaces:
    """The four surfaces, with a wait that moves the clock."""

    def wait(seconds: float) -> None:
        with app.app_context():
            sandbox = plane.plane().state.default
        sandbox.set_clock(sandbox.clock.advanced(timedelta(seconds=seconds)))

    return Surfaces(app, wait)


@pytest.fixture
def found(app: Flask) -> Callable[[], set[tuple[str, str]]]:
    """Asks for the rules that were broken, by vendor."""
    admin = Admin(app, {"Host": "127.0.0.1:8080"})
    return lambda: {(each["vendor"], each["rule"]) for each in admin.get("/conduct")["findings"]}


def test_a_careful_client_hears_nothing(surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]) -> None:
    careful.read_all(surfaces)
    assert found() == set()


def test_a_naive_client_hears_all_that_it_deserves(
    surfaces: Surfaces, found: Callable[[], set[tuple[str, str]]]
) -> None:
    naive.read_all(surfaces)
    assert found() == naive.DESERVED

"""Fixtures that every test may use: apps with a frozen clock, clients of each vendor, and a check of every answer.

With --over-socket, each test's client sends its requests over a real socket; a test that shows nothing that way is
marked `in_process`, with the reason, and left out.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import settings as laws
from werkzeug.test import Client as TestClient

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings
from tests.contract import client
from tests.contract.client import Client
from tests.contract.watch import Watch
from tests.contract.wire import Wire

laws.register_profile("repeatable", derandomize=True, database=None, deadline=None, max_examples=60)
laws.load_profile("repeatable")

SERVED = {vendor.name: vendor for vendor in vendors.discover()}
SETTINGS = Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC), freeze=True, limits="off")
"""Frozen at the time of the documented examples."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that decides how clients reach their apps."""
    parser.addoption("--over-socket", action="store_true", help="send every request over a real socket")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and react to Ctrl-C even where a shell has switched it off."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "in_process(why): left out of a run over sockets, for this reason")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that a run over sockets cannot show."""
    if config.getoption("--over-socket"):
        config.hook.pytest_deselected(items=[each for each in items if each.get_closest_marker("in_process")])
        items[:] = [each for each in items if not each.get_closest_marker("in_process")]


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    """Servers for the apps that are reached over sockets."""
    made = Wire()
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _everything_over_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.config.getoption("--over-socket"):
        yield
        return
    with _over(request.getfixturevalue("wire")):
        yield


@pytest.fixture(params=["in process", "over a socket"])
def carried(request: pytest.FixtureRequest) -> Iterator[str]:
    """How clients reach the app, for tests that hold both ways in every run."""
    if request.param == "in process":
        yield request.param
        return
    with _over(request.getfixturevalue("wire")):
        yield request.param


@contextmanager
def _over(wire: Wire) -> Iterator[None]:
    """Let every client of this process send its requests over a socket."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "run_wsgi_app", wire.method)
        yield


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    """A check of every answer that leaves an app in this process, from any test and thread."""
    watching = Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "wsgi_app", watching.over(Flask.wsgi_app))
        yield watching


@pytest.fixture(autouse=True)
def described(watch: Watch) -> Iterator[None]:
    """Fail a test that gets an answer from a vendor that the vendor's OpenAPI file does not describe."""
    yield
    faults = watch.take()
    assert not faults, "answers that are not as the OpenAPI file describes them:\n" + "\n".join(faults)


@pytest.fixture
def settings() -> Settings:
    """The settings of `app`."""
    return SETTINGS


@pytest.fixture
def app(settings: Settings) -> Flask:
    """An app of the test's own: acme, the clock frozen, limits off."""
    return create_app(settings)


def _client_factory(vendor: Vendor) -> Callable[..., Client]:
    """A function that makes a client of a vendor for an organization (with settings changed), on an app of its own."""

    def make(organization: str = "acme", **changes: object) -> Client:
        app = create_app(replace(SETTINGS, organization=organization, **changes))  # type: ignore[arg-type]
        return client.opened(app, vendor, f"mock-{vendor.name}-{organization}", vendor.mounts[0])

    return make


def _add_fixtures(vendor: Vendor) -> None:
    """Two fixtures for a vendor: `<vendor>_of` makes clients, `<vendor>` is one that is shared and reset."""
    name = vendor.name.replace("-", "_")

    @pytest.fixture(scope="session", name=f"{name}_of")
    def client_factory() -> Callable[..., Client]:
        return _client_factory(vendor)

    @pytest.fixture(scope="session", name=f"_shared_{name}")
    def shared_client() -> Client:
        return _client_factory(vendor)()

    @pytest.fixture(name=name)
    def reset_client(request: pytest.FixtureRequest) -> Client:
        shared: Client = request.getfixturevalue(f"_shared_{name}")
        shared.sandbox.reset()
        return shared

    globals().update({f"{name}_of": client_factory, f"_shared_{name}": shared_client, name: reset_client})


for _vendor in SERVED.values():
    _add_fixtures(_vendor)

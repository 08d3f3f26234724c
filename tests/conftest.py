"""Answers what every test may lean on: apps with a frozen clock, clients of them, and an oracle over every answer.

With --over-socket, every test's client asks its app over a real socket; a test that would then show nothing is marked
`in_process`, with the reason, and left out. What the tests of one room need stays with them.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings as laws
from werkzeug.routing import Rule
from werkzeug.test import Client as TestClient

from mockserver import vendors
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.contract import client
from tests.contract.client import Client
from tests.contract.watch import Watch
from tests.contract.wire import Wire

laws.register_profile("repeatable", derandomize=True, database=None, deadline=None, max_examples=60)
laws.load_profile("repeatable")

SERVED = {vendor.name: vendor for vendor in vendors.discover()}
SETTINGS = Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC), freeze=True, limits="off")
"""The moment of the documented examples, which does not pass."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say how clients reach their apps."""
    parser.addoption("--over-socket", action="store_true", help="ask every app over a real socket, not in this process")


def pytest_configure(config: pytest.Config) -> None:
    """Say what the mark is for; and hear Ctrl-C, as do the programs started here, also where a shell ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "in_process(why): left out of a run over sockets, for this reason")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a run over sockets cannot show."""
    if config.getoption("--over-socket"):
        config.hook.pytest_deselected(items=[each for each in items if each.get_closest_marker("in_process")])
        items[:] = [each for each in items if not each.get_closest_marker("in_process")]


@pytest.fixture(scope="session", autouse=True)
def _routes_compiled_once() -> Iterator[None]:
    """Werkzeug compiles for each route of each app what would build URLs: most of what making an app takes.

    Nothing here builds any, and the code is the same for the same route, so that thousands of apps can share it.
    """
    compiled: dict[tuple[object, ...], Any] = {}
    compile_it = Rule._compile_builder  # noqa: SLF001 (there is no other way to it)

    def once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002 (as werkzeug declares it)
        key = (rule.rule, *rule._trace, append_unknown)  # noqa: SLF001 (what the code is made of)
        if key not in compiled:
            compiled[key] = compile_it(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    """Servers for the apps that are asked over sockets."""
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
    """For tests that hold in both modes in every run: how their clients reach the app."""
    if request.param == "in process":
        yield request.param
        return
    with _over(request.getfixturevalue("wire")):
        yield request.param


@contextmanager
def _over(wire: Wire) -> Iterator[None]:
    """Let every client of this process ask over a wire."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "run_wsgi_app", wire.method)
        yield


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    """An eye on every answer that leaves an app in this process, from whatever test and thread."""
    watching = Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "wsgi_app", watching.over(Flask.wsgi_app))
        yield watching


@pytest.fixture(autouse=True)
def described(watch: Watch) -> Iterator[None]:
    """No test gets an answer from a vendor that the vendor's OpenAPI file does not describe."""
    yield
    faults = watch.take()
    assert not faults, "answers that are not as the OpenAPI file describes them:\n" + "\n".join(faults)


@pytest.fixture
def settings() -> Settings:
    """The settings of `app`."""
    return SETTINGS


@pytest.fixture
def app(settings: Settings) -> Flask:
    """An app of its own for a test: acme, the clock frozen, limits off."""
    return create_app(settings)


def _opener(mount: str, vendor: str) -> Callable[..., Client]:
    def opened(organization: str = "acme", **changes: object) -> Client:
        made = create_app(replace(SETTINGS, organization=organization, **changes))  # type: ignore[arg-type]
        return client.opened(made, SERVED[vendor], f"mock-{vendor}-{organization}", mount)

    return opened


@pytest.fixture(scope="session")
def augment_of() -> Callable[..., Client]:
    """A client of Augment for an organisation (with settings changed), on an app of its own."""
    return _opener("/analytics/v0", "augment")


@pytest.fixture(scope="session")
def tabnine_of() -> Callable[..., Client]:
    """A client of Tabnine for an organisation (with settings changed), on an app of its own."""
    return _opener("/api/v1", "tabnine")


@pytest.fixture(scope="session")
def jetbrains_ide_of() -> Callable[..., Client]:
    """A client of IDE Services for an organisation (with settings changed), on an app of its own."""
    return _opener("/api/analytics/ai", "jetbrains-ide")


@pytest.fixture(scope="session")
def jetbrains_console_of() -> Callable[..., Client]:
    """A client of the Console's reports for an organisation (with settings changed), on an app of its own."""
    return _opener("/metrics/api", "jetbrains-console")


@pytest.fixture(scope="session")
def _augment(augment_of: Callable[..., Client]) -> Client:
    return augment_of()


@pytest.fixture
def augment(_augment: Client) -> Client:
    """A client of Augment at acme, which may read; its app is shared, and as new for every test."""
    _augment.sandbox.reset()
    return _augment


@pytest.fixture(scope="session")
def _tabnine(tabnine_of: Callable[..., Client]) -> Client:
    return tabnine_of()


@pytest.fixture
def tabnine(_tabnine: Client) -> Client:
    """A client of Tabnine at acme, an Admin's; its app is shared, and as new for every test."""
    _tabnine.sandbox.reset()
    return _tabnine


@pytest.fixture(scope="session")
def _jetbrains_ide(jetbrains_ide_of: Callable[..., Client]) -> Client:
    return jetbrains_ide_of()


@pytest.fixture
def jetbrains_ide(_jetbrains_ide: Client) -> Client:
    """A client of IDE Services at acme; its app is shared, and as new for every test."""
    _jetbrains_ide.sandbox.reset()
    return _jetbrains_ide


@pytest.fixture(scope="session")
def _jetbrains_console(jetbrains_console_of: Callable[..., Client]) -> Client:
    return jetbrains_console_of()


@pytest.fixture
def jetbrains_console(_jetbrains_console: Client) -> Client:
    """A client of the Console's reports at acme; its app is shared, and as new for every test."""
    _jetbrains_console.sandbox.reset()
    return _jetbrains_console

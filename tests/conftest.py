"""Fixtures for all tests: apps with a frozen clock, clients of each vendor, and a check of every answer.

With --over-socket, all test clients send their requests over real sockets. With --fast-path, the layer in front of
Flask is off, or knows every request already (`contract/fast_path`). Tests that make no sense that way have the marker
`in_process` or `fast_path_on`, with the reason, and are deselected. With --asyncio, servers have asyncio's event loop.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from werkzeug.test import Client as TestClient

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings
from tests import optional_programs
from tests.contract import client, fast_path, shared_store
from tests.contract.client import Client
from tests.contract.watch import Watch
from tests.contract.wire import Wire
from tests.store import engine as engines
from tests.store.engine import EngineProcess

hypothesis_settings.register_profile("repeatable", derandomize=True, database=None, deadline=None, max_examples=60)
hypothesis_settings.load_profile("repeatable")

SERVED = {vendor.name: vendor for vendor in vendors.discover()}
SETTINGS = Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC), freeze=True, limits="off")
"""The clock is frozen at the time of the documented examples."""

_PREFIXES = count(1)
"""Numbers of the stores that tests in this process have for themselves."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options --over-socket, --store, --fast-path, and --asyncio."""
    parser.addoption("--over-socket", action="store_true", help="send every request over a real socket")
    parser.addoption("--store", action="store_true", help="keep the sandboxes of every app in a store")
    parser.addoption("--fast-path", choices=fast_path.MODES, default="on", help="what the layer in front of Flask does")
    parser.addoption("--asyncio", action="store_true", help="run servers in asyncio's event loop")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and react to Ctrl-C even if the shell ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--asyncio"):
        _hide_uvloop()
    for line in (
        "in_process(reason): deselect the test with --over-socket, for this reason",
        "memory(reason): deselect the test with --store, for this reason",
        "fast_path_on(reason): deselect the test with another --fast-path than on, for this reason",
        "linux(reason): deselect the test on any other system than Linux, for this reason",
        "unix(reason): deselect the test on Windows, for this reason",
    ):
        config.addinivalue_line("markers", line)


def _hide_uvloop() -> None:
    """Have `import uvloop` fail in this process, and in those that it starts."""
    folder = str(Path(__file__).parent / "without_uvloop")
    sys.path.insert(0, folder)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that make no sense with the options given, and those whose program is not installed."""
    markers = []
    if config.getoption("--over-socket"):
        markers.append("in_process")
    if config.getoption("--fast-path") != "on":
        markers.append("fast_path_on")
    if config.getoption("--store"):
        markers.append("memory")
    if sys.platform != "linux":
        markers.append("linux")
    if sys.platform == "win32":
        markers.append("unix")
    lacking = [program for program in optional_programs.PROGRAMS if program.left_out]
    deselected = [
        item
        for item in items
        if any(map(item.get_closest_marker, markers)) or any(program.is_needed_by(item) for program in lacking)
    ]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that were left out because a program is not installed."""
    for program in optional_programs.PROGRAMS:
        if program.left_out:
            terminalreporter.write_line(program.left_out)


def pytest_collection_finish() -> None:
    """Scan for garbage less often, and without the thousands of collected tests: a seventh of the whole time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    """The servers of the apps that are reached over sockets."""
    opened = Wire()
    yield opened
    opened.close()


@pytest.fixture(scope="session", autouse=True)
def _all_over_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.config.getoption("--over-socket"):
        yield
        return
    with _over_sockets(request.getfixturevalue("wire")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _all_in_store(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.config.getoption("--store"):
        yield
        return
    engine: EngineProcess = request.getfixturevalue("engine")
    with shared_store.apps_in_store(lambda: engine.url(f"app-{next(_PREFIXES)}")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _fast_path(request: pytest.FixtureRequest, _all_over_sockets: None) -> Iterator[None]:
    with fast_path.mode(request.config.getoption("--fast-path")):
        yield


@pytest.fixture(params=["in process", "over a socket"])
def transport(request: pytest.FixtureRequest) -> Iterator[str]:
    """The transport of clients: a test that uses this fixture runs once in process and once over a socket."""
    if request.param == "in process":
        yield request.param
        return
    with _over_sockets(request.getfixturevalue("wire")):
        yield request.param


@contextmanager
def _over_sockets(wire: Wire) -> Iterator[None]:
    """Let every test client send its requests over a socket."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "run_wsgi_app", wire.method)
        yield


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """Objects that hold each other are not freed."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def undescribed(described: None, watch: Watch) -> Iterator[None]:  # noqa: ARG001 (it checks after this fixture)
    """Answers that a fault or a defect changes need not be described."""
    yield
    watch.take()


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    """The check of every answer of every app in this process, in any test and thread."""
    checker = Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "wsgi_app", checker.wrap(Flask.wsgi_app))
        patch.setattr(FastPath, "_direct_answer", checker.wrap_direct(FastPath._direct_answer))  # noqa: SLF001
        yield checker


@pytest.fixture(autouse=True)
def described(watch: Watch) -> Iterator[None]:
    """Fail a test in which a vendor gives an answer that its OpenAPI file does not describe."""
    yield
    errors = watch.take()
    assert not errors, "answers that differ from the OpenAPI file:\n" + "\n".join(errors)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    """The engine of this worker, for tests that only write to it."""
    with engines.started(optional_programs.ENGINE.path(), tmp_path_factory.mktemp("engine")) as started:
        yield started


@pytest.fixture
def store(engine: EngineProcess) -> str:
    """A store that no other test uses: what `--store` takes."""
    return engine.url(f"test-{next(_PREFIXES)}")


@pytest.fixture
def own_engine(engine: EngineProcess, tmp_path: Path) -> Iterator[EngineProcess]:
    """An engine that a test may pause, kill and restart."""
    with engines.started(engine.executable, tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def nginx() -> str:
    """The program nginx."""
    return optional_programs.NGINX.path()


@pytest.fixture
def settings() -> Settings:
    """The settings of `app`."""
    return SETTINGS


@pytest.fixture
def app(settings: Settings) -> Flask:
    """An app for this test: acme, with a frozen clock and no limits."""
    return create_app(settings)


def _client_factory(vendor: Vendor) -> Callable[..., Client]:
    """Return a function that creates a client of a vendor for an organization, with changed settings, on a new app."""

    def make(organization: str = "acme", **changes: object) -> Client:
        app = create_app(replace(SETTINGS, organization=organization, **changes))  # type: ignore[arg-type]
        return client.opened(app, vendor, f"mock-{vendor.name}-{organization}", vendor.mounts[0])

    return make


def _add_fixtures(vendor: Vendor) -> None:
    """Add the fixtures of a vendor: `<vendor>_of` creates clients, and `<vendor>` is a shared one, which is reset."""
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

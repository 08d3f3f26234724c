"""Fixtures for the tests of the pytest plugin: a server in this process, one behind a socket, and an inner pytest.

The inner pytest loads this checkout's plugin by name, and no other plugin that happens to be installed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from analytics_mockserver.pytest_plugin import MockserverFixture, SandboxFixture, servers
from analytics_mockserver.pytest_plugin.server_process import ServerManager
from mockserver import server
from tests.server.programs import ROOT

RunPytest = Callable[..., pytest.RunResult]

PLUGINS = ("-p", "analytics_mockserver.pytest_plugin", "-p", "no:cacheprovider")
TIMEOUT = 60


@pytest.fixture(scope="session")
def in_process_server() -> MockserverFixture:
    """A server without a socket."""
    return servers.in_process_server(servers.create_app())


@pytest.fixture
def sandbox(in_process_server: MockserverFixture) -> Iterator[SandboxFixture]:
    """A sandbox in this process with a frozen clock and without limits."""
    with in_process_server.sandbox(now="2026-11-02T10:00:00Z", frozen=True, limits="off") as created:
        yield created


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of a running server, for inner tests that need not start one."""
    with server.in_thread(servers.create_app()) as running:
        yield running.url


@pytest.fixture
def given_server(server_url: str) -> Iterator[MockserverFixture]:
    """The running server, as a session has it with --mockserver-url."""
    server = ServerManager(server_url, None, {}).server()
    yield server
    server.close()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment for an inner pytest: the package of this checkout, and only plugins given by name."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in (
        "MOCKSERVER_URL",
        "MOCKSERVER_ADMIN_TOKEN",
        "MOCKSERVER_ADMIN_TOKEN_FILE",
        "PYTEST_ADDOPTS",
        "PYTEST_XDIST_WORKER",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, environment: None) -> RunPytest:  # noqa: ARG001 (needed for its effect)
    """Runs pytest in a separate process over the given source of tests, with arguments."""

    def run(tests: str, *arguments: str | Path) -> pytest.RunResult:
        pytester.makepyfile(dedent(tests))
        return pytester.runpytest_subprocess(*PLUGINS, *arguments, timeout=TIMEOUT)

    return run

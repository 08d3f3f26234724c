"""Answers what the tests of the pytest plugin lean on: a server in this process, one on a socket, and pytest inside.

The plugin is named to the inner pytest, and nothing else that happens to be installed, so that it is the one of this
tree whichever package the environment holds.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from mockserver import server
from mockserver.pytest_plugin import in_process
from mockserver.pytest_plugin.sandboxes import Sandbox
from mockserver.pytest_plugin.servers import Server
from tests.server.programs import ROOT

Inner = Callable[..., pytest.RunResult]

PLUGINS = ("-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider")
PATIENCE = 60


@pytest.fixture(scope="session")
def within() -> Server:
    """A server without a socket."""
    return in_process.server(in_process.app())


@pytest.fixture
def world(within: Server) -> Iterator[Sandbox]:
    """A sandbox in this process, at an instant that does not pass, without limits."""
    with within.sandbox(now="2026-11-02T10:00:00Z", frozen=True, limits="off") as made:
        yield made


@pytest.fixture(scope="session")
def running() -> Iterator[str]:
    """Where a server answers, for inner tests that need not start one."""
    with server.in_thread(in_process.app()) as served:
        yield served.url


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an inner pytest: the package of this tree, and no plugin that was not named."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("MOCKSERVER_URL", "MOCKSERVER_ADMIN_TOKEN", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def inner(pytester: pytest.Pytester, environment: None) -> Inner:  # noqa: ARG001 (it is wanted for what it does)
    """Runs pytest, in a process of its own, over tests that are written down here, with arguments."""

    def run(tests: str, *arguments: str | Path) -> pytest.RunResult:
        pytester.makepyfile(dedent(tests))
        return pytester.runpytest_subprocess(*PLUGINS, *arguments, timeout=PATIENCE)

    return run

"""A pytest plugin: one mock server for the session, and on it a separate sandbox for every test.

    def test_report_survives_a_failure(sandbox):
        sandbox.faults.add(operation="listUsers", status=503, times=1)
        report = my_client(sandbox.url, sandbox.tokens.some_vendor).daily_report("2026-11-02")
        assert report.complete
        sandbox.requests.assert_made(operation="listUsers", status=503, count=1)
        sandbox.requests.assert_made(operation="listUsers", status=200)

Installing the package installs the plugin. Until a test requests a fixture, it imports little and starts nothing. Only
`mockserver_app` imports the package `mockserver`. The names in `__all__` are for annotations and `pytest.raises`.
"""

import sys
from collections.abc import Generator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from analytics_mockserver.pytest_plugin import fixtures, mockserver_fixture, neighbors, options
from analytics_mockserver.pytest_plugin.session import MANAGER, REPORT, manager

if TYPE_CHECKING:
    from analytics_mockserver.client import Refused as MockserverRefused
    from analytics_mockserver.pytest_plugin.requests import LintFinding, Request, SandboxLint, SandboxRequests
    from analytics_mockserver.pytest_plugin.sandboxes import (
        ClientCredentials,
        EffectArguments,
        Fault,
        FaultArguments,
        SandboxClock,
        SandboxDefects,
        SandboxFaults,
        SandboxFixture,
        SandboxLimits,
        SandboxPolicy,
        SandboxTokens,
        Token,
    )
    from analytics_mockserver.pytest_plugin.server_process import MockserverGone
    from analytics_mockserver.pytest_plugin.servers import MockserverFixture

__all__ = [
    "ClientCredentials",
    "EffectArguments",
    "Fault",
    "FaultArguments",
    "LintFinding",
    "MockserverFixture",
    "MockserverGone",
    "MockserverRefused",
    "Request",
    "SandboxClock",
    "SandboxDefects",
    "SandboxFaults",
    "SandboxFixture",
    "SandboxLimits",
    "SandboxLint",
    "SandboxPolicy",
    "SandboxRequests",
    "SandboxTokens",
    "Token",
]

_MODULES = ("requests", "sandboxes", "server_process", "servers")
"""The modules that define the names in `__all__`; they are imported on first use."""

NAMES = ("analytics-mockserver", __name__)
"""The names by which pytest can load this plugin: that of the entry point, and that of the module."""


def __getattr__(name: str) -> object:
    """A public name, imported on first use. MockserverRefused is the client's Refused."""
    if name == "MockserverRefused":
        from analytics_mockserver.client import Refused

        return Refused
    if name in __all__:
        modules = (import_module(f"{__name__}.{module}") for module in _MODULES)
        return next(getattr(module, name) for module in modules if hasattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options; and block the other names of this plugin, because pytest stops if it is loaded by two names."""
    options.add(parser)
    loaded_as = pluginmanager.get_name(sys.modules[__name__])
    for name in NAMES:
        if name != loaded_as:
            pluginmanager.set_blocked(name)


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker, reject invalid settings before any test runs, and warn of conflicts with other packages."""
    config.addinivalue_line("markers", options.MARKER_HELP)
    options.server_url(config)
    options.server_command(config)
    options.admin_token()
    config.pluginmanager.register(fixtures, fixtures.__name__)
    if not neighbors.has_fixture(config.pluginmanager, "mockserver"):
        config.pluginmanager.register(mockserver_fixture, mockserver_fixture.__name__)
    if not hasattr(config, "workerinput"):  # The workers of pytest-xdist would repeat the warning.
        neighbors.warn(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist how to find the server that all workers share."""
    node.workerinput.update(manager(node.config).worker_input())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if this process started one."""
    if MANAGER in config.stash:
        config.stash[MANAGER].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the requests in the test's sandbox to the report of a failure."""
    report = yield
    if report.failed and REPORT in item.stash:
        report.sections.append(item.stash[REPORT].section())
    return report

"""A pytest plugin: one mock server for the session, and on it a separate sandbox for every test.

    def test_report_survives_a_failure(sandbox):
        sandbox.faults.add(operation="listUsers", status=503, times=1)
        report = my_client(sandbox.url, sandbox.tokens.some_vendor).daily_report("2026-11-02")
        assert report.complete
        sandbox.requests.assert_made(operation="listUsers", status=503, count=1)
        sandbox.requests.assert_made(operation="listUsers", status=200)

Installing the package installs the plugin. Until a test requests a fixture, it imports nothing else of the product and
starts nothing. The names in `__all__` are for annotations and `pytest.raises`.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.pytest_plugin import options

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.client import Refused as MockserverRefused
    from mockserver.pytest_plugin.requests import FailureReport, LintFinding, Request, SandboxLint, SandboxRequests
    from mockserver.pytest_plugin.sandboxes import (
        ClientCredentials,
        Fault,
        SandboxClock,
        SandboxFaults,
        SandboxFixture,
        SandboxLimits,
        SandboxPolicy,
        SandboxTokens,
        Token,
    )
    from mockserver.pytest_plugin.server_process import MockserverGone, ServerManager
    from mockserver.pytest_plugin.servers import MockserverFixture

__all__ = [
    "ClientCredentials",
    "Fault",
    "LintFinding",
    "MockserverFixture",
    "MockserverGone",
    "MockserverRefused",
    "Request",
    "SandboxClock",
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
"""The modules that define the names in `__all__`; they are imported on first use.

None may have the name of a fixture: importing it would replace the fixture in this namespace.
"""

_MANAGER: "pytest.StashKey[ServerManager]" = pytest.StashKey()
_REPORT: "pytest.StashKey[FailureReport]" = pytest.StashKey()


def __getattr__(name: str) -> object:
    """A public name, imported on first use. MockserverRefused is the client's Refused."""
    if name == "MockserverRefused":
        from mockserver.client import Refused

        return Refused
    if name in __all__:
        modules = (import_module(f"{__name__}.{module}") for module in _MODULES)
        return next(getattr(module, name) for module in modules if hasattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@pytest.fixture(scope="session")
def mockserver(pytestconfig: pytest.Config) -> "Iterator[MockserverFixture]":
    """The mock server of this session: started on a free port on first use, or the one given by --mockserver-url.

    The workers of pytest-xdist share it. It ends with the session, even if pytest is killed.

    mockserver.url                     the base URL of every vendor's API
    mockserver.vendors                 the names of the vendors
    mockserver.sandbox(seed=7, ...)    a context manager that creates one more sandbox: for a test that needs two, or
                                       a fixture with a wider scope; it takes the arguments of the marker
    """
    with _failing_without_traceback():
        server = _manager(pytestconfig).server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def mockserver_app() -> "Flask":
    """The server as a WSGI app in this process, without a socket; created on first use.

    The `sandbox` of a test is in this app if the test also uses this fixture, or is marked with
    `@pytest.mark.mockserver(in_process=True)`:

        httpx.Client(transport=httpx.WSGITransport(app=mockserver_app), base_url=sandbox.url)
        mockserver_app.test_client().get("/some/path", headers=sandbox.headers("some-vendor"))

    It is for quick tests of a client with a replaceable transport. As there is no connection, faults of connections
    (reset, truncate_bytes, stall_seconds) are refused. MOCKSERVER_... variables are ignored: what the marker does not
    set has the default of `mockserver serve`.
    """
    from mockserver.pytest_plugin import servers

    return servers.create_app()


@pytest.fixture(scope="session")
def _mockserver_in_process(mockserver_app: "Flask") -> "MockserverFixture":
    from mockserver.pytest_plugin import servers

    return servers.in_process_server(mockserver_app)


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> "Iterator[SandboxFixture]":
    """A sandbox for this test alone: its own people, clock, limits, faults and journal, opened by its own tokens.

    sandbox.url, sandbox.tokens.some_vendor        the address and a token (its .forbidden leads to a 403); where
                                                   clients exchange credentials: .client_id, .client_secret and
                                                   .access_token()
    sandbox.headers("some-vendor")                 the Authorization header, ready to send
    sandbox.clock.set("2026-11-02T02:00:00Z")      also .advance(hours=1), .freeze(), .run(), .now
    sandbox.limits.off()                           also .set(some_vendor={"per_minute": 5, "burst": 5}), .values()
    sandbox.faults.add(vendor="some-vendor", status=503, times=2)      also .list(), .clear()
    sandbox.policy.set("some-vendor", some_switch="option")            decides what the vendor leaves undocumented
    sandbox.requests.assert_made(operation="listUsers", query={"page_size": 50}, count=3)
    sandbox.lint.assert_clean(ignore=("some-rule",))                   also .findings(): what the client did badly
    sandbox.reset()                                back to the state after creation

    `@pytest.mark.mockserver(organization="acme", now="2026-11-02T10:00:00Z", ...)` sets how it is created. When the
    test fails, the requests in its sandbox are added to the report.
    """
    with _failing_without_traceback():
        settings, in_process = options.read_marks(request.node)
        if in_process is None:
            in_process = "mockserver_app" in request.fixturenames
        server: MockserverFixture = request.getfixturevalue("_mockserver_in_process" if in_process else "mockserver")
        created = server.create_sandbox(settings)
    from mockserver.pytest_plugin.requests import FailureReport

    request.node.stash[_REPORT] = report = FailureReport(created.id, created.requests)
    yield created
    report.save()
    with _failing_without_traceback():
        server.delete_sandbox(created)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --mockserver-url, and mockserver_url for ini files."""
    help_text = "Use the mock server at this URL instead of starting one."
    parser.getgroup("mockserver", "mockserver: a simulator of AI-analytics HTTP APIs").addoption(
        "--mockserver-url",
        metavar="URL",
        help=f"{help_text} The variable MOCKSERVER_URL and the ini option mockserver_url do the same. If "
        "MOCKSERVER_ADMIN_TOKEN or MOCKSERVER_ADMIN_TOKEN_FILE is set, that token is sent to the server.",
    )
    parser.addini("mockserver_url", help_text, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker, and reject an invalid URL or admin token before any test runs."""
    config.addinivalue_line("markers", options.MARKER_HELP)
    options.server_url(config)
    options.admin_token()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist how to find the server that all workers share."""
    node.workerinput.update(_manager(node.config).worker_input())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if this process started one."""
    if _MANAGER in config.stash:
        config.stash[_MANAGER].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the requests in the test's sandbox to the report of a failure."""
    report = yield
    if report.failed and _REPORT in item.stash:
        report.sections.append(item.stash[_REPORT].section())
    return report


def _manager(config: pytest.Config) -> "ServerManager":
    if _MANAGER not in config.stash:
        from mockserver.pytest_plugin.server_process import ServerManager

        worker_input = getattr(config, "workerinput", {})
        config.stash[_MANAGER] = ServerManager(options.server_url(config), options.admin_token(), worker_input)
    return config.stash[_MANAGER]


@contextmanager
def _failing_without_traceback() -> Iterator[None]:
    """Fail the test with the message of an exception alone, because no line of the test is to blame."""
    from mockserver.client import Refused
    from mockserver.pytest_plugin.server_process import MockserverGone

    try:
        yield
    except (MockserverGone, Refused, options.MarkerError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None

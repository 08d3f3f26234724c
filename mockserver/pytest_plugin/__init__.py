"""A plugin for pytest: a mock server for the session, and for every test a sandbox of its own on it.

    def test_the_report_survives_a_failure(sandbox):
        sandbox.faults.add(operation="getDau", status=503, times=1)
        report = my_client(sandbox.url, sandbox.tokens.augment).daily_report("2026-11-02")
        assert report.complete
        sandbox.requests.assert_made(operation="getDau", status=503, count=1)
        sandbox.requests.assert_made(operation="getDau", status=200)

Installing the package installs the plugin. Nothing of the product is imported, and nothing started, before a test asks
for a fixture. How a server is found, and what a sandbox can do, stays out (`home`, `sandboxes`).
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.pytest_plugin import marker, options
from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.pytest_plugin.evidence import FailureReport
    from mockserver.pytest_plugin.home import ServerManager
    from mockserver.pytest_plugin.sandboxes import Sandbox
    from mockserver.pytest_plugin.servers import Server

__all__ = ["MockserverGone", "MockserverRefused"]

_HOME: "pytest.StashKey[ServerManager]" = pytest.StashKey()
_EVIDENCE: "pytest.StashKey[FailureReport]" = pytest.StashKey()


@pytest.fixture(scope="session")
def mockserver(pytestconfig: pytest.Config) -> "Server":
    """The mock server of this session: started on a free port when first asked for, or the one of --mockserver-url.

    The workers of pytest-xdist share it. It ends with the session, also when pytest is killed.

    mockserver.url                     the base URL of every vendor's API
    mockserver.vendors                 the vendors' names
    mockserver.sandbox(seed=7, …)      a context manager: one more sandbox, for a test that needs two or a fixture of
                                       your own with a wider scope; it takes what the marker takes
    """
    with _told_plainly():
        return pytestconfig.stash[_HOME].server()


@pytest.fixture(scope="session")
def mockserver_app() -> "Flask":
    """The same server as a WSGI app in this process, without a socket; made when first asked for.

    In a test that asks for it, or is marked with `@pytest.mark.mockserver(in_process=True)`, `sandbox` lives in it:

        httpx.Client(transport=httpx.WSGITransport(app=mockserver_app), base_url=sandbox.url)
        mockserver_app.test_client().get("/analytics/v0/dau", headers=sandbox.headers("augment"))

    It is for quick tests of a client that takes a transport. There is no connection in it, so faults of one (reset,
    truncate_bytes, stall_seconds) are refused when they are added, and it is started with nobody's MOCKSERVER_…
    variables: what is not said by the marker is as `mockserver serve` has it by default.
    """
    from mockserver.pytest_plugin import in_process

    return in_process.app()


@pytest.fixture(scope="session")
def _mockserver_in_process(mockserver_app: "Flask") -> "Server":
    from mockserver.pytest_plugin import in_process

    return in_process.server(mockserver_app)


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> "Iterator[Sandbox]":
    """A fresh world for this test alone: its own people, clock, limits, faults, journal, and tokens that open it.

    sandbox.url, sandbox.tokens.augment            where, and with which token (.forbidden meets a 403)
    sandbox.tokens.jetbrains_console               .client_id, .client_secret and .access_token()
    sandbox.headers("tabnine")                     the Authorization header, ready to send
    sandbox.clock.set("2026-11-02T02:00:00Z")      also .advance(hours=1), .freeze(), .run(), .now
    sandbox.limits.off()                           also .set(augment={"per_minute": 5, "burst": 5}), .shown()
    sandbox.faults.add(vendor="tabnine", status=503, times=2)      also .list(), .clear()
    sandbox.policy.set("augment", last_cursor="null")              settles what the vendor left open
    sandbox.requests.assert_made(operation="getDau", query={"page_size": 50}, count=3)
    sandbox.conduct.assert_clean(ignore=("page-size-below-default",))     also .findings(): how the client behaved
    sandbox.reset()                                back to how it was made

    `@pytest.mark.mockserver(organization="hooli", now="2026-11-02T10:00:00Z", …)` says how it is made. When the test
    fails, the requests that were made in it are attached to the report.
    """
    with _told_plainly():
        wanted = marker.read(request.node)
        within = wanted.in_process if wanted.in_process is not None else "mockserver_app" in request.fixturenames
        server: Server = request.getfixturevalue("_mockserver_in_process" if within else "mockserver")
        made = server.made(wanted.worlds)
    from mockserver.pytest_plugin.evidence import FailureReport

    request.node.stash[_EVIDENCE] = evidence = FailureReport(made)
    yield made
    evidence.keep()
    with _told_plainly():
        server.forget(made)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --mockserver-url, and mockserver_url for an ini file."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker, and get ready to find a server; none is started yet."""
    from mockserver.pytest_plugin.home import ServerManager

    config.addinivalue_line("markers", marker.HELP)
    config.stash[_HOME] = ServerManager(options.url(config), options.admin_token(), getattr(config, "workerinput", {}))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where to ask for the server that all of them share."""
    node.workerinput.update(node.config.stash[_HOME].shared())


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server, if this process started one."""
    if _HOME in config.stash:
        config.stash[_HOME].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what was asked in the test's sandbox to the report of a failure."""
    report = yield
    if report.failed and _EVIDENCE in item.stash:
        report.sections.append(item.stash[_EVIDENCE].section())
    return report


class _told_plainly:  # noqa: N801 (reads as the statement that it is)
    """Has the plugin's own errors fail the test with their words alone, since no line of the test is to blame."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        if isinstance(error, MockserverGone | MockserverRefused | marker.MarkerError):
            raise pytest.fail.Exception(str(error), pytrace=False) from None

"""The fixtures of the plugin, except the one named `mockserver`.

They depend on each other by names that nobody else uses, so that a user's fixture can have the name of a public one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from analytics_mockserver.pytest_plugin import marks
from analytics_mockserver.pytest_plugin.session import REPORT, failing_without_traceback, manager

if TYPE_CHECKING:
    from flask import Flask

    from analytics_mockserver.pytest_plugin.sandboxes import SandboxFixture
    from analytics_mockserver.pytest_plugin.servers import MockserverFixture


@pytest.fixture(scope="session")
def _analytics_mockserver(pytestconfig: pytest.Config) -> "Iterator[MockserverFixture]":
    with failing_without_traceback():
        server = manager(pytestconfig).server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def _analytics_mockserver_app() -> "Flask":
    from analytics_mockserver.pytest_plugin import servers

    with failing_without_traceback():
        return servers.create_app()


@pytest.fixture(scope="session")
def _analytics_mockserver_in_process(_analytics_mockserver_app: "Flask") -> "MockserverFixture":
    from analytics_mockserver.pytest_plugin import servers

    return servers.in_process_server(_analytics_mockserver_app)


@pytest.fixture(scope="session")
def mockserver_app(_analytics_mockserver_app: "Flask") -> "Flask":
    """The server as a WSGI app in this process, without a socket; created on first use.

    The `sandbox` of a test is in this app if the test also uses this fixture, or is marked with
    `@pytest.mark.mockserver(in_process=True)`:

        httpx.Client(transport=httpx.WSGITransport(app=mockserver_app), base_url=sandbox.url)
        mockserver_app.test_client().get("/some/path", headers=sandbox.headers("some-vendor"))

    It is for quick tests of a client with a replaceable transport. As there is no connection, faults of connections
    (reset, truncate_bytes, stall_seconds, drip_seconds, chunked, close_idle) are refused. MOCKSERVER_... variables are
    ignored: what the marker does not set has the default of `mockserver serve`.
    """
    return _analytics_mockserver_app


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
    with failing_without_traceback():
        settings, in_process = marks.read(request.node)
        if in_process is None:
            in_process = "_analytics_mockserver_app" in request.fixturenames
        name = "_analytics_mockserver_in_process" if in_process else "_analytics_mockserver"
        server: MockserverFixture = request.getfixturevalue(name)
        created = server.create_sandbox(settings)
    from analytics_mockserver.pytest_plugin.requests import FailureReport

    request.node.stash[REPORT] = report = FailureReport(created.id, created.requests)
    yield created
    report.save()
    with failing_without_traceback():
        server.delete_sandbox(created)

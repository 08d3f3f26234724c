"""The fixture `mockserver`, by itself: it is left out where another plugin has a fixture of this name."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from analytics_mockserver.pytest_plugin.servers import MockserverFixture


@pytest.fixture(scope="session")
def mockserver(_analytics_mockserver: "MockserverFixture") -> "MockserverFixture":
    """The mock server of this session: started on a free port on first use, or the one given by --mockserver-url.

    The workers of pytest-xdist share it. It ends with the session, even if pytest is killed.

    mockserver.url                     the base URL of every vendor's API
    mockserver.vendors                 the names of the vendors
    mockserver.sandbox(seed=7, ...)    a context manager that creates one more sandbox: for a test that needs two, or
                                       a fixture with a wider scope; it takes the arguments of the marker
    """
    return _analytics_mockserver

"""What the hooks and the fixtures of the plugin share: the server of this pytest process, and reports of failures."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from analytics_mockserver.pytest_plugin import options

if TYPE_CHECKING:
    from analytics_mockserver.pytest_plugin.requests import FailureReport
    from analytics_mockserver.pytest_plugin.server_process import ServerManager

MANAGER: "pytest.StashKey[ServerManager]" = pytest.StashKey()
REPORT: "pytest.StashKey[FailureReport]" = pytest.StashKey()


def manager(config: pytest.Config) -> "ServerManager":
    """The manager of this process's server, created on first use."""
    if MANAGER not in config.stash:
        from analytics_mockserver.pytest_plugin.server_command import ServerCommand
        from analytics_mockserver.pytest_plugin.server_process import ServerManager

        words = options.server_command(config)
        config.stash[MANAGER] = ServerManager(
            options.server_url(config),
            options.admin_token(),
            getattr(config, "workerinput", {}),
            ServerCommand.configured(words, config.rootpath) if words else ServerCommand(),
        )
    return config.stash[MANAGER]


@contextmanager
def failing_without_traceback() -> Iterator[None]:
    """Fail the test with the message of an exception alone, because no line of the test is to blame."""
    from analytics_mockserver.client import Refused
    from analytics_mockserver.ownership import PackageUnusable
    from analytics_mockserver.pytest_plugin.server_process import MockserverGone

    try:
        yield
    except (MockserverGone, Refused, PackageUnusable, options.MarkerError) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None

"""How a command reaches a server: one at a URL, or one that runs only as long as it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import asking

if TYPE_CHECKING:
    from mockserver.client import Client


@contextmanager
def server(url: str | None, **settings: Any) -> Iterator[str]:
    """The URL of the server that is named, or of one with these settings that ends with the block."""
    if url is not None:
        yield asking.checked(url)
        return
    from mockserver import server
    from mockserver.app import create_app
    from mockserver.settings import Settings, SettingsError

    try:
        app = create_app(Settings(**settings))
    except (SettingsError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    with server.in_thread(app) as running:
        yield running.url


def client(url: str, admin_token: str | None) -> "Client":
    """A client of a server; a usage error if none answers there."""
    from mockserver.client import Client, NoAnswer, Refused

    try:
        made = Client(url, admin_token=admin_token)
        with suppress(Refused):  # A server answers; whoever uses the client sees what it refuses.
            made.health()
    except (ValueError, NoAnswer) as error:
        raise click.UsageError(f"no server of ours answers at {url}: {error}") from error
    else:
        return made

"""Answers how a command reaches a server with any request: one that is named, or one that lives while it is needed.

What is asked stays out.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from mockserver.cli import asking

if TYPE_CHECKING:
    from mockserver.cases.running import Answer, Send

_TIMEOUT = 60
"""Seconds."""


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


def sender(url: str, admin_token: str | None) -> "Send":
    """What sends a request to a server, each on a connection of its own; a usage error when there is none."""
    from mockserver.cases.running import MOCK, Answer, IncompleteAnswer

    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    shown = {"Authorization": f"Bearer {admin_token}"} if admin_token else {}

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes) -> "Answer":
        own = shown if target.startswith(MOCK) else {}
        try:
            with closing(kind(parts.netloc, timeout=_TIMEOUT)) as connection:
                connection.request(method, target, body or None, {**own, **headers})
                answer = connection.getresponse()
                named = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, named, answer.read())
        except (IncompleteRead, ConnectionResetError) as error:
            raise IncompleteAnswer from error
        except (OSError, HTTPException) as error:
            raise click.UsageError(f"no server of ours answers at {url}: {error!r}") from error

    return send

"""Servers that commands call: one at a URL, or one that runs only as long as a command needs it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.client import Client, Response, Transport
    from mockserver.settings import Settings

TIMEOUT = 120.0
"""Seconds without a byte after which a server counts as gone: the first look at a large organization takes long."""


@contextmanager
def connect(url: str | None, admin_token: str | None = None, **settings: Any) -> "Iterator[Client]":
    """A client of the server at a URL; without a URL, of one with these settings that ends with the block.

    A server that cannot be reached, is not a mock server, or refuses a call, ends the command with a usage error.
    """
    from mockserver.client import Client, NoAnswer, Refused

    with _running(settings) if url is None else nullcontext(url) as address:
        try:
            client = Client(address, admin_token=admin_token, timeout=TIMEOUT)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--url") from error
        try:
            with client:
                with suppress(Refused):  # What is refused here is refused to the command, which knows how to say it.
                    client.health()
                yield client
        except (NoAnswer, Refused) as error:
            raise click.UsageError(str(error)) from error


@contextmanager
def in_process(settings: "Settings") -> "Iterator[Client]":
    """A client of an app that listens nowhere."""
    from mockserver.cli import app_factory
    from mockserver.client import Client, Refused

    app = app_factory.app(settings)
    try:
        yield Client(f"http://{settings.host}", transport=_transport(app, settings.host))
    except Refused as error:
        raise click.UsageError(error.detail) from error


@contextmanager
def _running(settings: Mapping[str, Any]) -> Iterator[str]:
    from mockserver import server
    from mockserver.cli import app_factory
    from mockserver.settings import Settings

    with server.in_thread(app_factory.app(Settings(**settings))) as running:
        yield running.url


def _transport(app: "Flask", host: str) -> "Transport":
    from mockserver.client import Response

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes) -> "Response":
        answer = app.test_client().open(target, method=method, headers={"Host": host, **headers}, data=body)
        return Response(answer.status_code, {name.lower(): value for name, value in answer.headers}, answer.data)

    return send

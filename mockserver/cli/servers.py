"""Settings and apps from a command's flags, and the servers that commands call.

Flags that are invalid end the command with exit code 2.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mockserver import settings

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.admin.admin_context import Sources
    from mockserver.client import Client
    from mockserver.gateway.sandbox import SandboxConfig

TIMEOUT = 120.0
"""Seconds without a byte after which a server counts as gone: the first look at a large organization takes long."""


def settings_from(now: str | None = None, policy: tuple[str, ...] = (), **flags: Any) -> settings.Settings:
    """The settings for these flags; a usage error when they are invalid."""
    try:
        timestamp = None if now is None else settings.parse_timestamp(now)
        return settings.Settings(now=timestamp, policy=tuple(settings.parse_switch(each) for each in policy), **flags)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error


def create_app(chosen: settings.Settings) -> "Flask":
    """The app for these settings; a usage error, or the problems of an organization file, when they are invalid."""
    from mockserver import app

    with _usage_errors():
        return app.create_app(chosen)


def default_config(chosen: settings.Settings) -> "tuple[Sources, SandboxConfig]":
    """What sandboxes are made from, and the config of the default one; the same errors as those of `create_app`."""
    from mockserver import app

    with _usage_errors():
        found = app.sources()
        return found, app.default_config(chosen, found)


@contextmanager
def _usage_errors() -> Iterator[None]:
    from mockserver.organizations.files import OrganizationError

    try:
        yield
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    except OrganizationError as error:
        stop(str(error), click.UsageError.exit_code)


def stop(text: str, code: int) -> NoReturn:
    """End the command with a line on stderr."""
    click.echo(text, err=True)
    sys.exit(code)


@contextmanager
def connect(url: str | None, admin_token: str | None = None, **flags: Any) -> "Iterator[Client]":
    """A client of the server at a URL; without a URL, of a server with these flags, which ends with the block.

    A server that cannot be reached, is not a mock server, or refuses a call, ends the command with a usage error.
    """
    from mockserver.client import Client, NoAnswer, Refused

    with _running(flags) if url is None else nullcontext(url) as address:
        try:
            client = Client(address, admin_token=admin_token, timeout=TIMEOUT)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--url") from error
        try:
            with client:
                with suppress(Refused):  # The command gets the same refusal, and knows how to report it.
                    client.health()
                yield client
        except NoAnswer as error:
            raise click.UsageError(str(error)) from error
        except Refused as error:
            raise click.UsageError(error.detail if url is None else str(error)) from error


@contextmanager
def _running(flags: Mapping[str, Any]) -> Iterator[str]:
    from mockserver import server

    with server.in_thread(create_app(settings_from(**flags))) as running:
        yield running.url

"""Settings from a command's flags, the servers that commands call, and the end of a command that cannot run."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from mockserver import settings

if TYPE_CHECKING:
    from mockserver.client import Client
    from mockserver.simulation.organization import Organization

TIMEOUT = 120.0
"""Seconds without a byte after which a server counts as gone: the first look at a large organization takes long."""


def settings_from(now: str | None = None, policy: tuple[str, ...] = (), **flags: Any) -> settings.Settings:
    """The settings for these flags; SettingsError when they are invalid."""
    timestamp = None if now is None else settings.parse_timestamp(now)
    return settings.Settings(now=timestamp, policy=tuple(settings.parse_switch(each) for each in policy), **flags)


def organization(slug: str, file: Path | None) -> "Organization":
    """The organization of a command that needs no server; a usage error when there is none."""
    from mockserver.organizations import files

    with usage_errors():
        return files.load(file) if file else files.named(slug)


@contextmanager
def usage_errors(*kinds: type[Exception]) -> Iterator[None]:
    """End the command when settings are invalid, or by errors of these kinds, as usage errors.

    The problems of an organization file are printed as they are, a line for each.
    """
    invalid: tuple[type[Exception], ...] = (settings.SettingsError, *kinds)
    try:
        yield
    except invalid as error:
        from mockserver.cli import config_defaults

        raise InvalidFlags(f"{error}{config_defaults.note()}") from error
    except ValueError as error:
        from mockserver.organizations.files import OrganizationError

        if not isinstance(error, OrganizationError):
            raise
        stop(str(error), click.UsageError.exit_code)


@contextmanager
def unusable_store() -> Iterator[None]:
    """End the command with code 1 when its store cannot be used."""
    from mockserver.gateway.rejection import StoreUnavailable
    from mockserver.gateway.store.address import StoreUnusable

    try:
        yield
    except (StoreUnusable, StoreUnavailable) as error:
        stop(str(error), 1)


class InvalidFlags(click.UsageError):
    """Flags that are wrong in one way or several; each line of the message begins like any other error."""

    def format_message(self) -> str:
        return self.message.replace("\n", "\nError: ")


def stop(text: str, code: int) -> NoReturn:
    """End the command with an error on stderr, which may have several lines."""
    for line in text.splitlines():
        click.echo(f"Error: {line}", err=True)
    sys.exit(code)


@contextmanager
def connect(url: str | None, admin_token: str | None = None, **flags: Any) -> "Iterator[Client]":
    """A client of the server at a URL; without a URL, of a server with these flags, which ends with the block.

    A server that cannot be reached, is not a mock server, or answers with a 5xx ends the command with code 1; a server
    that refuses a call, with a usage error.
    """
    from mockserver.client import Client, NoAnswer, Refused

    _name_variable(url)
    with _running(flags) if url is None else nullcontext(url) as address:
        try:
            with Client(address, admin_token=admin_token, timeout=TIMEOUT) as client:
                _check_health(client)
                yield client
        except NoAnswer as error:
            raise failure(str(error), error) from error
        except Refused as error:
            raise failure(error.detail if url is None else str(error), error) from error


def failure(text: str, cause: BaseException | None) -> click.ClickException:
    """The error for a failed call: a usage error, except for no answer or a 5xx, which no argument causes."""
    from mockserver.client import NoAnswer, Refused

    is_from_server = isinstance(cause, NoAnswer) or (isinstance(cause, Refused) and cause.status >= 500)
    return (click.ClickException if is_from_server else click.UsageError)(text)


def _name_variable(url: str | None) -> None:
    """Say which server is called if only a variable names it, and the command would otherwise start its own."""
    ctx = click.get_current_context()
    option = next((each for each in ctx.command.params if each.name == "url"), None)
    if option is None or isinstance(option.default, str):
        return
    if ctx.get_parameter_source("url") is ParameterSource.ENVIRONMENT:
        click.echo(f"Note: the server at {url} is used, because {option.envvar} names it", err=True)


def _check_health(client: "Client") -> None:
    """Every mock server answers this, with or without its admin token."""
    from mockserver.client import Refused

    try:
        client.health()
    except Refused as error:
        if error.status >= 500:  # Its own, or that of a balancer in front of it.
            raise
        raise click.ClickException(f"{client.url} is not the URL of a mock server: {error}") from error


@contextmanager
def _running(flags: Mapping[str, Any]) -> Iterator[str]:
    from mockserver import app, server

    with usage_errors():
        created = app.create_app(settings_from(**flags))
    with server.in_thread(created) as running:
        yield running.url

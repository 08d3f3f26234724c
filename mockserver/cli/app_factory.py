"""Settings and apps from a command's flags, and the end of a command whose flags are invalid."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mockserver import settings

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.admin.admin_context import Sources
    from mockserver.gateway.sandbox import SandboxConfig


def settings_from(now: str | None, policy: tuple[str, ...], **flags: Any) -> settings.Settings:
    """The settings for these flags; a usage error when they are invalid."""
    try:
        timestamp = None if now is None else settings.parse_timestamp(now)
        return settings.Settings(now=timestamp, policy=tuple(settings.parse_switch(each) for each in policy), **flags)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error


def app(chosen: settings.Settings) -> "Flask":
    """The app for these settings; a usage error, or the problems of an organization file, when they are invalid."""
    from mockserver.app import create_app

    with _usage_errors():
        return create_app(chosen)


def default_config(chosen: settings.Settings) -> "tuple[Sources, SandboxConfig]":
    """What sandboxes are made from, and the config of the default one; the same errors as those of `app`."""
    from mockserver.app import default_config, sources

    with _usage_errors():
        found = sources()
        return found, default_config(chosen, found)


@contextmanager
def _usage_errors() -> Iterator[None]:
    """End the command with exit code 2 when the settings or the organization file are invalid."""
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

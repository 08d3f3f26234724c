"""Answers how a command's flags become settings and an app, and how it stops when they cannot.

What the flags are stays out (`options`), and so does what the settings may be (`settings`).
"""

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


def stated(now: str | None, policy: tuple[str, ...], **flags: Any) -> settings.Settings:
    """The settings that flags mean; a usage error says what cannot be."""
    try:
        instant = None if now is None else settings.parse_timestamp(now)
        return settings.Settings(now=instant, policy=tuple(settings.parse_switch(each) for each in policy), **flags)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error


def app(wanted: settings.Settings) -> "Flask":
    """The app that settings mean; a usage error, or a bad organization file's own problems, say what cannot be."""
    from mockserver.app import create_app

    with _usage_errors():
        return create_app(wanted)


def default_config(wanted: settings.Settings) -> "tuple[Sources, SandboxConfig]":
    """What sandboxes are made from, and the config of the default one; the same errors as those of `app`."""
    from mockserver.app import default_config, sources

    with _usage_errors():
        found = sources()
        return found, default_config(wanted, found)


@contextmanager
def _usage_errors() -> Iterator[None]:
    """End the command with exit code 2 where the settings or the organization file cannot be."""
    from mockserver.organizations.problems import OrganizationError

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

"""Answers how a command's flags become settings and an app, and how it stops when they cannot.

What the flags are stays out (`options`), and so does what the settings may be (`settings`).
"""

import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mockserver import settings

if TYPE_CHECKING:
    from flask import Flask


def stated(now: str | None, policy: tuple[str, ...], **flags: Any) -> settings.Settings:
    """The settings that flags mean; a usage error says what cannot be."""
    try:
        instant = None if now is None else settings.parse_timestamp(now)
        return settings.Settings(now=instant, policy=tuple(settings.parse_switch(each) for each in policy), **flags)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error


def app(wanted: settings.Settings) -> "Flask":
    """The app that settings mean; a usage error, or a bad organisation file's own words, says what cannot be."""
    from mockserver.app import create_app
    from mockserver.organizations.problems import OrganizationError

    try:
        return create_app(wanted)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    except OrganizationError as error:
        stop(str(error), click.UsageError.exit_code)


def stop(text: str, code: int) -> NoReturn:
    """End the command with a line on stderr."""
    click.echo(text, err=True)
    sys.exit(code)

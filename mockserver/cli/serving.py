"""Answers `mockserver serve`: flags into settings, settings into an app, the app onto a port.

Serving itself stays out (`server`), and so does what the settings may be (`settings`).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from mockserver import settings
from mockserver.cli import logs, options
from mockserver.cli.options import DEFAULTS, option

PORT_TAKEN = 3
"""The exit code when another program listens on the port."""


@click.command
@option("--host", default=DEFAULTS.host, help="The address to listen on; beyond loopback, --admin-token is required.")
@option("--port", type=click.IntRange(0, 65535), default=DEFAULTS.port, help="The port; 0 picks a free one.")
@options.organization
@option(
    "--organization-file", type=click.Path(path_type=Path), help="Your own organisation, in place of a bundled one."
)
@option("--now", metavar="INSTANT", help="Start the clock here, as in 2025-10-21T10:30:00Z, and run on.")
@option("--freeze", is_flag=True, help="Let the clock stand still.")
@option("--limits", type=click.Choice(("documented", "off")), default=DEFAULTS.limits, help="The vendors' rate limits.")
@option("--policy", multiple=True, metavar="VENDOR.SWITCH=VALUE", help="Settle an undocumented choice; repeatable.")
@option("--policy-file", type=click.Path(path_type=Path), help="Choices in YAML, by vendor and switch; --policy wins.")
@option("--admin-token", help="What /_mock then asks for, as a Bearer token.")
@option("--journal-size", type=click.IntRange(min=1), default=DEFAULTS.journal_size, help="Requests remembered.")
@option("--server", type=click.Choice(("granian", "threaded")), default=DEFAULTS.server, help="What serves.")
@option("--threads", type=click.IntRange(min=1), default=DEFAULTS.threads, help="Requests at a time, with granian.")
@option("--log-level", type=click.Choice(("debug", "info", "warning")), default="info", help="What is worth a line.")
@option("--json", "as_json", is_flag=True, help='When ready, print {"url": …, "pid": …}.')
def serve(*, as_json: bool, log_level: str, **flags: Any) -> None:
    """Serve every vendor's API on one port, until Ctrl-C.

    The vendors' paths stand at the root, /_mock controls the clock, limits and choices. When the server is ready, one
    line says where; the log goes to stderr.
    """
    logs.configure(log_level)
    stated = _settings(**flags)
    app = _app(stated)
    from mockserver import server

    def ready(url: str) -> None:
        click.echo(json.dumps({"url": url, "pid": os.getpid()}) if as_json else f"Serving at {url}; Ctrl-C stops.")

    try:
        server.serve(app, stated.host, stated.port, stated.server, stated.threads, ready)
    except server.PortTaken as error:
        _stop(str(error), PORT_TAKEN)
    except OSError as error:
        raise click.UsageError(f"cannot listen on {stated.host}: {error.strerror}; choose another --host") from error


def _settings(now: str | None, policy: tuple[str, ...], **flags: Any) -> settings.Settings:
    try:
        instant = None if now is None else settings.instant(now)
        return settings.Settings(now=instant, policy=tuple(settings.switched(each) for each in policy), **flags)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error


def _app(stated: settings.Settings) -> Any:
    from mockserver.app import create_app
    from mockserver.organizations.problems import OrganizationError

    try:
        return create_app(stated)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    except OrganizationError as error:
        _stop(str(error), click.UsageError.exit_code)


def _stop(text: str, code: int) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(code)

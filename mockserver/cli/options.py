"""What commands share: their options, and how they print JSON.

An option that says which server is meant, or how a server starts, has an environment variable, which its help names:
MOCKSERVER_ and the flag's name in upper case. What concerns one call of one command has none, except for `serve`.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from mockserver import settings

DEFAULTS = settings.Settings()
DEFAULT_URL = f"http://{DEFAULTS.host}:{DEFAULTS.port}"

GRADES = ("D", "O", "I", "A")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Command = TypeVar("Command", bound=Callable[..., Any])


def option(flag: str, *names: str, **more: Any) -> Callable[[Command], Command]:
    """Click's option, with the environment variable that belongs to the flag's name."""
    variable = settings.variable(flag.removeprefix("--"))
    return click.option(flag, *names, envvar=variable, show_default=True, show_envvar=True, **more)


class Port(click.IntRange):
    """A port. What Kubernetes sets for a Service of our name is not one, and is passed over."""

    def __init__(self) -> None:
        super().__init__(0, 65535)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or the default in place of a Service's address."""
        is_variable = ctx and param and ctx.get_parameter_source(str(param.name)) is ParameterSource.ENVIRONMENT
        if is_variable and str(value).startswith(("tcp://", "udp://", "sctp://")):
            variable = settings.variable("port")
            click.echo(f"Warning: {variable}={value} is ignored: it is the address of a Kubernetes Service", err=True)
            return DEFAULTS.port
        return super().convert(value, param, ctx)


class Day(click.ParamType[date]):
    """A day, such as the first or last one of a range."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value if _DAY.fullmatch(value) else "")
        except ValueError:
            self.fail(f"{value!r} is not a date that exists, written as in 2025-09-01", param, ctx)


class Url(click.types.StringParamType):
    """The URL of a server, without a slash at its end."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from mockserver.client import HttpTransport

        try:
            return HttpTransport(value).url
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _read_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if context.resilient_parsing:
        return
    from mockserver.cli import config_defaults, servers
    from mockserver.cli.config_file import ConfigError

    try:
        config_defaults.read(context, path)
    except ConfigError as error:
        raise servers.InvalidFlags(str(error)) from error


# Eager, so that it is read before any other option takes its default from it.
config = option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    callback=_read_config,
    expose_value=False,
    help="A file with settings, below flags and variables. Default: mockserver.toml, or [tool.mockserver] in "
    "pyproject.toml, in the working directory or the nearest one above it.",
)


def completed(name: str) -> Callable[[click.Context, click.Parameter, str], Any]:
    """Click's function that completes the value of an option or argument; `values` has it, by name."""

    def complete(context: click.Context, param: click.Parameter, incomplete: str) -> Any:
        from mockserver.cli import values

        return getattr(values, name)(context, param, incomplete)

    return complete


def admin_token_options(description: str) -> Callable[[Command], Command]:
    """The options --admin-token and --admin-token-file; the command gets the token as `admin_token` from either."""
    in_file = option(
        "--admin-token-file",
        type=click.Path(path_type=Path),
        callback=_read_admin_token,
        expose_value=False,
        help="A file with the admin token, instead of --admin-token itself.",
    )
    # Eager, so that it is known when the file is read.
    given = option(
        "--admin-token",
        is_eager=True,
        help=f"{description} Other users of the machine can see it: --admin-token-file and variables hide it.",
    )
    return lambda command: given(in_file(command))


def _read_admin_token(context: click.Context, param: click.Parameter, path: Path | None) -> None:
    from analytics_mockserver import admin_token

    token = context.params.get("admin_token")
    sources = [context.get_parameter_source(name) for name in ("admin_token", str(param.name))]
    if None not in {token, path} and sources.count(ParameterSource.DEFAULT_MAP) == 1:
        # A flag or a variable wins over the other one in a configuration file.
        token, path = (None, path) if sources[0] is ParameterSource.DEFAULT_MAP else (token, None)
    try:
        context.params["admin_token"] = admin_token.choose(token, path)
    except admin_token.AdminTokenError as error:
        raise click.UsageError(str(error)) from error


def json_text(value: object) -> str:
    """A value as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def print_json(value: object) -> None:
    """Print a value as indented JSON on stdout."""
    click.echo(json_text(value))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """As in "1 case" or "2,000 cases"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


organization = option(
    "--organization",
    default=DEFAULTS.organization,
    shell_complete=completed("organizations"),
    help="A bundled organization, by its slug.",
)
organization_file = option(
    "--organization-file", type=click.Path(path_type=Path), help="Your own organization file, instead of a bundled one."
)
case = option(
    "--case",
    metavar="ID",
    shell_complete=completed("cases"),
    help="Start in this case, one of `mockserver cases`; other flags override it.",
)
profile = option(
    "--profile",
    metavar="NAME",
    shell_complete=completed("profiles"),
    help="Let requests fail as in this profile, one of `mockserver profiles`; other flags override its switches.",
)
now = option(
    "--now",
    metavar="TIMESTAMP",
    help="Start the clock at this time, as in 2025-10-21T10:30:00Z; it runs on unless frozen.",
)
freeze = option("--freeze", is_flag=True, help="Stop the clock.")
limits = option(
    "--limits", type=click.Choice(("documented", "off")), default=DEFAULTS.limits, help="The vendors' rate limits."
)
policy = option(
    "--policy",
    multiple=True,
    metavar="VENDOR.SWITCH=VALUE",
    shell_complete=completed("switches"),
    help="Set a switch, an undocumented choice; repeatable.",
)
policy_file = option(
    "--policy-file",
    "--like",
    type=click.Path(path_type=Path),
    help="Switches in a YAML file, by vendor, such as `mockserver learn` makes; --policy overrides it.",
)
running_server = option(
    "--url",
    type=Url(),
    help="A running server; without it, and without the variable, the command starts one of its own.",
)
server_url = option("--url", type=Url(), default=DEFAULT_URL, help="The server's URL.")
admin_token = admin_token_options("The server's admin token, if it has one.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

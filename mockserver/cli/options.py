"""Command-line options, each with an environment variable named by one rule: MOCKSERVER_ and the flag's name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver import settings

DEFAULTS = settings.Settings()

Command = TypeVar("Command", bound=Callable[..., Any])


def option(flag: str, *names: str, **more: Any) -> Callable[[Command], Command]:
    """Click's option, with the environment variable that belongs to the flag's name."""
    variable = settings.variable(flag.removeprefix("--"))
    return click.option(flag, *names, envvar=variable, show_default=True, show_envvar=True, **more)


organization = option("--organization", default=DEFAULTS.organization, help="A bundled organization, by its slug.")
organization_file = option(
    "--organization-file", type=click.Path(path_type=Path), help="Your own organization file, instead of a bundled one."
)
case = option("--case", metavar="ID", help="Start in this case, one of `mockserver cases`; other flags override it.")
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
    "--policy", multiple=True, metavar="VENDOR.SWITCH=VALUE", help="Set a switch, an undocumented choice; repeatable."
)
policy_file = option(
    "--policy-file", type=click.Path(path_type=Path), help="Switches in a YAML file, by vendor; --policy overrides it."
)

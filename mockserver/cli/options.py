"""Answers how a flag is written: its default and its MOCKSERVER_… variable stand in the help, by one rule.

What a flag means stays out (`settings`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver import settings

DEFAULTS = settings.Settings()

Command = TypeVar("Command", bound=Callable[..., Any])


def option(flag: str, *names: str, **more: Any) -> Callable[[Command], Command]:
    """Click's option, for which the variable of the flag's name stands in as well."""
    variable = settings.variable(flag.removeprefix("--"))
    return click.option(flag, *names, envvar=variable, show_default=True, show_envvar=True, **more)


organization = option("--organization", default=DEFAULTS.organization, help="A bundled organisation, by its slug.")
organization_file = option(
    "--organization-file", type=click.Path(path_type=Path), help="Your own organisation, in place of a bundled one."
)
case = option(
    "--case", metavar="ID", help="Start in this situation, one of `mockserver cases`; other flags win over it."
)
now = option(
    "--now",
    metavar="INSTANT",
    help="Start the clock here, as in 2025-10-21T10:30:00Z; it runs on, unless it is frozen.",
)
freeze = option("--freeze", is_flag=True, help="Let the clock stand still.")
limits = option(
    "--limits", type=click.Choice(("documented", "off")), default=DEFAULTS.limits, help="The vendors' rate limits."
)
policy = option(
    "--policy", multiple=True, metavar="VENDOR.SWITCH=VALUE", help="Settle an undocumented choice; repeatable."
)
policy_file = option(
    "--policy-file", type=click.Path(path_type=Path), help="Choices in YAML, by vendor and switch; --policy wins."
)

"""Answers how a flag is written: its default and its MOCKSERVER_… variable stand in the help, by one rule.

What a flag means stays out (`settings`).
"""

from collections.abc import Callable
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

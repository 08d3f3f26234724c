"""Flags that contradict each other: the command that has them refuses them, and names both.

A variable counts as given too, but it may be meant for another command: each rule says what it does about variables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import click
from click.core import ParameterSource

_GIVEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


class Rule(Protocol):
    """Something that the flags of a command have to obey."""

    def problem(self, ctx: click.Context) -> str | None:
        """What is wrong with the flags, and what to do; None if they obey the rule."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two options, by parameter name, that cannot be combined.

    With `only_flags`, a variable for `second` gives way without a word; a flag is always refused.
    """

    first: str
    second: str
    reason: str
    only_flags: bool = False

    def problem(self, ctx: click.Context) -> str | None:
        sources = [ctx.get_parameter_source(name) for name in (self.first, self.second)]
        if any(source not in _GIVEN for source in sources):
            return None
        if self.only_flags and sources[1] is not ParameterSource.COMMANDLINE:
            return None
        return f"{_name(ctx, self.second)} contradicts {_name(ctx, self.first)}: {self.reason}; {self._remedy(ctx)}"

    def _remedy(self, ctx: click.Context) -> str:
        pair = (self.first, self.second)
        variables = [_name(ctx, name) for name in pair if ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT]
        flags = [_name(ctx, name) for name in pair if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
        if not variables:
            return "leave one of them out"
        return " or ".join([*(f"leave {flag} out" for flag in flags), *(f"run `unset {name}`" for name in variables)])


@dataclass(frozen=True, slots=True)
class Needs:
    """A flag that does nothing without another.

    A variable for the flag may be meant for another command, and gives way without a word.
    """

    flag: str
    other: str
    reason: str

    def problem(self, ctx: click.Context) -> str | None:
        is_given = ctx.get_parameter_source(self.other) in _GIVEN
        if is_given or ctx.get_parameter_source(self.flag) is not ParameterSource.COMMANDLINE:
            return None
        return f"{_flag(ctx, self.flag)} needs {_flag(ctx, self.other)}: {self.reason}"


ONE_ORGANIZATION = Conflict("organization_file", "organization", "there is one organization")

_OF_ITS_OWN = "a running server has an organization and a clock of its own"
RUNNING_SERVER: tuple[Rule, ...] = (
    *(Conflict("url", name, _OF_ITS_OWN, only_flags=True) for name in ("organization", "organization_file", "now")),
    Needs("admin_token", "url", "a server that the command starts has no admin token"),
)
"""For commands that call the server at --url, or start one without it."""


class Command(click.Command):
    """A command with rules for its flags; a usage error when they break one."""

    rules: tuple[Rule, ...] = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        remaining = super().parse_args(ctx, args)
        if ctx.default_map:
            from mockserver.cli import config_defaults

            config_defaults.give_way(ctx)
        for rule in () if ctx.resilient_parsing else self.rules:
            if problem := rule.problem(ctx):
                raise click.UsageError(problem, ctx)
        return remaining


def command(*rules: Rule, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """Click's decorator for a command whose flags obey rules."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(cls=Command, **attributes)(function)
        made.rules = rules
        return made

    return decorate


def _flag(ctx: click.Context, name: str) -> str:
    return next(each.opts[0] for each in ctx.command.params if each.name == name)


def _name(ctx: click.Context, name: str) -> str:
    """The flag, or the variable that is set in its place."""
    if ctx.get_parameter_source(name) is not ParameterSource.ENVIRONMENT:
        return _flag(ctx, name)
    return next(str(each.envvar) for each in ctx.command.params if each.name == name)

"""The pages on commands and settings, from the commands themselves."""

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

from mockserver.cli import main, serving
from tools.markdown import table

COMMANDS = """\
# Commands

`mockserver`, or `analytics-mockserver`, which is a second name of it. `mockserver COMMAND --help` prints the same text.
Every error begins with `Error: `.

| exit code | meaning |
| --- | --- |
| 0 | fine |
| 1 | there are findings, no server responded, the server failed (5xx), or the output could not be written |
| 2 | wrong flags or arguments |
| 3 | the port is taken |
"""

SETTINGS = """\
# Settings

Each flag of `mockserver serve` has an environment variable, and except for `--config` a key in a
[configuration file](../how-to/configure.md), which is the name of the flag without `--`. A flag overrides its variable,
and a variable the file. The other commands take the variables of the flags that they share with `serve`, and
`MOCKSERVER_URL`; the [help of a command](commands.md) names them.

Flags that contradict each other, or a variable, are an error: `mockserver audit --organization globex`, for instance,
if `MOCKSERVER_URL` names a running server.
"""


def commands() -> str:
    """Every command with its help and its flags."""
    return "\n".join((COMMANDS, *_sections(main, click.Context(main, info_name="mockserver"))))


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(own))
        yield f"## {own.command_path}\n"
        yield f"`{own.command_path} {usage}`\n"
        yield from map(_help, filter(None, (command.help, command.epilog)))
        yield from filter(None, [_flags(command)])
        if isinstance(command, click.Group):
            yield from (section.replace("## ", "### ", 1) for section in _sections(command, own))


def _help(text: str) -> str:
    """A help text, in which click keeps the lines of paragraphs that begin with a backspace."""
    paragraphs = re.split(r"\n\s*\n", cleandoc(text))
    return "\n".join(_preformatted(each) if each.startswith("\b\n") else f"{each}\n" for each in paragraphs)


def _preformatted(paragraph: str) -> str:
    first, *rest = paragraph.removeprefix("\b\n").splitlines()
    before, lines = (f"{first}\n\n", rest) if first.endswith(":") else ("", [first, *rest])
    return before + "\n".join(("```text", *(line.removeprefix("  ") for line in lines), "```", ""))


def _flags(command: click.Command) -> str:
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    if not options:
        return ""
    rows = ((f"`{_flag(each)}`", _variable(each), _default(each), each.help or "") for each in options)
    return table([("flag", "variable", "default", "description"), *rows])


def _flag(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or _type(option)}"
    return f"{option.opts[0]}{value}"


def _type(option: click.Option) -> str:
    return "|".join(option.type.choices) if isinstance(option.type, click.Choice) else option.type.name.upper()


def _variable(option: click.Option) -> str:
    return f"`{option.envvar}`" if option.envvar else ""


def _default(option: click.Option) -> str:
    shown = isinstance(option.default, str | int | float) and not option.is_flag
    return f"`{option.default:g}`" if isinstance(option.default, float) else f"`{option.default}`" if shown else ""


def settings() -> str:
    """The flags of `serve`, with their variables."""
    return f"{SETTINGS}\n{_flags(serving.serve)}"

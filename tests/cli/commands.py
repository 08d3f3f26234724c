"""Every command by its name, subcommands included, so that a test can hold for all of them."""

from collections.abc import Iterator

import click

from mockserver.cli import main


def _all(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix}{name}", command
        if isinstance(command, click.Group):
            yield from _all(command, f"{name} ")


COMMANDS = dict(_all(main))
OPTIONS = {
    f"{name} {option.opts[0]}": (command, option)
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option) and not option.hidden
}

"""The `mockserver` command: one group, and a module for each family of commands.

A command's module is imported when the command is called or listed, and what it needs when it runs.
"""

import os
from importlib import import_module
from typing import Any

import click

from mockserver.cli import output
from mockserver.cli.servers import stop

EXAMPLES = """
\b
Examples:
  mockserver serve
  mockserver tokens
  mockserver cases C001
  mockserver serve --organization hooli --limits off
  mockserver serve --organization documented
  mockserver serve --now 2025-10-21T10:30:00Z --freeze --port 0 --json
  mockserver serve --policy metrics.subteams=with   (`mockserver switches` lists them)
  mockserver serve --case C001
  mockserver serve --profile flaky
  mockserver wait --url http://127.0.0.1:8080
  mockserver lint --url http://127.0.0.1:8080
  mockserver metric ai-active-users --from 2025-09-01 --to 2025-09-30 --bucket week
  mockserver sweep -- pytest tests/
  mockserver torture -- pytest tests/
  mockserver organizations new --people 300 --seed 7 > mine.yaml
  mockserver serve --organization-file mine.yaml
  mockserver config > mockserver.toml

\b
Exit codes:
  0  fine
  1  findings, or no server answers, or the output cannot be written
  2  usage
  3  the port is taken
"""


_GROUPS = {
    "First steps": ("serve", "tokens", "cases"),
    "Testing a client": ("profiles", "env", "wait", "lint", "metric", "total", "sweep", "torture"),
    "What is simulated": ("organizations", "switches", "learn", "compare", "doctor", "fidelity", "audit"),
    "Setup": ("config", "healthcheck", "completion", "version"),
}
"""The commands as the help lists them."""

_MODULES = {"serve": "serving"}
"""The module of a command, where it is not named like the command; in it, the command has its name."""

_FORMER_NAMES = {"conduct": "lint"}
"""Names that commands had before, which the help does not list."""


class Commands(click.Group):
    """The commands, each imported when it is first looked at."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's form)
        return [name for names in _GROUPS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = _FORMER_NAMES.get(cmd_name, cmd_name)
        if name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{_MODULES.get(name, name)}"), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or suggest one: click knows only commands that are imported already."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            from analytics_mockserver.suggestions import unknown_name

            ctx.fail(unknown_name("command", name, self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in groups, with their summaries in one column."""
        width = max(map(len, self.list_commands(ctx)))
        for title, names in _GROUPS.items():
            found = ((name, self.get_command(ctx, name)) for name in names)
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), each.get_short_help_str(formatter.width)) for name, each in found if each]
                )

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line, with three standard streams."""
        output.open_streams()
        if "_MOCKSERVER_COMPLETE" in os.environ:  # A shell asks for completions; this module has those for PowerShell.
            import_module(f"{__name__}.completion")
        return super().main(*args, **extra)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the flags before the command, of which --help and --version print; see `invoke` about their output."""
        with output.complete():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a vendor's folder that lacks a file ends it with one line, as does an unwritable output.

        Outside of this method, click ends the process without a word when a pipe is broken.
        """
        try:
            with output.complete():
                return super().invoke(ctx)
        except LookupError as error:
            from mockserver.vendors import MissingModule

            if not isinstance(error, MissingModule):
                raise
            stop(str(error), click.UsageError.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXAMPLES)
@click.version_option(package_name="analytics-mockserver", prog_name="mockserver")
def main() -> None:
    """Simulate vendors' AI-analytics HTTP APIs.

    A client only changes its base URL. Start with `mockserver serve`, and take a token from `mockserver tokens`. Every
    command explains its flags: `mockserver serve --help`.
    """

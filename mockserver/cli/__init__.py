"""The `mockserver` command: one group, and a module for each family of commands.

A command's module is imported when the command is called or listed, and what it needs when it runs.
"""

from importlib import import_module
from typing import Any

import click

from mockserver.cli import output
from mockserver.cli.servers import stop

EXAMPLES = """
\b
Examples:
  mockserver serve
  mockserver serve --port 0 --json
  mockserver healthcheck --url http://127.0.0.1:8080
  mockserver serve --organization hooli --limits off
  mockserver serve --now 2025-10-21T10:30:00Z --freeze --organization documented
  mockserver serve --policy metrics.subteams=with   (`mockserver switches` lists them)
  mockserver serve --policy-file policy.yaml
  mockserver sweep -- pytest tests/
  mockserver fidelity --grade A
  mockserver lint --url http://127.0.0.1:8080
  mockserver audit --organization initech
  mockserver metric ai-active-users --from 2025-09-01 --to 2025-09-30 --bucket week
  mockserver serve --case C001
  mockserver cases --run
  mockserver organizations new --people 300 --seed 7 > mine.yaml
  mockserver serve --organization-file mine.yaml

\b
Exit codes:
  0  fine
  1  findings, or no server answers, or the output cannot be written
  2  usage
  3  the port is taken
"""


_COMMANDS = {
    "audit": "audit",
    "cases": "cases",
    "config": "config",
    "env": "env",
    "fidelity": "fidelity",
    "healthcheck": "healthcheck",
    "lint": "lint",
    "metric": "metric",
    "organizations": "organizations",
    "serve": "serving",
    "sweep": "sweep",
    "switches": "switches",
    "tokens": "tokens",
    "wait": "wait",
}
"""The module of each command; in it, the command has its name."""

_FORMER_NAMES = {"conduct": "lint"}
"""Names that commands had before, which the help does not list."""


class Commands(click.Group):
    """The commands, each imported when it is first looked at."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = _FORMER_NAMES.get(cmd_name, cmd_name)
        if name not in _COMMANDS:
            return super().get_command(ctx, name)
        command: click.Command = getattr(import_module(f"{__name__}.{_COMMANDS[name]}"), name)
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line, with three standard streams."""
        output.open_streams()
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

    A client only changes its base URL. Start with `mockserver serve`, and take a token from `mockserver tokens`.
    """

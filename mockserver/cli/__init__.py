"""The `mockserver` command: one group, and a module for each family of commands.

What a command needs is imported when it runs, so that `--help` takes no time.
"""

from typing import Any

import click

from mockserver.cli import (
    audit,
    cases,
    env,
    fidelity,
    healthcheck,
    lint,
    metric,
    organizations,
    output,
    serving,
    sweep,
    switches,
    tokens,
)
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


class Commands(click.Group):
    """The commands; "conduct" is a former name of "lint", which the help does not list."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, "lint" if cmd_name == "conduct" else cmd_name)

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


for command in (
    serving.serve,
    healthcheck.healthcheck,
    tokens.tokens,
    env.env,
    switches.switches,
    sweep.sweep,
    lint.lint,
    cases.cases,
    audit.audit,
    metric.metric,
    fidelity.fidelity,
    organizations.organizations,
):
    main.add_command(command)

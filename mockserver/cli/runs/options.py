"""The options that commands with runs share, their progress, and the files of their reports."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, TextIO, TypeVar

import click

from mockserver.cli import options
from mockserver.cli.runs import jobs as cores_of

Command = TypeVar("Command", bound=Callable[..., Any])

JOBS_MAXIMUM = 256
FILES = ("json_file", "junit_file")

VARIABLES = """\
The command finds the server by these variables (`mockserver env` prints them all):
  MOCKSERVER_URL
  MOCKSERVER_TOKEN_<VENDOR>, or where clients exchange credentials for tokens,
  MOCKSERVER_CLIENT_ID_<VENDOR> and MOCKSERVER_CLIENT_SECRET_<VENDOR>"""
"""What the help of a command with runs says of the command that it is given."""


class Jobs(click.IntRange):
    """How many runs there are at the same time: a number, or "auto" for one per core."""

    name = "number or auto"

    def __init__(self) -> None:
        super().__init__(1, JOBS_MAXIMUM)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "auto":
            return min(cores_of.cores(), JOBS_MAXIMUM)
        if isinstance(value, str) and not value.isdecimal():
            self.fail(f"{value!r} is neither a number from 1 to {JOBS_MAXIMUM} nor auto", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:  # noqa: ARG002
        return [click.shell_completion.CompletionItem(each) for each in ("auto",) if each.startswith(incomplete)]


_SERVED = (
    *(options.config, options.organization, options.organization_file, options.now, options.freeze, options.limits),
    *(options.policy, options.policy_file),
)


def served(command: Command) -> Command:
    """The options of the servers against which the runs are made."""
    for option in reversed(_SERVED):
        command = option(command)
    return command


_OUT_FILE = click.File("w", encoding="utf-8", lazy=False)

jobs = click.option(
    "--jobs",
    type=Jobs(),
    default=1,
    show_default=True,
    metavar="NUMBER|auto",
    help="How many runs there are at the same time, each with a server of its own; auto: one per core.",
)
timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="When to stop a run that hangs. Default: never for the baseline, then ten times as long as the baseline took, "
    "at least ten seconds, and longer for runs that share a core. A run that sends more than 1,000 requests, and more "
    "than a hundred times as many as the baseline, is stopped too.",
)
json_file = click.option(
    "--json", "json_file", type=_OUT_FILE, metavar="FILE", help="Write everything as JSON; - is stdout."
)
junit_file = click.option(
    "--junit", "junit_file", type=_OUT_FILE, metavar="FILE", help="Write test results as JUnit XML."
)


def check(command: tuple[str, ...], json_file: TextIO | None, junit_file: TextIO | None, name: str) -> None:
    """A usage error without a command, unless nothing is to be run, and for two reports in one file."""
    if not command:
        raise click.UsageError(f"give the command after two hyphens, as in: mockserver {name} -- pytest tests/")
    if json_file and junit_file and json_file.name == junit_file.name:
        raise click.UsageError("--junit contradicts --json: a file takes one report; give them different files")


def follow(ended: Generator[tuple[str, int]], names: Iterable[str]) -> bool:
    """Go through runs as they end, with a progress bar if stderr is a terminal; False if it was interrupted.

    Each has the name of a run, and how many there are by now. `names` are all that may come.
    """
    from mockserver.cli.runs.command import sigterm_as_interrupt

    # The label has a fixed width, so that the bar does not jump.
    width = max(map(len, ("baseline", *names)))
    hidden = not sys.stderr.isatty()
    label = "baseline".ljust(width)
    try:
        with (
            sigterm_as_interrupt(),
            closing(ended),
            click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden) as bar,
        ):
            bar.render_progress()
            for name, length in ended:
                bar.length = length
                bar.label = name.ljust(width)
                bar.update(1)
    except KeyboardInterrupt:
        return False
    return True


def write_reports(text: str, reports: Iterable[tuple[TextIO | None, str]]) -> None:
    """Print a report for people, on stderr if another one takes stdout, and write the others into their files."""
    listed = [(file, report) for file, report in reports if file is not None]
    click.echo(text, err=any(file.name == sys.stdout.name for file, _ in listed))
    for file, report in listed:
        with _written(file):
            click.echo(report, file=file)


@contextmanager
def _written(file: TextIO) -> Iterator[None]:
    """Name the file of a report when it cannot be written."""
    try:
        yield
    except OSError as error:
        if file.name == sys.stdout.name:
            raise
        raise click.ClickException(f"{file.name} cannot be written: {error.strerror}") from error

"""`mockserver sweep`: runs a client's own tests once for each option of each undocumented switch.

What to run is in `plan`, the runs in `runs`, the reports in `reports`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from mockserver.cli import conflicts, logs, options, servers

if TYPE_CHECKING:
    from mockserver.cli.sweep.runs import Sweep

EXAMPLES = """
\b
Examples:
  mockserver sweep --list
  mockserver sweep -- pytest tests/
  mockserver sweep --limits off --fail-fast -- npm test
  mockserver sweep --now 2025-10-21T10:30:00Z --freeze --junit sweep.xml -- ./check.sh

\b
The command finds the server by these variables (`mockserver env` prints them all):
  MOCKSERVER_URL
  MOCKSERVER_TOKEN_<VENDOR>, or where clients exchange credentials for tokens,
  MOCKSERVER_CLIENT_ID_<VENDOR> and MOCKSERVER_CLIENT_SECRET_<VENDOR>

\b
Exit codes:
  0    the command passed with every variation
  1    it failed with some
  2    usage; also when the command fails, or sends no vendor request, without any variation
  130  stopped by Ctrl-C or SIGTERM; the report has what is known so far
"""

OutFile = click.File("w", encoding="utf-8", lazy=False)
FILES = ("json_file", "junit_file")


@conflicts.command(
    conflicts.ONE_ORGANIZATION,
    *(conflicts.Conflict("list_only", name, "--list runs nothing") for name in ("fail_fast", "timeout", *FILES)),
    epilog=EXAMPLES,
    options_metavar="[OPTIONS] --",
    context_settings={"allow_interspersed_args": False},
)
@options.config
@options.organization
@options.organization_file
@options.now
@options.freeze
@options.limits
@options.policy
@options.policy_file
@click.option(
    "--vendor",
    "vendors",
    multiple=True,
    metavar="VENDOR",
    shell_complete=options.completed("vendors"),
    help="Only this vendor's switches; repeatable.",
)
@click.option(
    "--switch",
    "switches",
    multiple=True,
    metavar="VENDOR.SWITCH[=VALUE]",
    shell_complete=options.completed("switches"),
    help="Only this switch, or this one option of it, documented or not; repeatable, and adds to --vendor.",
)
@click.option("--list", "list_only", is_flag=True, help="Print the variations, and run nothing.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first variation with which the command fails.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="When to stop a run that hangs. Default: never for the baseline, then ten times as long as the baseline took, "
    "at least ten seconds.",
)
@click.option("--json", "json_file", type=OutFile, metavar="FILE", help="Write everything as JSON; - is stdout.")
@click.option("--junit", "junit_file", type=OutFile, metavar="FILE", help="Write test results as JUnit XML.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND...")
def sweep(
    command: tuple[str, ...],
    *,
    vendors: tuple[str, ...],
    switches: tuple[str, ...],
    list_only: bool,
    fail_fast: bool,
    timeout: float | None,
    json_file: TextIO | None,
    junit_file: TextIO | None,
    **flags: Any,
) -> None:
    """Find the assumptions on which a client's tests depend.

    What a vendor leaves undocumented is a switch of the server (`mockserver switches` explains each). The command, a
    client's own tests, is run against a new server: first as a baseline, with every switch at its default (or as
    --policy sets it), then once for each variation, which sets one switch to another option. A run passes when it exits
    with 0.

    Switches whose default is documented, and renamings, are left out unless --switch names them. Vendors to which the
    baseline sends no request are left out as well. Runs follow one another, stdin is empty, and the output is kept for
    the report.
    """
    if not command and not list_only:
        raise click.UsageError("give the command after two hyphens, as in: mockserver sweep -- pytest tests/")
    if json_file and junit_file and json_file.name == junit_file.name:
        raise click.UsageError("--junit contradicts --json: a file takes one report; give them different files")
    logs.configure("warning")
    from mockserver import app
    from mockserver.cli.sweep import plan, reports, runs
    from mockserver.gateway.switches import Switches, defaults

    with servers.usage_errors():
        settings = servers.settings_from(**flags)
        sources = app.sources()
        config = app.default_config(settings, sources)
    known = {vendor.name: vendor.switches for vendor in sources.vendors}
    baseline = {name: Switches({**defaults(each), **config.policy.get(name, {})}) for name, each in known.items()}
    planned = plan.plan(known, baseline, vendors, switches)
    if list_only:
        click.echo(reports.listing(planned))
        return
    slug = config.organization.slug
    swept = runs.Sweep(command, settings, slug, sources.vendors, planned, timeout, fail_fast)
    _run(swept)
    stdout_taken = any(file is not None and file.name == sys.stdout.name for file in (json_file, junit_file))
    click.echo(reports.as_text(swept), err=stdout_taken)
    if json_file is not None:
        with _written(json_file):
            options.print_json(reports.as_data(swept), file=json_file)
    if junit_file is not None:
        with _written(junit_file):
            click.echo(reports.as_junit(swept), file=junit_file)
    sys.exit(_exit_code(swept))


def _run(swept: "Sweep") -> None:
    """Run a sweep, with a progress bar if stderr is a terminal; an interrupt ends it early."""
    from mockserver.cli.sweep.runs import sigterm_as_interrupt

    # The label has a fixed width, so that the bar does not jump.
    width = max(map(len, map(str, swept.plan.variations)), default=0)
    hidden = not sys.stderr.isatty()
    try:
        with (
            sigterm_as_interrupt(),
            click.progressbar(length=1, label="baseline".ljust(width), file=sys.stderr, hidden=hidden) as bar,
        ):
            for variation in swept.steps():
                bar.length = 1 + len(swept.plan.variations) - len(swept.skipped)
                bar.label = str(variation or "baseline").ljust(width)
                bar.render_progress()
                swept.step(variation)
                bar.update(1)
    except KeyboardInterrupt:
        swept.interrupted = True


@contextmanager
def _written(file: TextIO) -> Iterator[None]:
    """Name the file of a report when it cannot be written."""
    try:
        yield
    except OSError as error:
        if file.name == sys.stdout.name:
            raise
        raise click.ClickException(f"{file.name} cannot be written: {error.strerror}") from error


def _exit_code(swept: "Sweep") -> int:
    if swept.interrupted:
        return 130
    if not swept.has_baseline or not swept.runs:
        return click.UsageError.exit_code
    return 1 if swept.failed else 0

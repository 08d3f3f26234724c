"""Answers `mockserver sweep`: a client's own tests, run once under each undocumented reading of the vendors' APIs.

What is run stays out (`plan`), and so do the runs (`runs`) and how they are told (`told`, `records`).
"""

import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from mockserver.cli import app_factory, logs, options

if TYPE_CHECKING:
    from mockserver.cli.sweep.plan import Plan
    from mockserver.cli.sweep.runs import Runner, Sweep
    from mockserver.gateway.sandbox import Sandbox
    from mockserver.settings import Settings

FINDINGS = 1
UNSOUND = click.UsageError.exit_code
INTERRUPTED = 130

EXAMPLES = """
\b
Examples:
  mockserver sweep --list
  mockserver sweep -- pytest tests/
  mockserver sweep --vendor augment --limits off -- npm test
  mockserver sweep --switch augment.last_cursor=null -- pytest -x
  mockserver sweep --now 2025-10-21T10:30:00Z --freeze --junit sweep.xml -- ./check.sh

\b
The command finds the server by these variables (`mockserver env` prints them all):
  MOCKSERVER_URL
  MOCKSERVER_TOKEN_AUGMENT, MOCKSERVER_TOKEN_TABNINE, MOCKSERVER_TOKEN_JETBRAINS_IDE
  MOCKSERVER_CLIENT_ID_JETBRAINS_CONSOLE, MOCKSERVER_CLIENT_SECRET_JETBRAINS_CONSOLE

\b
Exit codes:
  0    every reading is survived
  1    some are not
  2    usage; also when the command fails, or asks nothing, before anything is changed
  130  stopped by Ctrl-C or SIGTERM; what is known so far is told
"""

OutFile = click.File("w", encoding="utf-8", lazy=False)


@click.command(epilog=EXAMPLES, options_metavar="[OPTIONS] --", context_settings={"allow_interspersed_args": False})
@options.organization
@options.organization_file
@options.now
@options.freeze
@options.limits
@options.policy
@options.policy_file
# What follows is about one sweep, and has no variables: MOCKSERVER_JSON, say, is a flag of other commands.
@click.option("--vendor", "vendors", multiple=True, metavar="VENDOR", help="Only this vendor's readings; repeatable.")
@click.option(
    "--switch",
    "switches",
    multiple=True,
    metavar="VENDOR.SWITCH[=VALUE]",
    help="Only this switch, or this one reading of it, documented or not; repeatable, and adds to --vendor.",
)
@click.option("--list", "listed", is_flag=True, help="Print the readings, and run nothing.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first reading that is not survived.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="When a run counts as hanging. Without it: never for the baseline, then ten times what that took, at least "
    "ten seconds.",
)
@click.option("--json", "json_file", type=OutFile, metavar="FILE", help="Write everything as JSON; - is stdout.")
@click.option("--junit", "junit_file", type=OutFile, metavar="FILE", help="Write test results in JUnit's XML.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND...")
def sweep(
    command: tuple[str, ...],
    *,
    vendors: tuple[str, ...],
    switches: tuple[str, ...],
    listed: bool,
    fail_fast: bool,
    timeout: float | None,
    json_file: TextIO | None,
    junit_file: TextIO | None,
    **flags: Any,
) -> None:
    """Find out which readings of the vendors' APIs a client does not survive.

    What a vendor leaves undocumented is a switch of the server's (`mockserver switches` explains each). The command, a
    client's own tests, is run against a new server: first as a baseline, with every switch at its default (or as
    --policy says), then once for each other choice of one switch. A run that exits with 0 survived.

    Switches whose default is documented, and renamings, are left out unless --switch names them. Vendors that the
    baseline asks nothing are left out as well. Runs follow one another, stdin is empty, and the output is kept for the
    report.
    """
    if not command and not listed:
        raise click.UsageError("say what to run, behind two hyphens, as in: mockserver sweep -- pytest tests/")
    if listed and (json_file or junit_file):
        raise click.UsageError("--list runs nothing, so there is nothing for --json or --junit; leave one of them out")
    logs.configure("warning")
    stated = app_factory.stated(**flags)
    first = _first_sandbox(stated)
    planned = _planned(first, vendors, switches)
    from mockserver.cli.sweep import report_text
    from mockserver.cli.sweep.runs import Sweep

    if listed:
        click.echo(report_text.listed(planned))
        return
    swept = Sweep(_runner(command, stated, first, timeout), planned.readings, fail_fast)
    _go(swept)
    _tell(swept, planned, json_file, junit_file)
    sys.exit(_exit_code(swept))


def _first_sandbox(stated: "Settings") -> "Sandbox":
    """What the first sandbox of such a server is like: its organisation, and the choices in force."""
    from mockserver.admin import admin_context

    with app_factory.app(stated).app_context():
        return admin_context.context().registry.default


def _planned(first: "Sandbox", vendors: tuple[str, ...], switches: tuple[str, ...]) -> "Plan":
    from mockserver.cli.sweep import plan

    known = {name: surface.switches for name, surface in first.profiles.items()}
    try:
        return plan.plan(known, first.policy.switches, vendors, switches)
    except plan.PlanError as error:
        raise click.UsageError(str(error)) from error


def _runner(command: tuple[str, ...], stated: "Settings", first: "Sandbox", timeout: float | None) -> "Runner":
    from mockserver import vendors
    from mockserver.cli.sweep.runs import Runner

    return Runner(command, stated, first.config.organization.slug, vendors.discover(), timeout)


def _go(swept: "Sweep") -> None:
    """Go through a sweep, with a bar on stderr; an interrupt ends it early."""
    from mockserver.cli.sweep import program

    # A terminal's bar stays in its place; a log gets a line for each run.
    width = max(map(len, map(str, swept.readings)), default=0) if sys.stderr.isatty() else 0
    try:
        with (
            program.terminated_alike(),
            click.progressbar(length=swept.length, label="baseline".ljust(width), file=sys.stderr) as bar,
        ):
            for reading in swept.steps():
                bar.length, bar.label = swept.length, str(reading or "baseline").ljust(width)
                bar.render_progress()
                swept.step(reading)
                bar.update(1)
    except KeyboardInterrupt:
        swept.interrupted = True
    except program.CannotRun as error:
        raise click.UsageError(str(error)) from error


def _tell(swept: "Sweep", planned: "Plan", json_file: TextIO | None, junit_file: TextIO | None) -> None:
    """Tell of a sweep in the files that are asked for, and on stdout: on stderr, where stdout is for data."""
    from mockserver.cli.sweep import report_data, report_text

    if json_file is not None:
        click.echo(report_data.as_json(swept, planned), file=json_file)
    if junit_file is not None:
        click.echo(report_data.as_junit(swept), file=junit_file)
    taken = any(file is not None and file.name == sys.stdout.name for file in (json_file, junit_file))
    click.echo(report_text.told(swept, planned), err=taken)


def _exit_code(swept: "Sweep") -> int:
    if swept.interrupted:
        return INTERRUPTED
    if not swept.sound or not swept.runs:
        return UNSOUND
    return FINDINGS if swept.findings else 0

"""`mockserver sweep`: runs a client's own tests once for each option of each undocumented switch.

What to run is in `plan`, the runs in `runs`, the reports in `reports`.
"""

import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from mockserver.cli import conflicts, logs, options, servers
from mockserver.cli.runs import options as run_options

if TYPE_CHECKING:
    from mockserver.cli.sweep.runs import Sweep

EXAMPLES = f"""
\b
Examples:
  mockserver sweep --list
  mockserver sweep -- pytest tests/
  mockserver sweep --jobs auto -- pytest tests/
  mockserver sweep --limits off --fail-fast -- npm test
  mockserver sweep --now 2025-10-21T10:30:00Z --freeze --junit sweep.xml -- ./check.sh

\b
{run_options.VARIABLES}

\b
Exit codes:
  0    the command passed with every variation
  1    it failed with some
  2    usage; also when the command fails, or sends no vendor request, without any variation
  130  stopped by Ctrl-C or SIGTERM; the report has what is known so far
"""


_RUNNING = ("fail_fast", "jobs", "timeout", *run_options.FILES)
"""The options that --list contradicts."""


@conflicts.command(
    conflicts.ONE_ORGANIZATION,
    *(conflicts.Conflict("list_only", name, "--list runs nothing") for name in _RUNNING),
    epilog=EXAMPLES,
    options_metavar="[OPTIONS] --",
    context_settings={"allow_interspersed_args": False},
)
@run_options.served
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
@run_options.jobs
@run_options.timeout
@run_options.json_file
@run_options.junit_file
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND...")
def sweep(
    command: tuple[str, ...],
    *,
    vendors: tuple[str, ...],
    switches: tuple[str, ...],
    list_only: bool,
    fail_fast: bool,
    jobs: int,
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
    baseline sends no request are left out as well. stdin is empty, and the output is kept for the report. With --jobs,
    several runs of the command take place at the same time, so it must not write into files that it shares with itself;
    the report is the same.
    """
    if not list_only:
        run_options.check(command, json_file, junit_file, "sweep")
    logs.configure("warning")
    from mockserver import app
    from mockserver.cli.runs.command import Command
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
    swept = runs.Sweep(Command(command), settings, slug, sources.vendors, planned, timeout, fail_fast, jobs)
    swept.interrupted = not run_options.follow(swept.ended(), map(str, planned.variations))
    files = ((json_file, options.json_text(reports.as_data(swept))), (junit_file, reports.as_junit(swept)))
    run_options.write_reports(reports.as_text(swept), files)
    sys.exit(_exit_code(swept))


def _exit_code(swept: "Sweep") -> int:
    if swept.interrupted:
        return 130
    if not swept.has_baseline or not swept.runs:
        return click.UsageError.exit_code
    return 1 if swept.failed else 0

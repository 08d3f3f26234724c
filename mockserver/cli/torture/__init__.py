"""`mockserver torture`: runs a client's own tests once for each fault, defect and restatement of the vendors.

What to run is in `trials`, the runs in `runs`, the verdicts in `verdicts`, the reports in `reports`.
"""

import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from mockserver.cli import conflicts, logs, options, servers
from mockserver.cli.runs import options as run_options

if TYPE_CHECKING:
    from mockserver.cli.torture.runs import Torture

EXAMPLES = f"""
\b
Examples:
  mockserver torture --list
  mockserver torture -- pytest tests/
  mockserver torture --jobs auto --now 2025-10-21T10:30:00Z --freeze -- pytest tests/
  mockserver torture --only 'defect.*' --fail-on wrong-numbers -- ./check.sh
  mockserver torture --junit torture.xml --json torture.json -- npm test

\b
{run_options.VARIABLES}

\b
It may report what it has computed, as a JSON object in the file that
MOCKSERVER_VALUES_FILE names, with a number or a list by each name:
  {{"users": 42, "ai-active-users?from=2025-10-01&to=2025-10-07": 37}}
The server knows the expected value of a name that is a request below
/_mock/metrics. Any other value must be that of the baseline.

\b
Exit codes:
  0    the client survived everything that it met
  1    it failed, or reported wrong numbers
  2    usage; also when the client met nothing, or fails without any trial
  130  stopped by Ctrl-C or SIGTERM; the report has what is known so far
"""

_RUNNING = ("fail_on", "jobs", "timeout", *run_options.FILES)
"""The options that --list contradicts."""

_FAILING = {"failed": ("failed", "wrong numbers"), "wrong-numbers": ("wrong numbers",)}
"""The verdicts that make the exit code 1."""


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
    help="Only what can happen at this vendor; repeatable.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    shell_complete=options.completed("trials"),
    help="Only the trials whose name matches, as in 'defect.*' or lost-row; repeatable.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="PATTERN",
    shell_complete=options.completed("trials"),
    help="Leave out the trials whose name matches; repeatable.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("failed", "wrong-numbers")),
    default="failed",
    show_default=True,
    help="What makes the exit code 1: each trial that the client did not survive, or only wrong numbers.",
)
@click.option("--list", "list_only", is_flag=True, help="Print the trials, and run nothing.")
@run_options.jobs
@run_options.timeout
@run_options.json_file
@run_options.junit_file
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND...")
def torture(
    command: tuple[str, ...],
    *,
    vendors: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    fail_on: str,
    list_only: bool,
    jobs: int,
    timeout: float | None,
    json_file: TextIO | None,
    junit_file: TextIO | None,
    **flags: Any,
) -> None:
    """Find what a client does not survive.

    The command, a client's own tests, is run against a new server: first as a baseline, then once for each trial. A
    trial is a fault (requests that fail), a defect (answers that are well-formed and wrong), or restated days. The
    table says of each:

    \b
    survived       the command passed, with the expected values, and the client
                   lint has nothing to add to the baseline's findings
    failed         it exited with another code than 0, or hung, or has new findings
    wrong numbers  it reported values that are not the expected ones: the worst,
                   because nobody notices
    not met        the client never asked for what the trial changes
    """
    if not list_only:
        run_options.check(command, json_file, junit_file, "torture")
    logs.configure("warning")
    from mockserver import app
    from mockserver.cli.runs.command import Command
    from mockserver.cli.torture import reports, runs, trials

    with servers.usage_errors():
        settings = servers.settings_from(**flags)
        sources = app.sources()
        slug = app.default_config(settings, sources).organization.slug
        found = trials.of_server(runs.make_app(settings, {}))
        selected = trials.select(found, vendors, only, skip)
    if list_only:
        click.echo(reports.listing(selected))
        return
    torture = runs.Torture(Command(command), settings, slug, sources.vendors, selected, timeout, jobs)
    torture.interrupted = not run_options.follow(torture.ended(), (trial.name for trial in selected))
    files = ((json_file, options.json_text(reports.as_data(torture))), (junit_file, reports.as_junit(torture)))
    run_options.write_reports(reports.as_text(torture), files)
    sys.exit(_exit_code(torture, fail_on))


def _exit_code(torture: "Torture", fail_on: str) -> int:
    if torture.interrupted:
        return 130
    if torture.baseline_problems or not torture.met:
        return click.UsageError.exit_code
    return 1 if torture.has(*_FAILING[fail_on]) else 0

"""Answers `mockserver audit`: whether everything that a server tells agrees with itself, line by line.

Judging stays out (the `audit` room).
"""

import json
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import click

from mockserver.cli import options, reaching
from mockserver.cli.options import option

if TYPE_CHECKING:
    from mockserver.audit.run import Finding

VENDORS = ("augment", "tabnine", "jetbrains-ide", "jetbrains-console", "between")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command
@options.organization
@option("--url", help="A server that runs already; without it, one is started for the audit.")
@option("--admin-token", help="What the server's /_mock asks for, as a Bearer token.")
@click.option("--from", "first", type=_DAY, help="The first day; by default the week that ended two days ago.")
@click.option("--to", "last", type=_DAY, help="The last day.")
@click.option("--vendor", "vendors", type=click.Choice(VENDORS), multiple=True, help="Only these; repeatable.")
@click.option(
    "--defect",
    "defects",
    multiple=True,
    help="Arm an inconsistency that must be found (/_mock/defects lists them); repeatable.",
)
@click.option("--full", is_flag=True, help="Read everything, however long it takes, and sample nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit(
    organization: str,
    url: str | None,
    admin_token: str | None,
    first: datetime | None,
    last: datetime | None,
    vendors: tuple[str, ...],
    defects: tuple[str, ...],
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Re-derive every identity through the public endpoints, and say which hold.

    Limits are switched off meanwhile and put back. Exit code 1 when an identity fails.
    """
    from mockserver.audit import reader, run

    begins, ends = (None if day is None else day.date() for day in (first, last))
    with reaching.server(url, organization=organization, limits="off") as at:
        web = reader.Web(at, admin_token)
        try:
            reading, findings = run.audit(web, begins, ends, vendors, defects, full=full)
            if not as_json:
                click.echo(f"{reading.first} to {reading.last}, {_extent(full=full)}")
            with closing(findings):
                found = [_told(finding, quiet=as_json) for finding in findings]
        except (run.BadRange, run.BadDefect, reader.ServerUnusable) as error:
            raise click.UsageError(str(error)) from error
        finally:
            web.close()
    failed = sum(finding.outcome == "failed" for finding in found)
    if as_json:
        click.echo(json.dumps(_document(found, str(reading.first), str(reading.last), full=full), indent=2))
    else:
        click.echo(f"{len(found)} identities, {failed} failed, {web.asked} requests")
    raise SystemExit(1 if failed else 0)


def _extent(*, full: bool) -> str:
    from mockserver.audit import reader

    sample = f"a sample: at most {reader.PAGES} pages a list, {reader.USERS} users, {reader.DAYS} days of walks"
    return "everything" if full else f"{sample} (--full reads all)"


def _told(finding: "Finding", *, quiet: bool) -> "Finding":
    if not quiet:
        detail = f": {finding.detail}" if finding.detail else ""
        click.echo(f"{finding.outcome:<14} {finding.identity.name}{detail}")
    return finding


def _document(found: "list[Finding]", first: str, last: str, *, full: bool) -> dict[str, object]:
    rows = [
        {
            "name": each.identity.name,
            "says": each.identity.says,
            "source": each.identity.source,
            "grade": each.identity.grade,
            "outcome": each.outcome,
            "detail": each.detail,
        }
        for each in found
    ]
    return {"from": first, "to": last, "sampled": not full, "identities": rows}

"""`mockserver total`: what a client that adds up a report of one vendor should have got, as a table or as JSON.

A server computes it: one that is running, or one that is started for this.
"""

from datetime import date
from pathlib import Path
from typing import Any

import click

from mockserver.cli import conflicts, options, progress, servers, tables


@conflicts.command(conflicts.ONE_ORGANIZATION, *conflicts.RUNNING_SERVER)
@options.config
@click.argument("name", metavar="[TOTAL]", required=False)
@click.option("--from", "first", type=options.Day(), help="The first day, as in 2025-09-01.")
@click.option("--to", "last", type=options.Day(), help="The last day, included.")
@options.organization
@options.organization_file
@options.option("--now", metavar="TIMESTAMP", help="The current time, as in 2025-10-21T10:30:00Z.")
@options.running_server
@options.admin_token
@options.as_json
def total(
    name: str | None,
    *,
    first: date | None,
    last: date | None,
    organization: str,
    organization_file: Path | None,
    now: str | None,
    url: str | None,
    admin_token: str | None,
    as_json: bool,
) -> None:
    """Print what a client that adds up a vendor's report should get.

    Without TOTAL, the command lists the totals there are. Only days that the vendor's API shows count. At most 1,000
    parts are printed; the sum is that of all of them. Without --url, and without MOCKSERVER_URL, the command needs no
    running server: it computes the total of --organization at --now.

    \b
    Examples:
      mockserver total
      mockserver total --json
    """
    if (name and first and last) is None and (name or first or last):
        raise click.UsageError("a total needs its name, --from and --to")
    own = {"organization": organization, "organization_file": organization_file, "now": now, "freeze": True}
    with servers.connect(url, admin_token, **own) as client, progress.shown("waiting for the total"):
        days = {"from": str(first), "to": str(last)}
        found: Any = client.totals.get(name, **days, limit=1000) if name else client.totals.list_all()
    if as_json:
        options.print_json(found)
    elif name is None:
        click.echo(tables.table((each["name"], each["description"]) for each in found))
    else:
        click.echo(tables.paragraph(_summary(found)))
        click.echo(tables.table((part["value"], part["label"]) for part in found["parts"]))


def _summary(found: dict[str, Any]) -> str:
    """The sum, and the days that counted."""
    since, through = found["since"], found["through"]
    shown = f"{since} to {through}" if since else "no day, because the API shows none of them"
    parts = options.count(found["count"], found["label"])
    return f"{found['name']} of {found['organization']}: {found['sum']} {found['unit']} of {parts}, {shown}"

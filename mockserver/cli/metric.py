"""`mockserver metric`: the expected values of a metric, as a table with a bar for each bucket, or as JSON.

A server computes them: one that is running, or one that is started for this.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from mockserver.cli import conflicts, options, progress, servers, tables

LONGEST_BAR = 40
"""The characters of the longest bar, where the terminal has room for them."""


@conflicts.command(conflicts.ONE_ORGANIZATION, *conflicts.RUNNING_SERVER)
@options.config
@click.argument("name", metavar="METRIC", shell_complete=options.completed("metrics"))
@click.option("--from", "first", required=True, type=options.Day(), help="The first day, as in 2025-09-01.")
@click.option("--to", "last", required=True, type=options.Day(), help="The last day, included.")
@click.option(
    "--bucket",
    type=click.Choice(("day", "week", "month")),
    default="day",
    show_default=True,
    help="The length of a bucket.",
)
@click.option(
    "--vendor",
    multiple=True,
    shell_complete=options.completed("vendors"),
    help="Only what this vendor's API shows; repeatable.",
)
@click.option("--team", help="Only the people of this team, by its name or id.")
@click.option("--dimension", default="all", show_default=True, help="Only this kind of interaction.")
@click.option("--final", is_flag=True, help="Count the days that are shown as they will be in the end.")
@options.organization
@options.organization_file
@options.option("--now", metavar="TIMESTAMP", help="The current time, as in 2025-10-21T10:30:00Z.")
@options.running_server
@options.admin_token
@options.as_json
def metric(
    name: str,
    *,
    first: date,
    last: date,
    organization: str,
    organization_file: Path | None,
    now: str | None,
    url: str | None,
    admin_token: str | None,
    as_json: bool,
    **query: Any,
) -> None:
    """Print the values of a metric that a client should compute.

    METRIC is one of ai-active-users, total-ai-actions, total-lines-added and total-lines-accepted. The dimensions are
    coding-assistance, ai-coding, code-review, coding-agents and all. Without --url, and without MOCKSERVER_URL, the
    command needs no running server: it computes the values of --organization at --now. If only the variable names a
    server, a line on stderr says so.

    \b
    Examples:
      mockserver metric ai-active-users --from 2025-09-01 --to 2025-09-30 --bucket week
      mockserver metric total-ai-actions --from 2025-09-01 --to 2025-09-07 --url http://127.0.0.1:8080
    """
    chosen = {"from": str(first), "to": str(last), **{key: value for key, value in query.items() if value}}
    own = {"organization": organization, "organization_file": organization_file, "now": now, "freeze": True}
    with servers.connect(url, admin_token, **own) as client, progress.shown("waiting for the values"):
        values = client.metrics.get(name, **chosen)
    if as_json:
        options.print_json(values)
        return
    try:
        click.echo("\n".join(_table(values)))
    except (KeyError, TypeError) as error:
        raise click.ClickException(
            f"the answer of {url} is not a metric: is it a mock server, and of this release?"
        ) from error


def _table(values: dict[str, Any]) -> Iterator[str]:
    """The headline, a line with a bar for each bucket, and which fields counted over which days."""
    points, bucket = values["points"], values["bucket"]
    average = "none" if values["headline"] is None else f"{values['headline']:,.2f}"
    team = f", {values['team']['name']}" if values["team"] else ""
    subject = f"{values['organization']}{team} ({values['dimension']})"
    yield tables.paragraph(f"{values['metric']} of {subject}: {average} on average per {bucket}")
    yield ""
    most = max((point["value"] for point in points), default=0) or 1
    labels = [f"{point['date']}  {point['value']:>{len(f'{most:,}')},}  " for point in points]
    room = LONGEST_BAR if (columns := tables.width()) is None else columns - max(map(len, labels), default=0)
    width = max(min(LONGEST_BAR, room), 1)
    for label, point in zip(labels, points, strict=True):
        length = -(-point["value"] * width // most)  # Rounded up: a value above 0 has at least one character.
        yield f"{label}{'█' * length}".rstrip()
    yield ""
    shown = "will show of these days in the end" if values.get("final") else "show"
    number = f"{values['sum']:,} in {options.count(values['buckets'], bucket)}"
    yield tables.paragraph(f"{number}, by what the APIs {shown}:")
    for each in values["counted"]:
        since = f" from {each['since']}" if each.get("since") else ""
        fields = ", ".join(each["fields"]) or "nothing"
        yield tables.paragraph(f"{each['vendor']}{since} through {each['through']}: {fields}", "  ", 4)

"""`mockserver metric`: the expected values of a metric, as a table with a bar for each bucket, or as JSON.

A server computes them: one that is running, or an app in this process.
"""

import json
import shutil
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mockserver.cli import app_factory, servers
from mockserver.cli.options import DEFAULTS, option

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from mockserver.client import Client

_WIDTH = 40
"""Characters of the longest bar, where the terminal has room for them."""


@click.command
@click.argument("name", metavar="METRIC")
@click.option("--from", "first", required=True, metavar="DATE", help="The first day, as in 2025-09-01.")
@click.option("--to", "last", required=True, metavar="DATE", help="The last day, included.")
@option("--bucket", type=click.Choice(("day", "week", "month")), default="day", help="The length of a bucket.")
@option("--vendor", multiple=True, help="Only what this vendor's API shows; repeatable.")
@option("--team", help="Only the people of this team, by its name or id.")
@option("--dimension", default="all", help="Only this kind of interaction.")
@option("--organization", help=f"A bundled organization, without a server.  [default: {DEFAULTS.organization}]")
@option("--now", metavar="TIMESTAMP", help="The current time, without a server, as in 2025-10-21T10:30:00Z.")
@option("--url", help="A running server, instead of an organization.")
@option("--admin-token", help="The server's --admin-token, if it has one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def metric(
    name: str,
    *,
    first: str,
    last: str,
    organization: str | None,
    now: str | None,
    url: str | None,
    admin_token: str | None,
    as_json: bool,
    **query: Any,
) -> None:
    """Print what a client that aggregates the vendors' numbers should compute.

    \b
    METRIC is one of ai-active-users, total-ai-actions, total-lines-added,
    total-lines-accepted. The dimensions are coding-assistance, ai-coding,
    code-review, coding-agents and all.

    \b
    mockserver metric ai-active-users --from 2025-09-01 --to 2025-09-30 --bucket week
    """
    if url is not None and _on_command_line("organization", "now"):
        raise click.UsageError(
            "a server has an organization and a clock of its own: leave --organization and --now out"
        )
    given = {"from": first, "to": last, **{key: value for key, value in query.items() if value}}
    with _client(url, admin_token, organization or DEFAULTS.organization, now) as client:
        values = client.metrics.get(name, **given)
    click.echo(json.dumps(values, ensure_ascii=False, indent=2) if as_json else _text(values, url))


def _on_command_line(*names: str) -> bool:
    """Whether any of these flags was given; their environment variables are also meant for other commands."""
    context = click.get_current_context()
    return any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in names)


def _client(
    url: str | None, admin_token: str | None, organization: str, now: str | None
) -> "AbstractContextManager[Client]":
    """A client of a running server, or of one in this process whose clock stands still."""
    if url is not None:
        return servers.connect(url, admin_token)
    return servers.in_process(app_factory.settings_from(now, (), organization=organization, freeze=True))


def _text(values: dict[str, Any], url: str | None) -> str:
    """The table; a usage error when the answer is not a metric."""
    try:
        return _table(values)
    except (KeyError, TypeError) as error:
        raise click.UsageError(
            f"the answer of {url} is not a metric: is it a mock server, and of this release?"
        ) from error


def _table(values: dict[str, Any]) -> str:
    """The headline, a line for each bucket, and what counted."""
    points, unit = values["points"], values["bucket"]
    most = max((point["value"] for point in points), default=0) or 1
    labels = [f"{point['date']}  {point['value']:>{len(f'{most:,}')},}  " for point in points]
    width = max(min(_WIDTH, shutil.get_terminal_size().columns - len(max(labels, default="", key=len))), 1)
    bars = ["█" * _length(point, most, width) for point in points]
    lines = [_headline(values), "", *(f"{row}{bar}".rstrip() for row, bar in zip(labels, bars, strict=True)), ""]
    plural = "" if values["buckets"] == 1 else "s"
    lines.append(f"{values['sum']:,} in {values['buckets']} {unit}{plural}, by what the APIs show:")
    return "\n".join([*lines, *(f"  {_source(each)}" for each in values["counted"])])


def _source(counted: dict[str, Any]) -> str:
    """Which of a vendor's fields counted, and over which days."""
    since = f" from {counted['since']}" if counted.get("since") else ""
    return f"{counted['vendor']}{since} through {counted['through']}: {', '.join(counted['fields']) or 'nothing'}"


def _headline(values: dict[str, Any]) -> str:
    average = "none" if values["headline"] is None else f"{values['headline']:,.2f}"
    subject = f"{values['organization']}, {values['team']['name']}" if values["team"] else values["organization"]
    return f"{values['metric']} of {subject} ({values['dimension']}): {average} on average per {values['bucket']}"


def _length(point: dict[str, Any], most: int, width: int) -> int:
    """A bar as long as the value; a value above 0 has at least one character."""
    value: int = point["value"]
    return -(-value * width // most)

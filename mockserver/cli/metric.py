"""Answers `mockserver metric`: a metric over all vendors, as a table with a bar for each bucket, or as JSON.

Counting stays with the server: one that runs, or one made here for the one question.
"""

import json
import shutil
from typing import Any
from urllib.parse import quote, urlencode

import click
from click.core import ParameterSource

from mockserver import settings
from mockserver.cli import asking
from mockserver.cli.options import DEFAULTS, option

_WIDTH = 40
"""Characters of the longest bar, where the terminal has room for them."""


@click.command
@click.argument("name", metavar="METRIC")
@click.option("--from", "first", required=True, metavar="DATE", help="The first day, as in 2025-09-01.")
@click.option("--to", "last", required=True, metavar="DATE", help="The last day, included.")
@option("--bucket", type=click.Choice(("day", "week", "month")), default="day", help="What one point stands for.")
@option("--vendor", multiple=True, help="Only what this vendor's API shows; repeatable.")
@option("--team", help="Only the people of this team, by its name or id.")
@option("--dimension", default="all", help="Only this kind of interaction.")
@option("--organization", help=f"A bundled organisation, without a server.  [default: {DEFAULTS.organization}]")
@option("--now", metavar="INSTANT", help="The present moment, without a server; as in 2025-10-21T10:30:00Z.")
@option("--url", help="A server that runs, in place of an organisation.")
@option("--admin-token", help="What the server was started with, if it was.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def metric(
    name: str,
    *,
    organization: str | None,
    now: str | None,
    url: str | None,
    admin_token: str | None,
    as_json: bool,
    **query: Any,
) -> None:
    """Print what a client that aggregates the vendors' numbers should get.

    \b
    METRIC is one of ai-active-users, total-ai-actions, total-lines-added,
    total-lines-accepted. The dimensions are coding-assistance, ai-coding,
    code-review, coding-agents and all.

    \b
    mockserver metric ai-active-users --from 2025-09-01 --to 2025-09-30 --bucket week
    """
    if url is not None and _stated("organization", "now"):
        raise click.UsageError(
            "a server has an organisation and a clock of its own: leave --organization and --now out"
        )
    path = f"/_mock/metrics/{quote(name, safe='')}?{_query(**query)}"
    told = _of(path, organization, now) if url is None else asking.told(url, path, admin_token)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _printed(told, url))


def _stated(*names: str) -> bool:
    """Whether any of these flags was given, not counting variables that mean other commands too."""
    context = click.get_current_context()
    return any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in names)


def _query(first: str, last: str, **more: Any) -> str:
    given = {"from": first, "to": last, **{name: value for name, value in more.items() if value}}
    return urlencode(given, doseq=True)


def _of(path: str, organization: str | None, now: str | None) -> dict[str, Any]:
    """The answer of a server that is made for it and listens nowhere."""
    from mockserver.app import create_app
    from mockserver.organizations.problems import OrganizationError

    slug = organization or DEFAULTS.organization
    try:
        instant = None if now is None else settings.parse_timestamp(now)
        app = create_app(settings.Settings(organization=slug, now=instant, freeze=True))
    except (settings.SettingsError, OrganizationError) as error:
        raise click.UsageError(str(error)) from error
    answer = app.test_client().get(path, headers={"Host": DEFAULTS.host})
    told: dict[str, Any] = json.loads(answer.data)
    if answer.status_code != 200:
        raise click.UsageError(told["detail"])
    return told


def _printed(told: dict[str, Any], url: str | None) -> str:
    """The table; a usage error where what answers is something else's JSON."""
    try:
        return _table(told)
    except (KeyError, TypeError) as error:
        raise click.UsageError(
            f"what answers at {url} is no metric: is it a server of ours, of this release?"
        ) from error


def _table(told: dict[str, Any]) -> str:
    """The headline, a line for each bucket, and what counted."""
    points, unit = told["points"], told["bucket"]
    most = max((point["value"] for point in points), default=0) or 1
    begun = [f"{point['date']}  {point['value']:>{len(f'{most:,}')},}  " for point in points]
    width = max(min(_WIDTH, shutil.get_terminal_size().columns - len(max(begun, default="", key=len))), 1)
    bars = ["█" * _length(point, most, width) for point in points]
    lines = [_headline(told), "", *(f"{row}{bar}".rstrip() for row, bar in zip(begun, bars, strict=True)), ""]
    lines.append(
        f"{told['sum']:,} in {told['buckets']} {unit}{'' if told['buckets'] == 1 else 's'}, by what the APIs show:"
    )
    return "\n".join([*lines, *(f"  {_shown(each)}" for each in told["counted"])])


def _shown(counted: dict[str, Any]) -> str:
    """What counted at a vendor, and of which days."""
    since = f" from {counted['since']}" if counted.get("since") else ""
    return f"{counted['vendor']}{since} through {counted['through']}: {', '.join(counted['fields']) or 'nothing'}"


def _headline(told: dict[str, Any]) -> str:
    average = "none" if told["headline"] is None else f"{told['headline']:,.2f}"
    where = f"{told['organization']}, {told['team']['name']}" if told["team"] else told["organization"]
    return f"{told['metric']} of {where} ({told['dimension']}): {average} on average per {told['bucket']}"


def _length(point: dict[str, Any], most: int, width: int) -> int:
    """A bar as long as the value; what is there at all has some length."""
    value: int = point["value"]
    return -(-value * width // most)

"""Answers `mockserver conduct`: what there is to say of the clients of a server that runs, as text or as JSON.

Judging stays with the server, which has the journal.
"""

import json
import sys
from typing import Any
from urllib.parse import quote

import click

from mockserver.cli import asking
from mockserver.cli.options import DEFAULTS, option

FINDINGS = 1
"""The exit code when there is something to say."""

_PATH = "/_mock/conduct"


@click.command
@option("--url", default=f"http://{DEFAULTS.host}:{DEFAULTS.port}", help="Where the server is.")
@option("--admin-token", help="What the server was started with, if it was.")
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", help="Say nothing of a rule; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def conduct(url: str, admin_token: str | None, ignored: tuple[str, ...], *, as_json: bool) -> None:
    """Judge the requests that a server got, by the vendors' own advice and by good manners.

    Each finding tells the rule, its source, what was seen, in which requests of /_mock/requests, and what to do. Ask
    when the client is done: a walk through pages that has not reached its end counts as abandoned. Exit code 1 means
    findings.
    """
    query = f"?ignore={quote(','.join(ignored))}" if ignored else ""
    told = asking.told(url, _PATH + query, admin_token)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for finding in told["findings"]:
            click.echo(_shown(finding))
        click.echo(f"{len(told['findings'])} findings in {told['requests_checked']} requests")
    sys.exit(FINDINGS if told["findings"] else 0)


def _shown(finding: dict[str, Any]) -> str:
    ids = ", ".join(map(str, finding["requests"])) + (
        f" and {finding['truncated']} more" if finding["truncated"] else ""
    )
    where = " ".join(filter(None, (finding["vendor"], finding["operation"])))
    return (
        f"{finding['rule']}  {where}\n  observed  {finding['observed']}\n  requests  {ids}\n"
        f"  advice    {finding['advice']}\n  source    {finding['source']}\n"
    )

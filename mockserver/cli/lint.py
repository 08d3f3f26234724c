"""`mockserver lint`: the findings of the client lint on a running server, as text or as JSON.

The server does the linting, since it has the journal.
"""

import json
import sys
from typing import Any

import click

from mockserver.cli import servers
from mockserver.cli.options import DEFAULTS, option

FINDINGS = 1
"""The exit code when there are findings."""


@click.command
@option("--url", default=f"http://{DEFAULTS.host}:{DEFAULTS.port}", help="The server's URL.")
@option("--admin-token", help="The server's --admin-token, if it has one.")
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", help="Leave out a rule's findings; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lint(url: str, admin_token: str | None, ignored: tuple[str, ...], *, as_json: bool) -> None:
    """Check the requests that a server received against the vendors' own advice and good practice.

    Each finding names the rule and its source, what was observed, in which requests of /_mock/requests, and what to do
    instead. Run it when the client is done: pagination that has not reached its end counts as abandoned. Exit code 1
    means findings.

    \b
    mockserver lint --url http://127.0.0.1:8080
    mockserver lint --ignore page-size-below-default --json
    """
    with servers.connect(url, admin_token) as client:
        report = client.lint(ignored)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for finding in report["findings"]:
            click.echo(_text(finding))
        click.echo(f"{len(report['findings'])} findings in {report['requests_checked']} requests")
    sys.exit(FINDINGS if report["findings"] else 0)


def _text(finding: dict[str, Any]) -> str:
    more = f" and {finding['truncated']} more" if finding["truncated"] else ""
    ids = ", ".join(map(str, finding["requests"])) + more
    operation = " ".join(filter(None, (finding["vendor"], finding["operation"])))
    return (
        f"{finding['rule']}  {operation}\n  observed  {finding['observed']}\n  requests  {ids}\n"
        f"  advice    {finding['advice']}\n  source    {finding['source']}\n"
    )

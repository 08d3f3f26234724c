"""`mockserver lint`: the findings of the client lint on a running server, as text or as JSON.

The server does the linting, since it has the journal.
"""

import sys
from typing import Any

import click

from mockserver.cli import options, servers, tables


@click.command
@options.config
@options.server_url
@options.admin_token
@click.option("--ignore", "ignored", multiple=True, metavar="RULE", help="Leave out a rule's findings; repeatable.")
@options.as_json
def lint(url: str, admin_token: str | None, ignored: tuple[str, ...], *, as_json: bool) -> None:
    """Check the requests that a server received from a client.

    They are compared with the vendors' own advice and good practice. Each finding names the rule and its source, what
    was observed, in which requests of /_mock/requests, and what to do instead. Run it when the client is done:
    pagination that has not reached its end counts as abandoned. Exit code 1 means findings.

    \b
    Examples:
      mockserver lint --url http://127.0.0.1:8080
      mockserver lint --ignore page-size-below-default --json
    """
    with servers.connect(url, admin_token) as client:
        report = client.lint(ignored)
    if as_json:
        options.print_json(report)
    else:
        for finding in report["findings"]:
            click.echo(_text(finding))
        findings = options.count(len(report["findings"]), "finding")
        click.echo(f"{findings} in {options.count(report['requests_checked'], 'request')}")
    sys.exit(1 if report["findings"] else 0)


def _text(finding: dict[str, Any]) -> str:
    more = f" and {finding['truncated']} more" if finding["truncated"] else ""
    operation = " ".join(filter(None, (finding["vendor"], finding["operation"])))
    details = {
        "observed": finding["observed"],
        "requests": f"{', '.join(map(str, finding['requests']))}{more}",
        "advice": finding["advice"],
        "source": finding["source"],
    }
    lines = (tables.paragraph(text, f"  {name:<8}  ", 12) for name, text in details.items())
    return "\n".join([f"{finding['rule']}  {operation}", *lines, ""])

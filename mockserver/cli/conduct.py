"""Answers `mockserver conduct`: what there is to say of the clients of a server that runs, as text or as JSON.

Judging stays with the server, which has the journal.
"""

import json
import sys
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import click

from mockserver.cli.options import DEFAULTS, option

FINDINGS = 1
"""The exit code when there is something to say."""

_PATH = "/_mock/conduct"
_TIMEOUT = 30
"""Seconds."""


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
    told = _told(url.rstrip("/"), admin_token, ignored)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for finding in told["findings"]:
            click.echo(_shown(finding))
        click.echo(f"{len(told['findings'])} findings in {told['judged']} requests")
    sys.exit(FINDINGS if told["findings"] else 0)


def _told(url: str, admin_token: str | None, ignored: tuple[str, ...]) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(f"{url!r} is no address of a server; as in http://127.0.0.1:8080", param_hint="--url")
    headers = {"Authorization": f"Bearer {admin_token}"} if admin_token else {}
    try:
        query = f"?ignore={quote(','.join(ignored))}" if ignored else ""
        with urlopen(Request(url + _PATH + query, headers=headers), timeout=_TIMEOUT) as answer:  # noqa: S310 (checked above)
            told: dict[str, Any] = json.load(answer)
            return told
    except HTTPError as error:
        with error:
            raise click.UsageError(f"{url}{_PATH} answers {error.code}: {_detail(error)}") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise click.UsageError(f"no server of ours answers at {url}: {getattr(error, 'reason', error)}") from error


def _detail(error: HTTPError) -> str:
    """What a refusal says, where it is problem details."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return error.reason


def _shown(finding: dict[str, Any]) -> str:
    ids = ", ".join(map(str, finding["requests"])) + (f" and {finding['more']} more" if finding["more"] else "")
    where = " ".join(filter(None, (finding["vendor"], finding["operation"])))
    return (
        f"{finding['rule']}  {where}\n  seen      {finding['seen']}\n  requests  {ids}\n"
        f"  do        {finding['do']}\n  source    {finding['source']}\n"
    )

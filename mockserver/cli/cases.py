"""Answers `mockserver cases`: the situations that clients break on, as a list, one in full, or each done and judged.

What a case says and doing it stays out (the `cases` room).
"""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.options import DEFAULTS, option

if TYPE_CHECKING:
    from mockserver.cases.records import Case, Catalogue

FAILED = 1
"""The exit code when a case does not come out as it says."""

GRADES = ("D", "O", "I", "A")


@click.command
@click.argument("ids", nargs=-1, metavar="[ID]...")
@option("--vendor", help="Only cases of this vendor; `between` stands for what is about all of them.")
@option("--grade", type=click.Choice(GRADES), help="Only cases with this evidence.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as /_mock/cases does.")
@click.option("--run", "do", is_flag=True, help="Do the cases, and say of each whether it comes out as it says.")
@option("--url", help="With --run, a server that runs already; without it, one is started. Else for the curl lines.")
@option("--admin-token", help="What that server's /_mock asks for, as a Bearer token.")
def cases(
    ids: tuple[str, ...],
    vendor: str | None,
    grade: str | None,
    url: str | None,
    admin_token: str | None,
    *,
    as_json: bool,
    do: bool,
) -> None:
    """Print the situations that clients break on; with ids, everything about these.

    Each is reached by `mockserver serve --case ID`, by {"case": "ID"} to /_mock/sandboxes, or by the marker of pytest.
    Grades: D documented by the vendor, O observed, I inferred, A assumed. With --run, exit code 1 when one fails.
    """
    from mockserver.cases.records import UnknownCase

    catalogue = _catalogue()
    try:
        found = [catalogue.find(each) for each in ids] or list(catalogue.cases)
    except UnknownCase as error:
        raise click.UsageError(str(error)) from error
    if vendor not in {None, *catalogue.vendors}:
        raise click.BadParameter(
            f"{vendor!r} has none; there are: {', '.join(catalogue.vendors)}", param_hint="--vendor"
        )
    found = [case for case in found if vendor in {None, case.vendor} and grade in {None, case.grade}]
    if not found:
        raise click.UsageError("no case is all of that; leave the ids, --vendor or --grade out")
    if do:
        sys.exit(_run(found, url, admin_token, as_json=as_json))
    at = (url or f"http://{DEFAULTS.host}:{DEFAULTS.port}").rstrip("/")
    if as_json:
        click.echo(json.dumps({"cases": _told(found, at, admin_token)}, ensure_ascii=False, indent=2))
    elif ids:
        click.echo("\n\n".join(map(_whole, _told(found, at, admin_token))))
    else:
        table = click.HelpFormatter(width=120)
        table.write_dl([(f"{case.id} {case.grade} {case.vendor}", case.title) for case in found])
        click.echo(table.getvalue(), nl=False)


def _catalogue() -> "Catalogue":
    from mockserver import resources
    from mockserver.cases import reading

    try:
        return reading.catalogue(resources.cases())
    except reading.CaseError as error:
        raise click.UsageError(str(error)) from error


def _told(found: "list[Case]", url: str, admin_token: str | None) -> list[dict[str, Any]]:
    from mockserver import vendors
    from mockserver.cases import describe

    served = vendors.discover()
    return [describe.describe(case, served, url, guarded=admin_token is not None) for case in found]


def _whole(told: dict[str, Any]) -> str:
    """A case in full, as text."""
    body = json.dumps(told["sandbox"], ensure_ascii=False)
    parts = [
        f"{told['id']}  {told['title']}\n{told['vendor']}, grade {told['grade']}: {told['source']}",
        f"Why clients break on it\n{_indented([told['rationale']])}",
        f"A server of its own\n{_indented([told['serve'], *told['curl']])}",
        f"In a sandbox of a server that runs\n{_indented(told['curl_in_sandbox'])}",
        f"The whole body that makes such a sandbox, where the server was started without flags\n{_indented([body])}",
        f"In pytest\n{_indented([told['marker']])}",
        f"What must come back\n{_indented([told['returns']])}",
    ]
    return "\n\n".join(parts)


def _indented(lines: list[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


def _run(found: "list[Case]", url: str | None, admin_token: str | None, *, as_json: bool) -> int:
    """Do cases, and print how each came out; the exit code."""
    from mockserver import vendors
    from mockserver.cases import running
    from mockserver.cli import reaching

    told: list[running.Outcome] = []
    with reaching.server(url) as at:
        send, served = reaching.sender(at, admin_token), vendors.discover()
        for case in found:
            told.append(running.run(case, send, served))
            if not as_json:
                click.echo(f"{told[-1].word}  {case.id}  {case.title}")
                for line in told[-1].said:
                    click.echo(f"        {line}")
    failed, passed_over = (sum(each.word == word for each in told) for word in (running.FAILED, running.SKIPPED))
    if as_json:
        listed = [
            {"id": case.id, "outcome": each.word, "said": each.said} for case, each in zip(found, told, strict=True)
        ]
        click.echo(json.dumps({"cases": listed}, indent=2))
    else:
        beyond = f", {passed_over} beyond this server" if passed_over else ""
        click.echo(f"{len(told)} cases, {failed} failed{beyond}")
    return FAILED if failed else 0

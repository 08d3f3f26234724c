"""`mockserver cases`: the catalogue of cases as a list, single cases in full, or a run of them."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.options import DEFAULTS, option

if TYPE_CHECKING:
    from mockserver.cases.records import Case, Catalogue

FAILED = 1
"""The exit code when a case fails."""

GRADES = ("D", "O", "I", "A")


@click.command
@click.argument("ids", nargs=-1, metavar="[ID]...")
@option("--vendor", help="Only cases of this vendor; `cross-vendor` for those of several vendors.")
@option("--grade", type=click.Choice(GRADES), help="Only cases with this evidence.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as /_mock/cases does.")
@click.option("--run", "run_them", is_flag=True, help="Run the cases and print whether each passes.")
@option("--url", help="With --run, a running server (by default one is started); otherwise, the URL in the curl lines.")
@option("--admin-token", help="That server's --admin-token, if it has one.")
def cases(
    ids: tuple[str, ...],
    vendor: str | None,
    grade: str | None,
    url: str | None,
    admin_token: str | None,
    *,
    as_json: bool,
    run_them: bool,
) -> None:
    """Print the situations that clients fail on; with ids, everything about these.

    Reach one with `mockserver serve --case ID`, with {"case": "ID"} in a POST to /_mock/sandboxes, or with the pytest
    marker. Grades: D documented by the vendor, O observed, I inferred, A assumed. With --run, exit code 1 when one
    fails.

    \b
    mockserver cases C001
    mockserver cases --run --url http://127.0.0.1:8080
    """
    from mockserver.cases.records import UnknownCase

    catalogue = _catalogue()
    try:
        found = [catalogue.find(each) for each in ids] or list(catalogue.cases)
    except UnknownCase as error:
        raise click.UsageError(str(error)) from error
    if vendor not in {None, *catalogue.vendors}:
        raise click.BadParameter(
            f"{vendor!r} has no cases; those with cases are: {', '.join(catalogue.vendors)}", param_hint="--vendor"
        )
    found = [case for case in found if vendor in {None, case.vendor} and grade in {None, case.grade}]
    if not found:
        raise click.UsageError("no case matches all of this; leave out the ids, --vendor or --grade")
    if run_them:
        sys.exit(_run(found, url, admin_token, as_json=as_json))
    address = (url or f"http://{DEFAULTS.host}:{DEFAULTS.port}").rstrip("/")
    if as_json:
        click.echo(json.dumps({"cases": _described(found, address, admin_token)}, ensure_ascii=False, indent=2))
    elif ids:
        click.echo("\n\n".join(map(_text, _described(found, address, admin_token))))
    else:
        table = click.HelpFormatter(width=120)
        table.write_dl([(f"{case.id} {case.grade} {case.vendor}", case.title) for case in found])
        click.echo(table.getvalue(), nl=False)


def _catalogue() -> "Catalogue":
    from mockserver import resources
    from mockserver.cases import loading

    try:
        return loading.load(resources.cases())
    except loading.CaseError as error:
        raise click.UsageError(str(error)) from error


def _described(found: "list[Case]", url: str, admin_token: str | None) -> list[dict[str, Any]]:
    from mockserver import vendors
    from mockserver.cases import describe

    served = vendors.discover()
    return [describe.describe(case, served, url, guarded=admin_token is not None) for case in found]


def _text(case: dict[str, Any]) -> str:
    """A case in full, as text."""
    body = json.dumps(case["sandbox"], ensure_ascii=False)
    parts = [
        f"{case['id']}  {case['title']}\n{case['vendor']}, grade {case['grade']}: {case['source']}",
        f"Why clients fail on it\n{_indented([case['rationale']])}",
        f"A server of its own\n{_indented([case['serve'], *case['curl']])}",
        f"In a sandbox of a running server\n{_indented(case['curl_in_sandbox'])}",
        f"The whole body that creates this sandbox on a server started without flags\n{_indented([body])}",
        f"In pytest\n{_indented([case['marker']])}",
        f"What must come back\n{_indented([case['returns']])}",
    ]
    return "\n\n".join(parts)


def _indented(lines: list[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


def _run(found: "list[Case]", url: str | None, admin_token: str | None, *, as_json: bool) -> int:
    """Run cases and print the outcome of each; returns the exit code."""
    from mockserver import vendors
    from mockserver.cases import running
    from mockserver.cli import servers

    outcomes: list[running.Outcome] = []
    with servers.connect(url, admin_token) as client:
        for case in found:
            outcomes.append(running.run(case, client, vendors.discover()))
            if not as_json:
                click.echo(f"{outcomes[-1].result}  {case.id}  {case.title}")
                for line in outcomes[-1].messages:
                    click.echo(f"        {line}")
    failed, skipped = (sum(each.result == word for each in outcomes) for word in (running.FAILED, running.SKIPPED))
    if as_json:
        listed = [
            {"id": case.id, "outcome": each.result, "messages": each.messages}
            for case, each in zip(found, outcomes, strict=True)
        ]
        click.echo(json.dumps({"cases": listed}, indent=2))
    else:
        also = f", {skipped} skipped" if skipped else ""
        click.echo(f"{len(outcomes)} case{'' if len(outcomes) == 1 else 's'}, {failed} failed{also}")
    return FAILED if failed else 0

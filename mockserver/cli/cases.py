"""`mockserver cases`: the catalogue of cases as a list, single cases in full, or a run of them."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import options, progress, servers, tables
from mockserver.cli.options import option

if TYPE_CHECKING:
    from mockserver.cases.records import Case


@click.command
@options.config
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=options.completed("cases"))
@click.option(
    "--vendor",
    shell_complete=options.completed("groups"),
    help="Only cases of this vendor; `cross-vendor` for those of several vendors.",
)
@click.option("--grade", type=click.Choice(options.GRADES), help="Only cases with this evidence.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as /_mock/cases does.")
@click.option("--run", "run_them", is_flag=True, help="Run the cases and print whether each passes.")
@option(
    "--url",
    type=options.Url(),
    help="With --run, a running server (without it, and without the variable, one is started); otherwise, the URL in "
    "the curl lines.",
)
@options.admin_token
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
    """List, explain or run the cases in which clients fail.

    With ids, print everything about these. Reach a case with `mockserver serve --case ID`, with {"case": "ID"} in a
    POST to /_mock/sandboxes, or with the pytest marker. Grades: D documented by the vendor, O observed, I inferred, A
    assumed. With --run, exit code 1 when a case fails.

    \b
    Examples:
      mockserver cases --grade O
      mockserver cases C001
      mockserver cases --run --url http://127.0.0.1:8080 C001 C031
    """
    from mockserver import resources, vendors
    from mockserver.cases import describe, loading
    from mockserver.cases.records import UnknownCase

    with servers.usage_errors(loading.CaseError, UnknownCase):
        catalogue = loading.load(resources.cases())
        found = [catalogue.find(each) for each in ids] or list(catalogue.cases)
    if vendor not in {None, *catalogue.vendors}:
        raise click.BadParameter(
            f"{vendor!r} has no cases; those with cases are: {', '.join(catalogue.vendors)}", param_hint="--vendor"
        )
    found = [case for case in found if vendor in {None, case.vendor} and grade in {None, case.grade}]
    if not found:
        raise click.UsageError("no case matches all of this; leave out the ids, --vendor or --grade")
    if run_them:
        sys.exit(_run(found, url, admin_token, as_json=as_json))
    if ids or as_json:
        address, guarded = url or options.DEFAULT_URL, admin_token is not None
        descriptions = [describe.describe(case, vendors.discover(), address, guarded=guarded) for case in found]
        if as_json:
            options.print_json({"cases": descriptions})
        else:
            click.echo("\n\n".join(map(_text, descriptions)))
    else:
        click.echo(tables.table((f"{case.id} {case.grade} {case.vendor}", case.title) for case in found))


def _text(case: dict[str, Any]) -> str:
    """A case in full, as text; commands and JSON stay on one line, so that they can be copied."""
    sections = {
        "Why clients fail on it": [tables.paragraph(case["rationale"], indent=2)],
        "A server of its own": [case["serve"], *case["curl"]],
        "In a sandbox of a running server": case["curl_in_sandbox"],
        "The whole body that creates this sandbox on a server started without flags": [
            json.dumps(case["sandbox"], ensure_ascii=False)
        ],
        "In pytest": [case["marker"]],
        "What must come back": [tables.paragraph(case["returns"], indent=2)],
    }
    head = "\n".join(
        [
            tables.paragraph(case["title"], f"{case['id']}  ", 6),
            tables.paragraph(case["source"], f"{case['vendor']}, grade {case['grade']}: ", 2),
        ]
    )
    return "\n\n".join([head, *("\n  ".join([title, *lines]) for title, lines in sections.items())])


def _run(found: "list[Case]", url: str | None, admin_token: str | None, *, as_json: bool) -> int:
    """Run cases and print the outcome of each; returns the exit code."""
    from mockserver import vendors
    from mockserver.cases import running

    outcomes: list[dict[str, Any]] = []
    with servers.connect(url, admin_token) as client:
        runs = (running.run(case, client, vendors.discover()) for case in found)
        for case, outcome in zip(found, progress.counted(runs, len(found), "case"), strict=True):
            outcomes.append({"id": case.id, "outcome": outcome.result, "messages": outcome.messages})
            if not as_json:
                click.echo(tables.paragraph(case.title, f"{outcome.result}  {case.id}  ", 14))
                for line in outcome.messages:
                    click.echo(tables.paragraph(line, " " * 8, 8))
    results = [each["outcome"] for each in outcomes]
    failed, skipped = results.count(running.FAILED), results.count(running.SKIPPED)
    if as_json:
        options.print_json({"cases": outcomes})
    else:
        also = f", {skipped} skipped" if skipped else ""
        click.echo(f"{options.count(len(results), 'case')}, {failed} failed{also}")
    return 1 if failed else 0

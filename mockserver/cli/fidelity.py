"""`mockserver fidelity`: the evidence for everything that is served, with its grade, source and test."""

from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import options, tables

if TYPE_CHECKING:
    from mockserver.fidelity.ledger import FidelityLedger


@click.command
@click.option("--vendor", shell_complete=options.completed("vendors"), help="Only this vendor's rows.")
@click.option("--grade", type=click.Choice(options.GRADES), help="Only rows of this grade.")
@options.as_json
def fidelity(vendor: str | None, grade: str | None, *, as_json: bool) -> None:
    """Print the evidence for everything that is served.

    Each row has its grade, its source, and the test that checks it. Grades: D documented, O observed in answers or
    public clients, I inferred, A assumed. What is documented was compared with the vendors' pages a second time; a
    row that could not be confirmed says why. Counts are by vendor and grade, over all rows; there is no single score.

    \b
    Examples:
      mockserver fidelity --grade A
      mockserver fidelity --json
    """
    from mockserver.fidelity import ledger

    every = ledger.all_ledgers()
    found = {each.vendor: _report(each, grade) for each in every if vendor in {None, each.vendor}}
    if not found:
        known = ", ".join(each.vendor for each in every)
        raise click.BadParameter(f"there is no vendor {vendor!r}; there are: {known}", param_hint="--vendor")
    if as_json:
        options.print_json(found)
        return
    for name, report in found.items():
        counts = ", ".join(f"{number} {letter}" for letter, number in report["counts"].items())
        click.echo(f"{name}: {counts}\n")
        rows = (
            (f"{row['grade']} {row['kind']}", f"{row['name']} ({_source(row)}) {row['test']}") for row in report["rows"]
        )
        click.echo(f"{tables.table(rows)}\n")


def _source(row: dict[str, Any]) -> str:
    """The source, and why a second reading could not confirm it."""
    unconfirmed = f"; not confirmed: {row['unconfirmed']}" if row["unconfirmed"] else ""
    return f"{row['source'].rstrip('.')}{unconfirmed}"


def _report(ledger: "FidelityLedger", grade: str | None) -> dict[str, Any]:
    from mockserver.fidelity.ledger import counts

    fields = ("kind", "name", "grade", "source", "unconfirmed", "test")
    return {
        "counts": counts(ledger.rows),
        "rows": [{name: getattr(row, name) for name in fields} for row in ledger.rows if grade in {None, row.grade}],
    }

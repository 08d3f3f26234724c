"""`mockserver fidelity`: the evidence for everything that is served, with its grade, source and test."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.options import option

if TYPE_CHECKING:
    from mockserver.fidelity.ledger import FidelityLedger, LedgerRow

GRADES = ("D", "O", "I", "A")


@click.command
@option("--vendor", help="Only this vendor's rows.")
@option("--grade", type=click.Choice(GRADES), help="Only rows of this grade.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def fidelity(vendor: str | None, grade: str | None, *, as_json: bool) -> None:
    """Print what is served, the evidence for it, and the test that checks it.

    Grades: D documented, O observed in answers or public clients, I inferred, A assumed. Counts are by vendor and
    grade, over all rows; there is no single score.
    """
    from mockserver.fidelity import ledger

    found = _chosen(ledger.all_ledgers(), vendor)
    if as_json:
        listed = {each.vendor: {"counts": _counts(each), "rows": _listed(each.rows, grade)} for each in found}
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for each in found:
        counted = ", ".join(f"{number} {letter}" for letter, number in _counts(each).items())
        click.echo(f"{each.vendor}: {counted}\n")
        table = click.HelpFormatter(width=160)
        table.write_dl([(f"{row['grade']} {row['kind']}", _line(row)) for row in _listed(each.rows, grade)], col_max=12)
        click.echo(table.getvalue())


def _chosen(found: "list[FidelityLedger]", vendor: str | None) -> "list[FidelityLedger]":
    chosen = [each for each in found if vendor in {None, each.vendor}]
    if not chosen:
        known = ", ".join(each.vendor for each in found)
        raise click.BadParameter(f"there is no vendor {vendor!r}; there are: {known}", param_hint="--vendor")
    return chosen


def _counts(ledger: "FidelityLedger") -> dict[str, int]:
    from mockserver.fidelity.ledger import counts

    return {grade.value: number for grade, number in counts(ledger.rows).items()}


def _listed(rows: "Sequence[LedgerRow]", grade: str | None) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows if grade in {None, row.grade.value}]


def _line(row: dict[str, Any]) -> str:
    return f"{row['name']} ({row['source'].rstrip('.')}) {row['test']}"

"""`mockserver fidelity`: the evidence for everything that is served, with its grade, source and test."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import options, servers, tables

if TYPE_CHECKING:
    from mockserver.fidelity.ledger import FidelityLedger, LedgerRow
    from mockserver.gateway.switches import Options


@click.command
@click.option("--vendor", shell_complete=options.completed("vendors"), help="Only this vendor's rows.")
@click.option("--grade", type=click.Choice(options.GRADES), help="Only rows of this grade.")
@click.option(
    "--with",
    "policy_file",
    type=click.Path(path_type=Path),
    help="A policy file, as `mockserver learn` makes it: what it sets counts as observed by you.",
)
@options.as_json
def fidelity(vendor: str | None, grade: str | None, policy_file: Path | None, *, as_json: bool) -> None:
    """Print the evidence for everything that is served.

    Each row has its grade, its source, and the test that checks it. Grades: D documented, O observed in answers or
    public clients, I inferred, A assumed. What is documented was compared with the vendors' pages a second time; a
    row that could not be confirmed says why. Counts are by vendor and grade, over all rows; there is no single score.

    With --with, a row that a policy file decides says what you observed, and whether that confirms or contradicts what
    the simulator serves by default.

    \b
    Examples:
      mockserver fidelity --grade A
      mockserver fidelity --json
      mockserver fidelity --with policy.yaml
    """
    from mockserver.fidelity import ledger

    every = ledger.all_ledgers()
    observed = observed_options(policy_file)
    found = {
        each.vendor: report(each, grade, observed.get(each.vendor, {}))
        for each in every
        if vendor in {None, each.vendor}
    }
    if not found:
        known = ", ".join(each.vendor for each in every)
        raise click.BadParameter(f"there is no vendor {vendor!r}; there are: {known}", param_hint="--vendor")
    if as_json:
        options.print_json(found)
        return
    for name, shown in found.items():
        counts = ", ".join(f"{number} {letter}" for letter, number in shown["counts"].items())
        click.echo(f"{name}: {counts}\n")
        rows = (
            (f"{row['grade']} {row['kind']}", f"{row['name']} ({_source(row)}) {row['test']}") for row in shown["rows"]
        )
        click.echo(f"{tables.table(rows)}\n")


def _source(row: Mapping[str, Any]) -> str:
    """The source, why a second reading could not confirm it, and what a policy says."""
    unconfirmed = f"; not confirmed: {row['unconfirmed']}" if row["unconfirmed"] else ""
    observed = f"; {row['observed']}" if "observed" in row else ""
    return f"{row['source'].rstrip('.')}{unconfirmed}{observed}"


def observed_options(policy_file: Path | None) -> "Mapping[str, Options]":
    """The options in a policy file, by vendor; a usage error for a file that `serve` would refuse."""
    if policy_file is None:
        return {}
    from mockserver import settings, startup_policy, vendors

    with servers.usage_errors():
        chosen = settings.Settings(policy_file=policy_file)
        return startup_policy.load(chosen, startup_policy.all_switches(vendors.discover()))


def report(ledger: "FidelityLedger", grade: str | None, observed: "Options") -> dict[str, Any]:
    """The rows of a vendor's ledger, those of one grade if it is given, with what was observed."""
    from mockserver.fidelity.ledger import counts

    fields = ("kind", "name", "grade", "source", "unconfirmed", "test")
    notes = _notes(ledger.vendor, observed)
    return {
        "counts": counts(ledger.rows),
        "rows": [
            {name: getattr(row, name) for name in fields} | _note(row, notes)
            for row in ledger.rows
            if grade in {None, row.grade}
        ],
    }


def _notes(vendor: str, observed: "Options") -> dict[tuple[str, str], str]:
    """What a policy says of switches and response fields, by the kind of the row and the name in it."""
    from mockserver import vendors
    from mockserver.gateway.switches import Renaming

    found: dict[tuple[str, str], str] = {}
    switches = {each.name: each for served in vendors.discover() if served.name == vendor for each in served.switches}
    for name, option in observed.items():
        switch = switches[name]
        renamed = switch.to_json(option) if isinstance(switch, Renaming) else {}
        verdict = "confirms" if option == switch.default else "contradicts"
        shown = ", ".join(renamed.values()) if renamed else option
        found["switch", name] = f"observed by you: {shown}, which {verdict} the default"
        for old, new in renamed.items():
            found["field", old] = f"observed by you: its name is {new}"
    return found


def _note(row: "LedgerRow", notes: Mapping[tuple[str, str], str]) -> dict[str, str]:
    last = row.name.rpartition(" ")[2].rpartition(".")[2].removesuffix("[]")
    note = notes.get((row.kind.value, last))
    return {} if note is None else {"observed": note}

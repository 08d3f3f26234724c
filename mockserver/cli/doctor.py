"""`mockserver doctor`: which statements of the evidence ledger the policy of a real service confirms or contradicts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import fidelity, options

if TYPE_CHECKING:
    from mockserver.fidelity.ledger import FidelityLedger
    from mockserver.gateway.switches import Options


@click.command
@click.argument("policy_file", type=click.Path(path_type=Path))
@options.as_json
def doctor(policy_file: Path, *, as_json: bool) -> None:
    """Check what is assumed against a policy.

    Reads a policy file, as `mockserver learn` and `mockserver compare` make it, and prints for each vendor in it which
    statements of the evidence ledger it confirms, which it contradicts, and which switches are assumed and still open.
    `mockserver fidelity --with` prints the whole ledger with the same notes.

    \b
    Examples:
      mockserver doctor policy.yaml
      mockserver doctor policy.yaml --json
    """
    from mockserver.fidelity import ledger

    observed = fidelity.observed_options(policy_file)
    found = {
        each.vendor: _report(each, observed[each.vendor]) for each in ledger.all_ledgers() if each.vendor in observed
    }
    if as_json:
        options.print_json(found)
        return
    if not found:
        click.echo(f"{policy_file} sets no switch of a vendor")
    for vendor, report in found.items():
        click.echo(f"{vendor}: {', '.join(f'{len(rows)} {title}' for title, rows in report.items())}")
        for title, rows in report.items():
            click.echo("".join(f"  {title}: {row}\n" for row in rows), nl=False)


def _report(ledger: "FidelityLedger", observed: "Options") -> dict[str, list[str]]:
    rows: list[dict[str, Any]] = fidelity.report(ledger, None, observed)["rows"]
    noted = [row for row in rows if "observed" in row]
    confirmed = [row for row in noted if "confirms" in row["observed"]]
    return {
        "confirmed": [_text(row) for row in confirmed],
        "contradicted": [_text(row) for row in noted if row not in confirmed],
        "open": [row["name"] for row in rows if (row["kind"], row["grade"]) == ("switch", "A") and row not in noted],
    }


def _text(row: dict[str, Any]) -> str:
    return f"{row['name']} (grade {row['grade']}): {row['observed']}"

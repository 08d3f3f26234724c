"""`mockserver audit`: checks every invariant at a server and prints a line for each."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import options, servers
from mockserver.cli.options import option

if TYPE_CHECKING:
    from mockserver.audit.run import CheckResult

_DAY = click.DateTime(["%Y-%m-%d"])


class GroupChoice(click.Choice[str]):
    """The groups of invariants, found when a value or the help is wanted: every vendor, and the cross-vendor ones."""

    def __init__(self) -> None:
        super().__init__(())

    @property
    def choices(self) -> tuple[str, ...]:
        """The names of the groups."""
        from mockserver import vendors
        from mockserver.audit import cross_vendor

        return (*(vendor.name for vendor in vendors.discover()), cross_vendor.NAME)

    @choices.setter
    def choices(self, value: Any) -> None:
        """Click sets this once; the groups are discovered."""


@click.command
@options.organization
@option("--url", help="A running server; without it, one is started for the audit.")
@option("--admin-token", help="The server's --admin-token, if it has one.")
@click.option("--from", "first", type=_DAY, help="The first day; by default the week that ended two days ago.")
@click.option("--to", "last", type=_DAY, help="The last day.")
@click.option("--vendor", "vendors", type=GroupChoice(), multiple=True, help="Only these groups; repeatable.")
@click.option(
    "--defect",
    "defects",
    multiple=True,
    help="Arm an inconsistency that must be found (/_mock/defects lists them); repeatable.",
)
@click.option("--full", is_flag=True, help="Read everything, however long it takes, instead of a sample.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit(
    organization: str,
    url: str | None,
    admin_token: str | None,
    first: datetime | None,
    last: datetime | None,
    vendors: tuple[str, ...],
    defects: tuple[str, ...],
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Recompute every invariant from the public endpoints, and print which hold.

    Limits are switched off meanwhile and put back. Exit code 1 when an invariant is violated.

    \b
    mockserver audit --organization globex
    mockserver audit --url http://127.0.0.1:8080 --from 2025-10-01 --to 2025-10-14 --full
    """
    from mockserver import vendors as surfaces
    from mockserver.audit import run

    days = {name: None if day is None else day.date() for name, day in {"first": first, "last": last}.items()}
    with (
        servers.connect(url, admin_token, organization=organization, limits="off") as client,
        _usage_errors(),
    ):
        reader, results = run.audit(
            client, surfaces.room("invariants"), **days, vendors=vendors, defects=defects, full=full
        )
        if not as_json:
            click.echo(f"{reader.first} to {reader.last}, {_extent(full=full)}")
        with closing(results):
            found = [_print(result, quiet=as_json) for result in results]
    failed = sum(result.outcome == "failed" for result in found)
    if as_json:
        click.echo(json.dumps(_document(found, str(reader.first), str(reader.last), full=full), indent=2))
    else:
        click.echo(f"{len(found)} invariants, {failed} violated, {reader.requests} requests")
    raise SystemExit(1 if failed else 0)


@contextmanager
def _usage_errors() -> Iterator[None]:
    from mockserver.audit import reader, run

    try:
        yield
    except (run.InvalidAudit, reader.ServerUnusable) as error:
        raise click.UsageError(str(error)) from error


def _extent(*, full: bool) -> str:
    from mockserver.audit import reader

    sample = f"a sample: at most {reader.PAGES} pages of a list, {reader.USERS} users, lists of {reader.DAYS} days"
    return "everything" if full else f"{sample} (--full reads all)"


def _print(result: "CheckResult", *, quiet: bool) -> "CheckResult":
    if not quiet:
        detail = f": {result.detail}" if result.detail else ""
        click.echo(f"{result.outcome:<14} {result.invariant.name}{detail}")
    return result


def _document(found: "list[CheckResult]", first: str, last: str, *, full: bool) -> dict[str, object]:
    rows = [
        {
            "name": each.invariant.name,
            "vendor": each.vendor,
            "description": each.invariant.description,
            "source": each.invariant.source,
            "grade": each.invariant.grade,
            "outcome": each.outcome,
            "detail": each.detail,
        }
        for each in found
    ]
    return {"from": first, "to": last, "sampled": not full, "invariants": rows}

"""`mockserver audit`: checks every invariant at a server and prints a line for each."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from mockserver.cli import conflicts, options, progress, servers, tables


class GroupChoice(click.Choice[str]):
    """The groups of invariants: every vendor, and the cross-vendor ones. They are imported on first use."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The names of the groups."""
        from mockserver import vendors
        from mockserver.audit import cross_vendor

        return (*(vendor.name for vendor in vendors.discover()), cross_vendor.NAME)

    @choices.setter
    def choices(self, value: Any) -> None:
        """Click sets this once, to nothing."""


class DefectType(click.ParamType[Any]):
    """A defect by its name, with its vendor and operation before it, and the path of a field behind it."""

    name = "defect"

    def convert(self, value: Any, *_: Any) -> Any:
        """The name, or an object with the name and where it is."""
        place, separator, path = str(value).partition("@")
        *where, defect = place.split("/", 2)
        given = {"name": defect, **dict(zip(("vendor", "operation"), where, strict=False))}
        return {**given, "at": path} if separator else given if where else defect


@conflicts.command(conflicts.ONE_ORGANIZATION, *conflicts.RUNNING_SERVER)
@options.config
@options.organization
@options.organization_file
@options.running_server
@options.admin_token
@click.option("--from", "first", type=options.Day(), help="The first day; by default the week that ended two days ago.")
@click.option("--to", "last", type=options.Day(), help="The last day, included.")
@click.option(
    "--vendor",
    "vendors",
    type=GroupChoice(()),
    multiple=True,
    shell_complete=options.completed("groups"),
    help="Only these groups; repeatable.",
)
@click.option(
    "--defect",
    "defects",
    multiple=True,
    type=DefectType(),
    metavar="[VENDOR/[OPERATION/]]NAME[@PATH]",
    help="Arm an inconsistency that must be found (/_mock/defects lists them): at every vendor, at one, or at one "
    "operation; in a field also at a path, as in VENDOR/field-null@users[0].user_email; repeatable.",
)
@click.option("--full", is_flag=True, help="Read everything, however long it takes, instead of a sample.")
@options.as_json
def audit(
    organization: str,
    organization_file: Path | None,
    url: str | None,
    admin_token: str | None,
    first: date | None,
    last: date | None,
    *,
    as_json: bool,
    **choices: Any,
) -> None:
    """Check that the vendors' responses agree with each other.

    Every invariant is recomputed from the public endpoints, of a server that the command starts, or of the one at
    --url. Limits are switched off meanwhile and put back. Exit code 1 when an invariant is violated.

    \b
    Examples:
      mockserver audit --organization initech
      mockserver audit --url http://127.0.0.1:8080 --from 2025-10-01 --to 2025-10-14
    """
    from mockserver import vendors
    from mockserver.audit import reader, run

    found: list[dict[str, Any]] = []
    rooms = vendors.room("invariants")
    own = {"organization": organization, "organization_file": organization_file, "limits": "off"}
    with servers.connect(url, admin_token, **own) as client, _refusals():
        choices |= {"first": first, "last": last}
        read, results = run.audit(client, rooms, **choices)
        if not as_json:
            sample = f"at most {reader.PAGES} pages of a list, {reader.USERS} users, lists of {reader.DAYS} days"
            extent = "everything" if read.full else f"a sample: {sample} (--full reads all)"
            click.echo(
                tables.paragraph(f"{read.first} to {read.last} of {url or organization_file or organization}, {extent}")
            )
        with closing(results):
            for result in progress.counted(results, len(run.chosen(rooms, choices["vendors"])), "invariant"):
                found.append(result.to_json())
                if not as_json:
                    detail = f": {result.detail}" if result.detail else ""
                    click.echo(tables.paragraph(result.invariant.name + detail, f"{result.outcome:<15}", 15))
    violated = sum(each["outcome"] == "failed" for each in found)
    if as_json:
        days = {"from": str(read.first), "to": str(read.last)}
        options.print_json({**days, "sampled": not read.full, "invariants": found})
    else:
        click.echo(
            f"{options.count(len(found), 'invariant')}, {violated} violated, {options.count(read.requests, 'request')}"
        )
    raise SystemExit(1 if violated else 0)


@contextmanager
def _refusals() -> Iterator[None]:
    """End the command when the audit cannot be made."""
    from mockserver.audit import reader, run

    try:
        yield
    except (run.InvalidAudit, reader.ServerUnusable) as error:
        raise servers.failure(str(error), error.__cause__) from error

"""`mockserver organizations`: a list of the bundled organizations, and drafts of new ones."""

import re
from itertools import takewhile
from typing import TYPE_CHECKING

import click

from mockserver import resources
from mockserver.cli import servers, tables

if TYPE_CHECKING:
    from mockserver.simulation.organization import Organization


@click.group(invoke_without_command=True)
@click.pass_context
def organizations(context: click.Context) -> None:
    """List the bundled organizations, or draft one of your own.

    \b
    Examples:
      mockserver organizations
      mockserver organizations new --people 300 --seed 7 > mine.yaml
    """
    if context.invoked_subcommand is not None:
        return
    from mockserver.organizations import files

    click.echo(tables.table((slug, f"{_size(files.named(slug))} {_purpose(slug)}") for slug in files.bundled()))


@organizations.command
@click.option(
    "--people", type=click.IntRange(min=1), metavar="NUMBER", required=True, help="How many people there are."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives another history.")
@click.option("--slug", default="mine", show_default=True, help="The short name, which becomes part of the tokens.")
def new(people: int, seed: int, slug: str) -> None:
    """Print a commented organization file to start from.

    \b
    Examples:
      mockserver organizations new --people 300 > mine.yaml
      mockserver organizations new --people 40 --seed 7 --slug ours > ours.yaml
    """
    from mockserver.organizations import drafts

    with servers.usage_errors():
        draft = drafts.draft(people, seed, slug)
    click.echo(draft, nl=False)


def _size(organization: "Organization") -> str:
    seats = ", ".join(
        f"{product} {spread.seats:,}" for product, spread in organization.adoption.items() if spread.seats is not None
    )
    sizes = f"people: {organization.people:,}, teams: {len(organization.teams)}"
    return f"{sizes}, seats: {seats or 'as many as are licensed'}."


def _purpose(slug: str) -> str:
    """The first sentence of the comment at the top of the file."""
    lines = resources.organizations()[slug].read_text(encoding="utf-8").splitlines()
    comment = " ".join(line.removeprefix("# ") for line in takewhile(lambda line: line.startswith("# "), lines))
    return re.split(r"(?<=\.)\s", comment)[0]

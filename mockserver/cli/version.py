"""`mockserver version`: the version, and what else a report of a problem should have."""

import platform
import re
from collections.abc import Iterator
from importlib import metadata

import click

import mockserver
from mockserver.cli import options

_REQUIREMENT = re.compile(r"""([\w.-]+).*;.*\bextra == ["']([\w.-]+)["']""")


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def version(*, as_json: bool) -> None:
    """Print the versions, the vendors and the extras found.

    With the same data version, the same organization and seed give the same bytes. An extra is found if everything
    that it installs is there. `mockserver --version` prints the version alone.

    \b
    Examples:
      mockserver version
      mockserver version --json
    """
    from mockserver import vendors
    from mockserver.simulation.hashing import DATA_VERSION

    names = [vendor.name for vendor in vendors.discover()]
    found = {"version": mockserver.__version__, "data_version": DATA_VERSION, "python": platform.python_version()}
    if as_json:
        options.print_json({**found, "vendors": names, "extras": dict(extras())})
        return
    listed = ", ".join(f"{name} ({'found' if each else 'not installed'})" for name, each in extras())
    rows = {**found, "vendors": ", ".join(names), "extras": listed}
    click.echo("\n".join(f"{name.replace('_', ' '):<14}{value}" for name, value in rows.items()))


def extras() -> Iterator[tuple[str, bool]]:
    """Each optional extra of this distribution, and whether everything that it requires is installed."""
    needed: dict[str, list[str]] = {}
    for requirement in metadata.requires(mockserver.__distribution__) or ():
        if parts := _REQUIREMENT.match(requirement):
            needed.setdefault(parts[2], []).append(parts[1])
    for name, packages in needed.items():
        yield name, all(map(_is_installed, packages))


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True

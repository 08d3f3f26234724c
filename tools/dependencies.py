"""The command that writes `constraints.txt`: the packages that the server needs, in the versions installed here.

The client of a shared store is among them, which is an extra: the container has it, and its lowest version is tested.

    .venv/bin/python -m tools.dependencies [--check | --lowest]

With --check, it only compares. With --lowest, it prints the lowest versions that `pyproject.toml` allows, for the
running Python; `make lowest` tests them.
"""

import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"


EXTRA = "redis"


def needed(requirements: list[str], extras: Iterable[str] = ()) -> list[Requirement]:
    """Return the requirements that apply to the running Python with these extras."""
    parsed = map(Requirement, requirements)
    chosen = ("", *extras)
    return [
        each
        for each in parsed
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in chosen)
    ]


def declared() -> list[Requirement]:
    """Return the dependencies in `pyproject.toml`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return needed([*project["dependencies"], *project["optional-dependencies"][EXTRA]])


def installed() -> str:
    """Return a line `name==version` for each dependency, and for what it depends on in turn."""
    found: dict[str, str] = {}
    left = declared()
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        if name not in found:
            found[name] = metadata.version(name)
            left += needed(metadata.requires(name) or [], requirement.extras)
    return _lines(found)


def lowest(requirements: list[Requirement]) -> str:
    """Return a line `name==version` for each requirement, with its lower bound."""
    found: dict[str, str] = {}
    for requirement in requirements:
        bounds = [each.version for each in requirement.specifier if each.operator == ">="]
        name = canonicalize_name(requirement.name)
        found[name] = max((*bounds, found.get(name, "0")), key=Version)
    return _lines(found)


def _lines(versions: dict[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))


@click.command()
@click.option("--check", is_flag=True, help="Only report whether the file has other versions than are installed.")
@click.option("--lowest", "as_lowest", is_flag=True, help="Print the lowest versions instead.")
def main(*, check: bool, as_lowest: bool) -> None:
    """Write, check or print versions."""
    if as_lowest:
        click.echo(lowest(declared()), nl=False)
        return
    is_current = CONSTRAINTS.read_text(encoding="utf-8") == installed()
    if check and not is_current:
        sys.exit("constraints.txt has other versions than are installed; run `make fix`")
    if not is_current:  # Writing it would have make install everything again.
        CONSTRAINTS.write_text(installed(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The dependencies: their bounds in pyproject.toml, and the versions in constraints.txt."""

import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import dependencies

DECLARED = dependencies.declared()
CONSTRAINTS = dependencies.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
VERSIONS = dict(line.split("==") for line in CONSTRAINTS)
LOWEST = dict(line.split("==") for line in dependencies.lowest(DECLARED).splitlines())


def test_constraints_are_sorted_versions_without_addresses_or_hashes() -> None:
    assert [line for line in CONSTRAINTS if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []
    assert sorted(VERSIONS) == list(VERSIONS)


def test_constraints_are_within_the_bounds() -> None:
    assert outside_the_bounds(VERSIONS) == []


def test_constraints_have_everything_that_the_server_needs() -> None:
    installed = dict(line.split("==") for line in dependencies.installed().splitlines())
    assert list(installed) == list(VERSIONS)


def test_every_dependency_has_a_lower_bound_that_is_tested() -> None:
    assert sorted(LOWEST) == sorted({canonicalize_name(each.name) for each in DECLARED})
    assert outside_the_bounds(LOWEST) == []
    assert "0" not in LOWEST.values()


def test_lowest_versions_are_those_of_the_running_python() -> None:
    requirements = ["numpy>=1.26", "numpy>=2.9; python_version >= '3'", "numpy>=3.1; python_version < '3'"]
    assert dependencies.lowest(dependencies.needed(requirements)) == "numpy==2.9\n"


def outside_the_bounds(versions: dict[str, str]) -> list[Requirement]:
    """Return the dependencies whose bounds these versions violate."""
    return [each for each in DECLARED if versions[canonicalize_name(each.name)] not in each.specifier]

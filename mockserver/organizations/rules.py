"""Rules across the values of an organization file: the shared ones of each rules module, and every product's own.

The shape of a single value is checked by `schemas`. Rules apply to whatever has its right shape, so that everything
wrong with a file is reported at once; a missing value violates no rule.
"""

from collections.abc import Iterator, Mapping

from mockserver import products
from mockserver.organizations import day_rules, fact_rules, people_rules, team_rules
from mockserver.products.organization_file import FileValues, RuleViolation
from mockserver.simulation.organization import Levels


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Every rule that the values of a file violate."""
    yield from team_rules.violations(values)
    yield from day_rules.violations(values)
    yield from people_rules.violations(values)
    for product in products.discover():
        yield from product.file.violations(values)
    yield from fact_rules.violations(values)
    yield from _levels(values.get("levels", {}))


def _levels(given: Mapping[str, int]) -> Iterator[RuleViolation]:
    light = given.get("light_percent", Levels().light_percent)
    heavy = given.get("heavy_percent", Levels().heavy_percent)
    if light + heavy > 100:
        rule = f"light_percent ({light}) and heavy_percent ({heavy}) add up to at most 100"
        yield RuleViolation(("levels",), rule)

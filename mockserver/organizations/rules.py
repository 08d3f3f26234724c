"""Answers what one value in an organisation file means for another: the rules of every room of rules.

The shape of a single value stays out (`schemas`). Rules are asked of whatever has its right shape already, so that all
that is wrong with a file is said at once; a value that is not there breaks no rule.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.organizations import day_rules, fact_rules, people_rules, team_rules
from mockserver.organizations.problems import RuleViolation
from mockserver.simulation.organization import Levels


def broken(stated: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Every rule that does not hold among the values that are stated."""
    yield from team_rules.broken(stated)
    yield from day_rules.broken(stated)
    yield from people_rules.broken(stated)
    yield from fact_rules.broken(stated)
    yield from _levels(stated.get("levels", {}))


def _levels(given: Mapping[str, int]) -> Iterator[RuleViolation]:
    light, heavy = (
        given.get("light_percent", Levels().light_percent),
        given.get("heavy_percent", Levels().heavy_percent),
    )
    if light + heavy > 100:
        yield RuleViolation(
            ("levels",), f"light_percent ({light}) and heavy_percent ({heavy}) make at most 100 together"
        )

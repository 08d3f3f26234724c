"""Answers whether what a file states can be had together with the people who are generated around it.

It asks the simulation under the organisation's own seed. What the file alone tells stays out (the other rules).
"""

from collections.abc import Iterator

from mockserver.organizations.problems import RuleViolation
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization
from mockserver.simulation.world import World


def broken(organization: Organization, pool: NamePool) -> Iterator[RuleViolation]:
    """Every such rule that does not hold."""
    world = World(organization, pool)
    for place, exact in enumerate(organization.exact):
        most = world.presence.eligible(exact.product, exact.day.toordinal()) if organization.generated else 0
        if exact.users > most:
            rule = f"at most the members who use {exact.product} by {exact.day} ({most})"
            yield RuleViolation(("exact", place, "users"), rule)

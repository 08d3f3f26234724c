"""Rules that depend on the people who are generated around what a file states, under the organization's own seed."""

from collections.abc import Iterator

from mockserver.products.organization_file import RuleViolation
from mockserver.products.world import World
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization


def violations(organization: Organization, pool: NamePool) -> Iterator[RuleViolation]:
    """Every such rule that is violated."""
    presence = World(organization, pool).presence
    for index, exact in enumerate(organization.exact):
        most = presence.eligible(exact.product, exact.day.toordinal()) if organization.generated else 0
        if exact.users > most:
            rule = f"at most the members who use {exact.product} by {exact.day} ({most})"
            yield RuleViolation(("exact", index, "users"), rule)

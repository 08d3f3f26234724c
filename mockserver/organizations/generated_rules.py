"""Answers whether what a file states can be had together with the people who are generated around it.

It asks the simulation under the organisation's own seed. What the file alone tells stays out (the other rules).
"""

from collections.abc import Iterator

from mockserver.organizations.problems import Broken
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization
from mockserver.simulation.world import World


def broken(organization: Organization, pool: NamePool) -> Iterator[Broken]:
    """Every such rule that does not hold."""
    world = World(organization, pool)
    yield from _addresses(world, pool)
    yield from _exact(world)


def _addresses(world: World, pool: NamePool) -> Iterator[Broken]:
    """Special people come first and bear their stated addresses, so only those after them are generated."""
    stated = world.organization.special
    key = world.people.key("identity")
    for place, person in enumerate(stated):
        local, _, domain = person.email.casefold().partition("@")
        index = pool.index_of(key, local) if domain == world.organization.domain else None
        if index is not None and len(stated) <= index < world.organization.people:
            name = world.identities.of(index).name
            rule = f"an address of one's own; {name}, who is generated, has it (another form or domain avoids that)"
            yield Broken(("special", place, "email"), rule)


def _exact(world: World) -> Iterator[Broken]:
    for place, exact in enumerate(world.organization.exact):
        most = world.presence.eligible(exact.product, exact.day.toordinal()) if world.organization.generated else 0
        if exact.users > most:
            rule = f"at most the members who use {exact.product} by {exact.day} ({most})"
            yield Broken(("exact", place, "users"), rule)

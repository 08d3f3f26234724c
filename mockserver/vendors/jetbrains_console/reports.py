"""The Console's reports: who has AI and spends credits on it, who hits a limit, how much is spent.

Each takes the edges of buckets, and returns the numbers of each bucket and those of the whole range, by the names of
`schemas`. Credits are whole hundredths.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.ranges import SpentCredits
from mockserver.products.world import World
from mockserver.simulation.presence import Mask

Numbers = dict[str, int]
Ides = Collection[int] | None
"""Indexes in IDES; None is any IDE."""


def people(
    world: World,
    groups: Collection[str] | None,
    users: Collection[str] | None,
    emails: Collection[str] | None,
) -> Mask | None:
    """A mask of those who are in the groups and have one of the ids and addresses; None filters nobody out."""
    identities = world.identities
    masks = []
    if groups is not None:
        masks.append(world.people.in_teams(_within(world, groups)))
    if users is not None:
        masks.append(_marked(world, map(identities.index_of, users)))
    if emails is not None:
        masks.append(_marked(world, map(identities.index_of_email, emails)))
    return np.logical_and.reduce(masks) if masks else None


def _within(world: World, groups: Collection[str]) -> list[int]:
    """The indexes of some teams and of every team below them."""
    teams, names, below = world.organization.teams, set[str](), set(groups)
    while below:
        names |= below
        below = {team.name for team in teams if team.parent in names} - names
    return [index for index, team in enumerate(teams) if team.name in names]


def _marked(world: World, found: Iterable[int | None]) -> Mask:
    """A mask of the members at some indexes; None is nobody."""
    mask: Mask = np.zeros(world.organization.members, dtype=np.bool_)
    mask[[index for index in found if index is not None]] = True
    return mask


def adoption(world: World, edges: Sequence[int], mask: Mask | None, ides: Ides) -> tuple[list[Numbers], Numbers]:
    """Who had AI on any day, and who made a request that spent credits."""
    ranges = world.of(PRODUCT).ranges
    enabled = ranges.enabled(edges, mask, ides)
    spent = ranges.spending(edges, mask, ides)
    rows = zip(enabled.buckets, spent.buckets, strict=True)
    total = {"enabled": enabled.total, "active": spent.total.users}
    return [{"enabled": has, "active": used.users} for has, used in rows], total


def limit_hits(world: World, edges: Sequence[int], mask: Mask | None, ides: Ides) -> tuple[list[Numbers], Numbers]:
    """Who hit their limit; of the whole range, also the most on one day of it."""
    spent = world.of(PRODUCT).ranges.spending(edges, mask, ides)
    return [{"hit": bucket.hit} for bucket in spent.buckets], {"hit": spent.total.hit, "peak": spent.peak}


def consumption(world: World, edges: Sequence[int], mask: Mask | None, ides: Ides) -> tuple[list[Numbers], Numbers]:
    """The credits spent."""
    spent = world.of(PRODUCT).ranges.spending(edges, mask, ides)
    return [_credits(bucket) for bucket in spent.buckets], _credits(spent.total)


def _credits(spent: SpentCredits) -> Numbers:
    return {"built_in": spent.built_in, "top_up": spent.top_up, "total": spent.built_in + spent.top_up}

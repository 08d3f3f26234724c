"""The Console's numbers: who has AI and spends credits on it, who hits a limit, how much is spent.

Each takes the edges of buckets, and returns the numbers of each bucket and those of the whole range, by the names of
`schemas`. Credits are whole hundredths.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.credits import QuotaPeriod
from mockserver.products.jetbrains.ranges import Spending, SpentCredits
from mockserver.products.world import World
from mockserver.simulation.presence import Mask

Numbers = dict[str, int]


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose numbers a report has, and when their credits are renewed.

    `mask` is a mask of members, None for everybody; `ides` are indexes in IDES, None for any IDE.
    """

    mask: Mask | None
    ides: Collection[int] | None
    service_accounts: bool
    period: QuotaPeriod


def members(
    world: World,
    groups: Collection[str] | None,
    users: Collection[str] | None,
    emails: Collection[str] | None,
    principals: Collection[str] | None,
) -> Mask | None:
    """A mask of those who are in the groups and have one of the ids and addresses; None filters nobody out.

    Users are people; a principal may be a service account too.
    """
    identities, people = world.identities, world.organization.people
    masks = []
    if groups is not None:
        masks.append(world.people.in_teams(_within(world, groups)))
    if users is not None:
        found = map(identities.index_of, users)
        masks.append(_marked(world, (index for index in found if index is not None and index < people)))
    if emails is not None:
        masks.append(_marked(world, map(identities.index_of_email, emails)))
    if principals is not None:
        masks.append(_marked(world, map(identities.index_of, principals)))
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


def adoption(world: World, edges: Sequence[int], whose: Selection) -> tuple[list[Numbers], Numbers]:
    """Who had AI on any day, and who made a request that spent credits."""
    ranges = world.of(PRODUCT).ranges
    enabled = ranges.enabled(edges, whose.mask, whose.ides, service_accounts=whose.service_accounts)
    spent = _spending(world, edges, whose)
    rows = zip(enabled.buckets, spent.buckets, strict=True)
    total = {"enabled": enabled.total, "active": spent.total.users}
    return [{"enabled": has, "active": used.users} for has, used in rows], total


def limit_hits(world: World, edges: Sequence[int], whose: Selection) -> tuple[list[Numbers], Numbers]:
    """Who hit their limit; of the whole range, also the most on one day of it."""
    spent = _spending(world, edges, whose)
    return [{"hit": bucket.hit} for bucket in spent.buckets], {"hit": spent.total.hit, "peak": spent.peak}


def consumption(world: World, edges: Sequence[int], whose: Selection) -> tuple[list[Numbers], Numbers]:
    """The credits spent."""
    spent = _spending(world, edges, whose)
    return [_credits(bucket) for bucket in spent.buckets], _credits(spent.total)


def _spending(world: World, edges: Sequence[int], whose: Selection) -> Spending:
    return world.of(PRODUCT).ranges.spending(
        edges, whose.mask, whose.ides, service_accounts=whose.service_accounts, period=whose.period
    )


def _credits(spent: SpentCredits) -> Numbers:
    return {"built_in": spent.built_in, "top_up": spent.top_up, "total": spent.built_in + spent.top_up}

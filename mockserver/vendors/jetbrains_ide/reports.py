"""IDE Services' reports: who has AI and who used it, and the metrics that clients sent about it.

Each returns columns of equal length, by the names of `schemas`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.facts import ACTIVITY, TOOLS
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.jetbrains.ranges import DayBuckets
from mockserver.products.jetbrains.rows import ToolRow
from mockserver.products.world import World
from mockserver.simulation.hashing import I64


def adoption(world: World, buckets: DayBuckets, profile: str | None) -> dict[str, list[Any]]:
    """Distinct people in each bucket: who had AI, and who made a request to it; nobody in an unknown profile."""
    mask = None if profile is None else world.people.in_profile(_profile_index(world, profile))
    ranges = world.of(PRODUCT).ranges
    enabled, active = ranges.enabled(buckets.edges, mask), ranges.active(buckets.edges, mask)
    return {"date": buckets.dates, "enabled": enabled.buckets, "active": active.buckets}


def _profile_index(world: World, profile: str) -> int:
    """The index of the profile with an id, in either case, or with a name; -1 for an unknown one."""
    ids, names = profiles(world).values()
    listed = [*ids, *names]
    found = profile.lower() if profile.lower() in ids else profile
    return listed.index(found) % len(names) if found in listed else -1


def profiles(world: World) -> dict[str, list[Any]]:
    """The profiles of the organization, in the order of its file."""
    names = world.organization.profiles
    return {"id": [str(world.identities.profile_id_of(index)) for index in range(len(names))], "name": list(names)}


def listed_users(world: World, today: int, after: int | None, count: int) -> list[int]:
    """The indexes of up to `count` people after one: everybody who has joined by today, in the order of their ids."""
    found: list[int] = []
    for block in world.people.blocks(0 if after is None else after + 1):
        found += block.index[~block.service & (block.joined <= today)][: count - len(found)].tolist()
        if len(found) == count:
            break
    return found


def users(world: World, index: Sequence[int]) -> dict[str, list[Any]]:
    """Some people."""
    members, identities = np.array(index, dtype=np.int64), world.identities
    names, emails = identities.names_of(members), identities.emails_of(members)
    return {"id": identities.ids_of(members), "name": names, "email": emails}


def metrics(world: World, buckets: DayBuckets, tools: Sequence[str], gate: ReportingGate) -> dict[str, list[Any]]:
    """What clients reported about some tools together, in each bucket."""
    return {"date": buckets.dates, **_measures(_sent(world, buckets, tools, gate).sum(axis=1))}


def by_feature(world: World, buckets: DayBuckets, tools: Sequence[str], gate: ReportingGate) -> dict[str, list[Any]]:
    """What clients reported about each of some tools, bucket by bucket."""
    return {
        "date": [day for day in buckets.dates for _ in tools],
        "tool": [tool for _ in buckets.dates for tool in tools],
        **_measures(_sent(world, buckets, tools, gate).reshape(-1, len(ACTIVITY))),
    }


def _sent(world: World, buckets: DayBuckets, tools: Sequence[str], gate: ReportingGate) -> I64:
    """Buckets by the tools by ACTIVITY."""
    sums = world.of(PRODUCT).ranges.reported(buckets.edges, gate)
    return sums[:, [TOOLS.index(tool) for tool in tools]][:, :, list(ACTIVITY.values())]


def _measures(rows: I64) -> dict[str, list[int]]:
    return dict(zip(ACTIVITY, rows.T.tolist(), strict=True))


def members(world: World, identifiers: Sequence[str] | None) -> I64 | None:
    """The indexes of the members with some ids, ascending; unknown ids are left out, and None is everybody."""
    if identifiers is None:
        return None
    known = (world.identities.index_of(identifier) for identifier in identifiers)
    return np.array(sorted(index for index in known if index is not None), dtype=np.int64)


def user_columns(world: World, listed: Sequence[ToolRow]) -> dict[str, list[Any]]:
    """A page's rows; each person is looked up once."""
    index = np.array(sorted({row.position.member for row in listed}), dtype=np.int64)
    identities = world.identities
    lookups = {"user_id": identities.ids_of, "user_name": identities.names_of, "user_email": identities.emails_of}
    people = {name: dict(zip(index.tolist(), look_up(index), strict=True)) for name, look_up in lookups.items()}
    return {
        **{name: [by_index[row.position.member] for row in listed] for name, by_index in people.items()},
        "date": [date.fromordinal(row.position.day).isoformat() for row in listed],
        "tool": [TOOLS[row.position.tool] for row in listed],
        **{name: [row.counts[measure] for row in listed] for name, measure in ACTIVITY.items()},
    }

"""Members in the order of Augment's rows, which is that of their ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mockserver.products.augment import PRODUCT
from mockserver.products.world import World
from mockserver.simulation.hashing import I64
from mockserver.simulation.people import Block

SEPARATOR = "\x1f"
"""Between the parts of a row's id: no id, language, editor or model in an organization file can contain it."""

_CELLS_AT_ONCE = 128 * 1024
"""Members times days that are computed together at most."""

_MEMBERS_KEPT = 1000
"""Members of a world that are kept, some 300 bytes each."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member, by exactly one of the two names; `row_id` is what the order of the rows and the cursors go by."""

    row_id: str
    email: str | None
    service_account: str | None


class _Members:
    """The members of one world; those who were needed last are kept, because every page has some of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.of = lru_cache(maxsize=_MEMBERS_KEPT)(self._of)

    def _of(self, index: int) -> Member:
        found = self._world.identities.of(index)
        row_id = self._world.of(PRODUCT).row_ids.given(index) or str(found.id)
        return Member(row_id, found.email, found.service_account)


def of(world: World, index: int) -> Member:
    """The member at an index."""
    return world.of(_Members).of(index)


def start(world: World, after: str | None) -> int:
    """The index of the first member after a row."""
    return 0 if after is None else world.of(PRODUCT).row_ids.after(after)


def passed(world: World, after: str | None) -> tuple[int, tuple[int, str, str]]:
    """The first member to read, and the key of the row before the page: its member and two labels.

    A bare member's id passes all of its rows.
    """
    row_id, _, labels = (after or "").partition(SEPARATOR)
    following = start(world, after and row_id)
    if not labels or following == 0 or world.of(PRODUCT).row_ids.of(following - 1) != row_id:
        return following, (-1, "", "")
    first, _, second = labels.partition(SEPARATOR)
    return following - 1, (following - 1, first, second)


def blocks(world: World, start: int, first: int, last: int, size: int) -> Iterator[Block]:
    """Members from `start` on who can have been active in the range: `size` of them, then more and more."""
    if last < first:
        return
    next_size, most = size, max(_CELLS_AT_ONCE // (last - first + 1), 1)
    using = np.empty(0, dtype=np.int64)
    for block in world.people.blocks(start):
        using = np.concatenate([using, block.index[block.rows_using(PRODUCT.name, first, last)]])
        while len(using) >= min(size, most):
            some, using = np.split(using, [min(size, most)])
            yield world.people.members(some)
            size, next_size = next_size, size + next_size
    if len(using):
        yield world.people.members(using)


def few_at_a_time(world: World, index: I64, days: int) -> Iterator[Block]:
    """The members with some indexes, ascending, few enough at once for so many days."""
    most = max(_CELLS_AT_ONCE // days, 1)
    for begin in range(0, len(index), most):
        yield world.people.members(index[begin : begin + most])

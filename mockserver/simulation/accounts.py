"""Accounts for a product: who has one, and when they were invited, registered, edited and deactivated.

Times are whole seconds since 1970-01-01T00:00:00Z. What people do with an account is computed by the product.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER
from mockserver.simulation.people import BLOCK, Block, People
from mockserver.simulation.presence import Mask
from mockserver.simulation.timestamps import DAY, EPOCH

NO_SECOND = int(np.iinfo(np.int64).max)
"""Stands for "does not happen"."""

_EARLY_HOURS = 7 * 3600
"""Accounts change in the first hours of a day, before anybody works."""
_INVITED_DAYS = 21
_CHANGED_PERCENT, _CHANGED_DAYS = 40, 600
_VERIFIED_PERCENT = 97

_ACCOUNTS_KEPT = 500
"""Accounts of single members that are kept, some 1 KB each: clients ask for the same people again."""


@dataclass(frozen=True, slots=True)
class AccountTable:
    """Everybody who ever has an account, ascending by index; `changed` is when something about it was edited."""

    index: I64
    team: I64
    role: I64
    verified: Mask
    invited: I64
    registered: I64
    changed: I64
    deactivated: I64

    def known(self, now: int) -> Mask:
        """A mask of the accounts that exist at a time, deactivated or not."""
        return self.registered <= now

    def active(self, now: int) -> Mask:
        """A mask of the accounts that exist at a time and are not deactivated."""
        return self.known(now) & (now < self.deactivated)

    def pending(self, now: int) -> Mask:
        """A mask of the people who are invited at a time and have not registered yet."""
        return (self.invited <= now) & (now < self.registered)


class Accounts:
    """The accounts of one product in one organization."""

    def __init__(self, people: People, product: str) -> None:
        self._people = people
        self._product = product
        self.of = lru_cache(maxsize=_ACCOUNTS_KEPT)(self._of)

    @property
    def members(self) -> int:
        """The number of members, with an account or without."""
        return self._people.organization.members

    @cached_property
    def table(self) -> AccountTable:
        """Everybody who ever has an account: a few numbers per person, computed once."""
        parts = [self._part(block) for block in self._people.blocks()]
        columns = (np.concatenate([getattr(part, name) for part in parts]) for name in AccountTable.__slots__)
        return AccountTable(*columns)

    def _of(self, index: int) -> AccountTable:
        """The account of the member at `index` alone; an empty table for a member who never has one."""
        return self._part(self._people.block(index // BLOCK).take(np.array([index % BLOCK])))

    def _draw(self, topic: str, index: I64) -> I64:
        return self._people.draw(f"{self._product} {topic}", index)

    def _part(self, block: Block) -> AccountTable:
        licensed = block.licence_start(self._product)
        # Whoever has left by the first day of a licence in the file never registers.
        block = block.take(np.flatnonzero((licensed < block.left) & ~block.service))
        licensed, index = block.licence_start(self._product), block.index
        registered = (licensed - EPOCH) * DAY + (self._draw("registered", index) * _EARLY_HOURS >> 16)
        left = (block.left - EPOCH) * DAY + (self._draw("deactivated", index) * _EARLY_HOURS >> 16)
        changes = hashing.percent(self._draw("changes", index), _CHANGED_PERCENT)
        changed = registered + (self._draw("changed", index) * (_CHANGED_DAYS * DAY) >> 16)
        deactivated = np.where(block.left < NEVER, left, NO_SECOND)
        return AccountTable(
            index=index,
            team=block.team,
            role=block.role,
            verified=hashing.percent(self._draw("verified", index), _VERIFIED_PERCENT),
            invited=registered - DAY - (self._draw("invited", index) * (_INVITED_DAYS * DAY) >> 16),
            registered=registered,
            changed=np.where(changes & (changed < deactivated), changed, NO_SECOND),
            deactivated=deactivated,
        )

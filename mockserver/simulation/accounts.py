"""Answers who has an account for a product, and since when: invited, registered, deactivated.

Instants are whole seconds since 1970-01-01T00:00:00Z. What is done with an account stays out (the product's facts).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64
from mockserver.simulation.instants import DAY, EPOCH
from mockserver.simulation.organization import NEVER, Product
from mockserver.simulation.people import BLOCK, PRODUCTS, Block, People
from mockserver.simulation.presence import Mask

NO_INSTANT = int(np.iinfo(np.int64).max)
"""Stands for "does not happen"."""

_EARLY_HOURS = 7 * 3600
"""Accounts change in the first hours of a day, before anybody works on it."""
_INVITED_DAYS = 21
_CHANGED_PERCENT, _CHANGED_DAYS = 40, 600
_VERIFIED_PERCENT = 97


@dataclass(frozen=True, slots=True)
class Table:
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
        """Whose account is there at an instant, deactivated or not."""
        return self.registered <= now

    def active(self, now: int) -> Mask:
        """Whose account is there at an instant and not deactivated."""
        return self.known(now) & (now < self.deactivated)

    def pending(self, now: int) -> Mask:
        """Who is invited at an instant and has not registered yet."""
        return (self.invited <= now) & (now < self.registered)


class Accounts:
    """The accounts of one product in one organisation."""

    def __init__(self, people: People, product: Product) -> None:
        self._people = people
        self._product = product

    @cached_property
    def table(self) -> Table:
        """Everybody who ever has an account: some numbers a person, computed once."""
        parts = [self._part(block) for block in self._people.blocks()]
        return Table(*(np.concatenate([getattr(part, name) for part in parts]) for name in Table.__slots__))

    def of(self, index: int) -> Table:
        """The account of the member at `index` alone, at a member's cost; nothing where there never is one."""
        return self._part(self._people.block(index // BLOCK).take(np.array([index % BLOCK])))

    def _draw(self, topic: str, index: I64) -> I64:
        return hashing.field(hashing.mix(self._people.key(f"{self._product} {topic}"), index), 3)

    def _part(self, block: Block) -> Table:
        licensed = block.licensed[PRODUCTS.index(self._product)]
        # Whoever is gone by the first day of a stated licence never registers.
        block = block.take(np.flatnonzero((licensed < block.left) & ~block.service))
        licensed, index = block.licensed[PRODUCTS.index(self._product)], block.index
        registered = (licensed - EPOCH) * DAY + (self._draw("registered", index) * _EARLY_HOURS >> 16)
        left = (block.left - EPOCH) * DAY + (self._draw("deactivated", index) * _EARLY_HOURS >> 16)
        changes = hashing.percent(self._draw("changes", index), _CHANGED_PERCENT)
        changed = registered + (self._draw("changed", index) * (_CHANGED_DAYS * DAY) >> 16)
        deactivated = np.where(block.left < NEVER, left, NO_INSTANT)
        return Table(
            index=index,
            team=block.team,
            role=block.role,
            verified=hashing.percent(self._draw("verified", index), _VERIFIED_PERCENT),
            invited=registered - DAY - (self._draw("invited", index) * (_INVITED_DAYS * DAY) >> 16),
            registered=registered,
            changed=np.where(changes & (changed < deactivated), changed, NO_INSTANT),
            deactivated=deactivated,
        )

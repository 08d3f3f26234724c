"""A world: the simulation's core together with what every product computes from it.

It is a pure function of (organization, seed). What changes while a server runs belongs to the sandbox.
"""

from collections.abc import Callable, Collection
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np

from mockserver import products
from mockserver.simulation.core import Core
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization
from mockserver.simulation.presence import Mask

T = TypeVar("T")


class World(Core):
    """One organization, its people and their days in every product."""

    def __init__(self, organization: Organization, pool: NamePool, seed: int | None = None) -> None:
        self.products = products.discover()
        super().__init__(organization, pool, {each.name: each.service_accounts for each in self.products}, seed)
        self._parts: dict[Callable[[World], Any], object] = {}
        self._lock = RLock()

    def of(self, part: "Callable[[World], T]") -> T:
        """What a product (or another part) is in this world; built when first needed, and the same from then on."""
        found = self._parts.get(part)
        if found is None:
            with self._lock:
                if part not in self._parts:
                    self._parts[part] = part(self)
                found = self._parts[part]
        return cast("T", found)

    def listed_in(self, teams: Collection[int], second: int) -> Mask:
        """A mask of the members who are listed in some teams at a time, by any product that lists people by team.

        Where no product does, they are the members of the teams.
        """
        masks = [each.listed_in(self.of(each), teams, second) for each in self.products if each.listed_in]
        mask: Mask = np.logical_or.reduce(masks) if masks else self.people.in_teams(teams)
        return mask

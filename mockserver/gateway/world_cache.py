"""A bounded cache of worlds, by organization and seed: each is made on first use, shared, and evicted when unused."""

from collections.abc import Callable
from threading import Lock

from mockserver.products.world import World
from mockserver.simulation.organization import Organization

BUDGET = 400_000
"""People whose worlds are kept; the least recently used worlds are evicted first."""

MINIMUM_WEIGHT = 1000
"""Counted for each organization beside its people, so that the number of worlds is bounded as well."""

Make = Callable[[Organization, int], World]


class WorldCache:
    """The worlds of one app. A world is a pure function of organization and seed, so losing one costs only time."""

    def __init__(self, make: Make, budget: int = BUDGET) -> None:
        self._make = make
        self._budget = budget
        self._lock = Lock()
        self._worlds: dict[tuple[Organization, int], World] = {}

    def get(self, organization: Organization, seed: int) -> World:
        key = organization, seed
        with self._lock:
            world = self._worlds.pop(key, None)
            if world is None:
                world = self._make(organization, seed)
            self._worlds[key] = world  # The last one in the dict is the most recently used.
            while len(self._worlds) > 1 and self._weight() > self._budget:
                del self._worlds[next(iter(self._worlds))]
            return world

    def _weight(self) -> int:
        return sum(organization.people + MINIMUM_WEIGHT for organization, _ in self._worlds)

"""A bounded cache of worlds, by organization and seed: each is made on first use, shared, and evicted when unused."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from mockserver.products.world import World
from mockserver.simulation.organization import Organization

BUDGET = 400_000
"""People whose worlds are kept; the least recently used worlds are evicted first."""

MINIMUM_WEIGHT = 1000
"""The weight of even the smallest organization, so that the number of worlds is bounded as well."""

Make = Callable[[Organization, int], World]


class WorldCache:
    """The worlds of one app. A world is a pure function of organization and seed, so losing one costs only time."""

    def __init__(self, make: Make, budget: int = BUDGET) -> None:
        self._make = make
        self._budget = budget
        self._weight = 0
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Organization, int], World] = OrderedDict()

    def get(self, organization: Organization, seed: int) -> World:
        """The world of an organization with a seed."""
        key = organization, seed
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._kept[key] = self._make(organization, seed)
                self._weight += _weight(organization)
                self._evict()
            else:
                self._kept.move_to_end(key)
            return found

    def _evict(self) -> None:
        while self._weight > self._budget and len(self._kept) > 1:
            (organization, _), _world = self._kept.popitem(last=False)
            self._weight -= _weight(organization)


def _weight(organization: Organization) -> int:
    return organization.people + MINIMUM_WEIGHT

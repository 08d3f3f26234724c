"""Promises about the cache of worlds: each is made once while it is kept, and the least recently used is evicted."""

from mockserver.gateway.world_cache import MINIMUM_WEIGHT, WorldCache
from mockserver.products.world import World
from mockserver.simulation.organization import Organization
from tests.simulation import worlds


class Making:
    """Makes worlds, and remembers of which seeds."""

    def __init__(self) -> None:
        self.seeds: list[int] = []

    def __call__(self, organization: Organization, seed: int) -> World:
        self.seeds.append(seed)
        return World(organization, worlds.POOL, seed)


SMALL = worlds.organization(people=100)
LARGE = worlds.organization(people=3 * MINIMUM_WEIGHT, slug="large")


def test_world_is_made_on_first_use_and_shared() -> None:
    making = Making()
    kept = WorldCache(making)
    assert making.seeds == []
    assert kept.get(SMALL, 1) is kept.get(SMALL, 1)
    assert kept.get(SMALL, 2) is not kept.get(LARGE, 2)
    assert making.seeds == [1, 2, 2]


def test_least_recently_used_world_is_evicted_first() -> None:
    making = Making()
    kept = WorldCache(making, budget=3 * (MINIMUM_WEIGHT + 100))
    for seed in (1, 2, 3, 1, 4, 1, 3, 4, 2):
        kept.get(SMALL, seed)
    assert making.seeds == [1, 2, 3, 4, 2]


def test_large_organization_evicts_several_small_ones() -> None:
    making = Making()
    kept = WorldCache(making, budget=5 * MINIMUM_WEIGHT + 100)
    for seed in (1, 2, 3, 4):
        kept.get(SMALL, seed)
    kept.get(LARGE, 5)
    for seed in (4, 3):
        kept.get(SMALL, seed)
    assert making.seeds == [1, 2, 3, 4, 5, 3]


def test_world_beyond_the_budget_is_kept_alone() -> None:
    making = Making()
    kept = WorldCache(making, budget=1)
    assert kept.get(LARGE, 1) is kept.get(LARGE, 1)
    kept.get(SMALL, 2)
    kept.get(LARGE, 1)
    assert making.seeds == [1, 2, 1]

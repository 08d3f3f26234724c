"""Augment as the publications show it that were used last."""

from functools import lru_cache
from typing import Final

from mockserver.products.augment import PRODUCT, Augment
from mockserver.products.world import World
from mockserver.simulation.restatement import Publication

_PUBLICATIONS_KEPT: Final = 4
"""Publications whose sums are kept: the newest one under each option of a switch, and some for a moved clock."""


class Publications:
    """The publications of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.of = lru_cache(maxsize=_PUBLICATIONS_KEPT)(self._restated)

    def _restated(self, publication: Publication) -> Augment:
        return self._world.of(PRODUCT).restated(self._world.people, publication)


def at(world: World, publication: Publication | None) -> Augment:
    """Augment as a publication shows it; None: the final figures."""
    return world.of(PRODUCT) if publication is None else world.of(Publications).of(publication)

"""The core of a world: one organization and its people under one seed, before any product.

Products compute their facts from it (`products`).
"""

from collections.abc import Sequence

from mockserver.simulation.identity import Identities
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization
from mockserver.simulation.people import People, ProductUse
from mockserver.simulation.presence import Presence
from mockserver.simulation.scripts import Scripts


class Core:
    """One organization, its people and their presence, as a pure function of (organization, seed)."""

    def __init__(
        self, organization: Organization, pool: NamePool, products: Sequence[ProductUse], seed: int | None = None
    ) -> None:
        self.organization = organization
        self.seed = organization.seed if seed is None else seed
        self.people = People(organization, self.seed, products)
        self.identities = Identities(organization, self.people.key("identity"), pool)
        self.presence = Presence(self.people)
        self.scripts = Scripts(organization)

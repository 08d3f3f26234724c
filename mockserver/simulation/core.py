"""The core of a world: one organization and its people under one seed, before any product."""

from collections.abc import Mapping

from mockserver.simulation.identity import Identities
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization
from mockserver.simulation.people import People
from mockserver.simulation.presence import Presence
from mockserver.simulation.scripts import Scripts


class Core:
    """One organization, its people and their presence, as a pure function of (organization, seed).

    `products` gives the name of each product, and whether service accounts use it.
    """

    def __init__(
        self, organization: Organization, pool: NamePool, products: Mapping[str, bool], seed: int | None = None
    ) -> None:
        self.organization = organization
        self.seed = organization.seed if seed is None else seed
        self.people = People(organization, self.seed, products)
        self.identities = Identities(organization, self.people.key("identity"), pool)
        self.presence = Presence(self.people)
        self.scripts = Scripts(organization)

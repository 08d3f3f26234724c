"""Answers every question about one organisation under one seed: the way into the simulation.

Vendors' words and shapes stay out, and so does everything that changes while a server runs.
"""

from collections.abc import Collection

import numpy as np

from mockserver.simulation import augment, tabnine
from mockserver.simulation.accounts import Accounts
from mockserver.simulation.augment import Augment
from mockserver.simulation.augment_records import AugmentRecords
from mockserver.simulation.clients import Programs
from mockserver.simulation.credits import Credits
from mockserver.simulation.identity import Identities
from mockserver.simulation.jetbrains import JetBrains
from mockserver.simulation.jetbrains_ranges import JetBrainsRanges
from mockserver.simulation.jetbrains_rows import JetBrainsRows
from mockserver.simulation.metrics import Metrics
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization, Product
from mockserver.simulation.people import People
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.rollups import Rollups
from mockserver.simulation.scripts import Scripts
from mockserver.simulation.tabnine import Tabnine
from mockserver.simulation.tabnine_ranges import TabnineRanges


class World:
    """One organisation, its people and their days, as a pure function of (organisation, seed)."""

    def __init__(self, organization: Organization, pool: NamePool, seed: int | None = None) -> None:
        self.organization = organization
        self.seed = organization.seed if seed is None else seed
        self.people = People(organization, self.seed)
        self.identities = Identities(organization, self.people.key("identity"), pool)
        self.presence = Presence(self.people)
        scripts = Scripts(organization)
        self.augment = Augment(self.people, self.presence, scripts)
        self.augment_records = AugmentRecords(self.people, self.augment, scripts)
        self.augment_days = Rollups(self.people, self.augment, len(augment.COUNTERS))
        self.tabnine = Tabnine(self.people, self.presence, scripts)
        self.tabnine_days = Rollups(self.people, self.tabnine, len(tabnine.COUNTERS), tabnine.SECTIONS)
        self.tabnine_ranges = TabnineRanges(self.people, self.tabnine, self.tabnine_days)
        self.tabnine_accounts = Accounts(self.people, Product.TABNINE)
        self.clients = Programs(self.people, scripts)
        self.jetbrains = JetBrains(self.people, self.presence, scripts, Credits(self.people))
        self.jetbrains_ranges = JetBrainsRanges(self.people, self.jetbrains, self.clients)
        self.jetbrains_rows = JetBrainsRows(self.people, self.presence, self.jetbrains, self.clients)
        self.metrics = Metrics(self.people, self.augment, self.tabnine, self.jetbrains, self.clients)

    def listed_in(self, teams: Collection[int], second: int) -> Mask:
        """A mask of those who are listed in some teams at an instant: at Tabnine, where alone teams are told."""
        table = self.tabnine_accounts.table
        mask = np.zeros(self.organization.members, dtype=np.bool_)
        mask[table.index[table.known(second) & np.isin(table.team, list(teams))]] = True
        return mask

"""Answers what a member is called and which id it bears, and finds a member by id.

Ids grow with a member's index, so that order by id is order by index. Attributes and days stay out.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from mockserver.simulation import chance
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization

_SERVICES_FROM = 1 << 17
_HASHED_KEPT = 4096
"""Ids of the organisation and its teams that are kept: every row of a page bears some."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a member is: exactly one of `email` and `service_account` is given; `row_id` orders Augment's rows."""

    index: int
    id: UUID
    row_id: str
    name: str
    email: str | None
    service_account: str | None


class Identities:
    """The identities of one organisation; a pure function of the member's index."""

    def __init__(self, organization: Organization, key: int, pool: NamePool) -> None:
        self._organization = organization
        self._key = key
        self._pool = pool
        self._hashed = lru_cache(maxsize=_HASHED_KEPT)(self._hash)
        self._stated = frozenset(person.email.casefold() for person in organization.special)

    def id_of(self, index: int) -> UUID:
        """The UUID of the member at `index`: 18 bits of index, then hash."""
        people = self._organization.people
        place = index if index < people else _SERVICES_FROM + index - people
        head, tail = chance.scalar(self._key, 2 * place), chance.scalar(self._key, 2 * place + 1)
        bits = (place << 110) | ((head & ((1 << 46) - 1)) << 64) | tail
        return UUID(int=bits, version=4)

    @property
    def organization_id(self) -> UUID:
        """The organisation's UUID."""
        return self._hashed("organization", 0)

    def team_id_of(self, place: int) -> UUID:
        """The UUID of the team at a place in the organisation's list."""
        return self._hashed("team", place)

    def _hash(self, kind: str, place: int) -> UUID:
        key = chance.key(self._key, kind)
        return UUID(int=chance.scalar(key, 2 * place) << 64 | chance.scalar(key, 2 * place + 1), version=4)

    def row_id_of(self, index: int) -> str:
        """The id that Augment's cursors carry for the member at `index`."""
        return self._stated_id(index) or str(self.id_of(index))

    def _stated_id(self, index: int) -> str | None:
        people, special = self._organization.people, self._organization.special
        if index >= people:
            return self._organization.service_accounts[index - people].augment_id
        return special[index].augment_id if index < len(special) else None

    def of(self, index: int) -> Identity:
        """The member at `index`."""
        organization = self._organization
        uuid = self.id_of(index)
        row_id = self._stated_id(index) or str(uuid)
        if index >= organization.people:
            account = organization.service_accounts[index - organization.people].name
            return Identity(index, uuid, row_id, name=account, email=None, service_account=account)
        name, local = self._pool.named(self._key, index)
        email = f"{local}@{organization.domain}"
        while email.casefold() in self._stated:
            local = f"{local}.{index}"
            email = f"{local}@{organization.domain}"
        if index < len(organization.special):
            stated = organization.special[index]
            name, email = stated.name or name, stated.email
        return Identity(index, uuid, row_id, name=name, email=email, service_account=None)

    def index_of(self, identifier: str) -> int | None:
        """The index of the member with this UUID, written as we write it; None for nobody's."""
        try:
            place = UUID(identifier).int >> 110
        except ValueError:
            return None
        index = place if place < _SERVICES_FROM else place - _SERVICES_FROM + self._organization.people
        known = index < self._organization.members and str(self.id_of(index)) == identifier
        return index if known else None

    def index_of_email(self, email: str) -> int | None:
        """The index of the person with this address, in any letters; None for nobody's."""
        wanted = email.casefold()
        for index, person in enumerate(self._organization.special):
            if person.email.casefold() == wanted:
                return index
        local = re.sub(r"(?:\.[0-9]+)+$", "", wanted.rpartition("@")[0])  # What keeps a stated address apart.
        found = self._pool.index_of(self._key, local)
        if found is None or found >= self._organization.people:
            return None
        return found if str(self.of(found).email).casefold() == wanted else None

    def after(self, row_id: str) -> int:
        """The index of the first member whose row id is greater than `row_id`, whether or not that one exists."""
        return bisect_right(range(self._organization.members), row_id, key=self.row_id_of)

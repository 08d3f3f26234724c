"""Answers what a member is called and which id it bears, and finds a member by id.

Ids grow with a member's index, so that order by id is order by index. Attributes and days stay out.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization

_SERVICES_FROM = 1 << 17
_HASH_BITS = np.uint64((1 << 46) - 1)
_VERSION, _NO_VERSION = np.uint64(0x4000), np.uint64(~0xF000 & (1 << 64) - 1)
_VARIANT, _NO_VARIANT = np.uint64(0x8000 << 48), np.uint64(~(0xC000 << 48) & (1 << 64) - 1)
"""What makes 128 bits a UUID of version 4 (RFC 4122): set in the upper and in the lower half."""
_LENGTH = 36
_DIGITS = np.array([place for place in range(_LENGTH) if place not in {8, 13, 18, 23}])
"""How long a UUID is as text, and where in it there are no hyphens."""
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
        head, tail = hashing.scalar(self._key, 2 * place), hashing.scalar(self._key, 2 * place + 1)
        bits = (place << 110) | ((head & ((1 << 46) - 1)) << 64) | tail
        return UUID(int=bits, version=4)

    def ids_of(self, index: I64) -> list[str]:
        """What `id_of` gives for each of many members, as text, at a small part of its price."""
        people = self._organization.people
        place = np.where(index < people, index, _SERVICES_FROM + index - people)
        head, tail = hashing.mix(self._key, 2 * place), hashing.mix(self._key, 2 * place + 1)
        upper = (place.astype(np.uint64) << np.uint64(46) | head & _HASH_BITS) & _NO_VERSION | _VERSION
        return _written(np.stack((upper, tail & _NO_VARIANT | _VARIANT), axis=1))

    @property
    def organization_id(self) -> UUID:
        """The organisation's UUID."""
        return self._hashed("organization", 0)

    def team_id_of(self, place: int) -> UUID:
        """The UUID of the team at a place in the organisation's list."""
        return self._hashed("team", place)

    def _hash(self, kind: str, place: int) -> UUID:
        key = hashing.key(self._key, kind)
        return UUID(int=hashing.scalar(key, 2 * place) << 64 | hashing.scalar(key, 2 * place + 1), version=4)

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
        if index < len(organization.special):
            name = organization.special[index].name or name
        return Identity(index, uuid, row_id, name=name, email=self._email(index, local), service_account=None)

    def emails_of(self, index: I64) -> list[str]:
        """The addresses of people (no service accounts), as `of` gives them."""
        named = zip(index.tolist(), self._pool.many_named(self._key, index), strict=True)
        return [self._email(each, local) for each, (_, local) in named]

    def names_of(self, index: I64) -> list[str]:
        """The names of people (no service accounts), as `of` gives them."""
        special = self._organization.special
        stated = {each: person.name for each, person in enumerate(special) if person.name is not None}
        named = zip(index.tolist(), self._pool.many_named(self._key, index), strict=True)
        return [stated.get(each, name) for each, (name, _) in named]

    def _email(self, index: int, local: str) -> str:
        special, domain = self._organization.special, self._organization.domain
        if index < len(special):
            return special[index].email
        email = f"{local}@{domain}"
        while email.casefold() in self._stated:
            local = f"{local}.{index}"
            email = f"{local}@{domain}"
        return email

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


def _written(halves: hashing.U64) -> list[str]:
    """UUIDs as text, each from a row of its upper and its lower half."""
    digits = np.frombuffer(halves.astype(">u8").tobytes().hex().encode(), dtype=np.uint8)
    letters = np.full((len(halves), _LENGTH), ord("-"), dtype=np.uint8)
    letters[:, _DIGITS] = digits.reshape(-1, 32)
    text = letters.tobytes().decode()
    return [text[at : at + _LENGTH] for at in range(0, len(text), _LENGTH)]

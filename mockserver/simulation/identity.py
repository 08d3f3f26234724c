"""Names, addresses and ids of members, and the search for a member by id or address.

Ids grow with a member's index, so that order by id is order by index.
"""

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
_DIGITS = np.array([index for index in range(_LENGTH) if index not in {8, 13, 18, 23}])
"""The length of a UUID as text, and the positions in it that are not hyphens."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a member is; exactly one of `email` and `service_account` is given."""

    index: int
    id: UUID
    name: str
    email: str | None
    service_account: str | None


class Identities:
    """The identities of one organization; a pure function of the member's index."""

    def __init__(self, organization: Organization, key: int, pool: NamePool) -> None:
        self._organization = organization
        self._key = key
        self._pool = pool
        # Ids of the organization, its teams and its profiles are cached: every row of a page has some.
        self._hashed = lru_cache(maxsize=4096)(self._hash)
        self._special_emails = frozenset(person.email.casefold() for person in organization.special)

    def id_of(self, index: int) -> UUID:
        """The UUID of the member at `index`: 18 bits of index, then hash."""
        people = self._organization.people
        number = index if index < people else _SERVICES_FROM + index - people
        head, tail = hashing.scalar(self._key, 2 * number), hashing.scalar(self._key, 2 * number + 1)
        bits = (number << 110) | ((head & ((1 << 46) - 1)) << 64) | tail
        return UUID(int=bits, version=4)

    def ids_of(self, index: I64) -> list[str]:
        """What `id_of` gives for each of many members, as text, at a small part of its cost."""
        people = self._organization.people
        number = np.where(index < people, index, _SERVICES_FROM + index - people)
        head, tail = hashing.mix(self._key, 2 * number), hashing.mix(self._key, 2 * number + 1)
        upper = (number.astype(np.uint64) << np.uint64(46) | head & _HASH_BITS) & _NO_VERSION | _VERSION
        return _format_uuids(np.stack((upper, tail & _NO_VARIANT | _VARIANT), axis=1))

    @property
    def organization_id(self) -> UUID:
        return self._hashed("organization", 0)

    def team_id_of(self, index: int) -> UUID:
        """The UUID of the team at an index of the organization's list."""
        return self._hashed("team", index)

    def profile_id_of(self, index: int) -> UUID:
        """The UUID of the profile at an index of the organization's list."""
        return self._hashed("profile", index)

    def _hash(self, kind: str, index: int) -> UUID:
        key = hashing.key(self._key, kind)
        return UUID(int=hashing.scalar(key, 2 * index) << 64 | hashing.scalar(key, 2 * index + 1), version=4)

    def of(self, index: int) -> Identity:
        """The member at `index`."""
        organization = self._organization
        uuid = self.id_of(index)
        if index >= organization.people:
            account = organization.service_accounts[index - organization.people].name
            return Identity(index, uuid, name=account, email=None, service_account=account)
        name, local = self._pool.named(self._key, index)
        if index < len(organization.special):
            name = organization.special[index].name or name
        return Identity(index, uuid, name=name, email=self._email(index, local), service_account=None)

    def emails_of(self, index: I64) -> list[str]:
        """The addresses of people (no service accounts), as `of` gives them."""
        named = zip(index.tolist(), self._pool.many_named(self._key, index), strict=True)
        return [self._email(each, local) for each, (_, local) in named]

    def names_of(self, index: I64) -> list[str]:
        """The names of people (no service accounts), as `of` gives them."""
        special = self._organization.special
        own = {each: person.name for each, person in enumerate(special) if person.name is not None}
        named = zip(index.tolist(), self._pool.many_named(self._key, index), strict=True)
        return [own.get(each, name) for each, (name, _) in named]

    def _email(self, index: int, local: str) -> str:
        special, domain = self._organization.special, self._organization.domain
        if index < len(special):
            return special[index].email
        while f"{local}@{domain}".casefold() in self._special_emails:
            local = f"{local}.{index}"
        return f"{local}@{domain}"

    def index_of(self, identifier: str) -> int | None:
        """The index of the member with this UUID, in the form in which we format it; None for nobody's."""
        try:
            number = UUID(identifier).int >> 110
        except ValueError:
            return None
        index = number if number < _SERVICES_FROM else number - _SERVICES_FROM + self._organization.people
        known = index < self._organization.members and str(self.id_of(index)) == identifier
        return index if known else None

    def index_of_email(self, email: str) -> int | None:
        """The index of the person with this address, whatever its case; None for nobody's."""
        folded = email.casefold()
        for index, person in enumerate(self._organization.special):
            if person.email.casefold() == folded:
                return index
        # Without digits that keep a generated address apart from a special person's.
        local = folded.rpartition("@")[0]
        stem = local.rstrip(".0123456789")
        local = stem + local[len(stem) :].partition(".")[0]
        found = self._pool.index_of(self._key, local)
        if found is None or found >= self._organization.people:
            return None
        return found if str(self.of(found).email).casefold() == folded else None


def _format_uuids(halves: hashing.U64) -> list[str]:
    """UUIDs as text, each from a row with its upper and its lower half."""
    digits = np.frombuffer(halves.astype(">u8").tobytes().hex().encode(), dtype=np.uint8)
    letters = np.full((len(halves), _LENGTH), ord("-"), dtype=np.uint8)
    letters[:, _DIGITS] = digits.reshape(-1, 32)
    text = letters.tobytes().decode()
    return [text[start : start + _LENGTH] for start in range(0, len(text), _LENGTH)]

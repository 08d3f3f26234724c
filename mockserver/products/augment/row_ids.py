"""The ids that order Augment's rows: a member's own id, or the one that the organization file gives."""

from bisect import bisect_right
from dataclasses import dataclass
from uuid import UUID

from mockserver.products.augment.facts import NAME
from mockserver.simulation.identity import Identities
from mockserver.simulation.organization import Options, Organization


@dataclass(frozen=True, slots=True)
class AugmentMember:
    """A member as Augment's rows show one; exactly one of `email` and `service_account` is given."""

    index: int
    id: UUID
    row_id: str
    name: str
    email: str | None
    service_account: str | None


class RowIds:
    """The row ids of one organization; they ascend with a member's index."""

    def __init__(self, organization: Organization, identities: Identities) -> None:
        self._organization = organization
        self._identities = identities

    def of(self, index: int) -> str:
        """The row id of the member at `index`."""
        return self._given(index) or str(self._identities.id_of(index))

    def member(self, index: int) -> AugmentMember:
        """The member at `index`."""
        found = self._identities.of(index)
        row_id = self._given(index) or str(found.id)
        return AugmentMember(index, found.id, row_id, found.name, found.email, found.service_account)

    def after(self, row_id: str) -> int:
        """The index of the first member whose row id is greater than `row_id`, whether or not that one exists."""
        return bisect_right(range(self._organization.members), row_id, key=self.of)

    def _given(self, index: int) -> str | None:
        """The row id that the file gives to a member; None where it gives none."""
        people, special = self._organization.people, self._organization.special
        options: Options = {}
        if index >= people:
            options = self._organization.service_accounts[index - people].options
        elif index < len(special):
            options = special[index].options
        given = options.get(NAME)
        return None if given is None else str(given)

"""The ids that order Augment's rows: a member's own id, or the one that the organization file gives."""

from bisect import bisect_right

from mockserver.products.augment.options import NAME
from mockserver.simulation.identity import Identities
from mockserver.simulation.organization import Options, Organization


class RowIds:
    """The row ids of one organization; they ascend with a member's index."""

    def __init__(self, organization: Organization, identities: Identities) -> None:
        self._organization = organization
        self._identities = identities

    def of(self, index: int) -> str:
        """The row id of the member at `index`."""
        return self.given(index) or str(self._identities.id_of(index))

    def after(self, row_id: str) -> int:
        """The index of the first member whose row id is greater than `row_id`, whether or not that one exists."""
        index = self._identities.index_of(row_id)
        if index is not None and self.given(index) is None:
            return index + 1
        return bisect_right(range(self._organization.members), row_id, key=self.of)

    def given(self, index: int) -> str | None:
        """The row id that the file gives to a member; None where it gives none."""
        people, special = self._organization.people, self._organization.special
        options: Options = {}
        if index >= people:
            options = self._organization.service_accounts[index - people].options
        elif index < len(special):
            options = special[index].options
        row_id = options.get(NAME)
        return None if row_id is None else str(row_id)

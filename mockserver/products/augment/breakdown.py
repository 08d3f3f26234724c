"""How spending is broken down: by day, model, resource or member, over a range of days (ordinals)."""

from dataclasses import dataclass
from enum import Enum, auto

from mockserver.products.augment.spending import Moment
from mockserver.simulation.restatement import Publication


class GroupBy(Enum):
    """By what costs are broken down."""

    RESOURCE = auto()
    USER = auto()


@dataclass(frozen=True, slots=True)
class CreditQuery:
    """A range (both ends inclusive), the moment up to which consumption is known, and how it is broken down.

    `publication` is the newest one; None where all figures are final.
    """

    first: int
    last: int
    until: Moment
    by_date: bool
    by_model: bool
    publication: Publication | None = None

    @property
    def known(self) -> int:
        """The newest day of the range of which anything can be known."""
        return min(self.last, self.until.day)

    @property
    def is_final(self) -> bool:
        """Whether everything in the range is known, so that the numbers do not change any more."""
        return self.last < self.until.day


@dataclass(frozen=True, slots=True)
class CostQuery:
    """A range (both ends inclusive), what is known of it, and how it is broken down.

    `known` is the newest day with data; `until`, if there is one, is the moment up to which costs are known. `chosen`
    are the indexes of the people that count; None is everybody, with what no person causes. `publication` is the newest
    one; None where all figures are final.
    """

    first: int
    last: int
    known: int
    until: Moment | None
    daily: bool
    group: GroupBy | None
    chosen: tuple[int, ...] | None
    publication: Publication | None = None

    @property
    def whole(self) -> int:
        """The newest day whose costs are known to the end."""
        return self.known if self.until is None else min(self.known, self.until.day - 1)

    @property
    def intervals(self) -> list[tuple[int, int]]:
        """The first and the last day of each interval that can have costs."""
        if self.known < self.first:
            return []
        return [(day, day) for day in range(self.first, self.known + 1)] if self.daily else [(self.first, self.last)]

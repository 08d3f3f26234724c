"""The Console's reports: who has AI and spends credits on it, who hits a limit, how much is spent.

Days are ordinals, credits are whole hundredths, the future is empty.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from mockserver.products.jetbrains import PRODUCT
from mockserver.products.jetbrains.programs import IDES
from mockserver.products.jetbrains.ranges import Spending
from mockserver.products.world import World
from mockserver.simulation import calendar_periods
from mockserver.simulation.presence import Mask
from mockserver.vendors.jetbrains_console import policy


@dataclass(frozen=True, slots=True)
class Buckets:
    """Parts of a range: the date of each, and the days between which facts count.

    Without any bucket it is one empty part without a date.
    """

    dates: Sequence[str]
    edges: Sequence[int]


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose numbers count: a mask of members, and indexes in IDES; None is everybody, in any IDE."""

    mask: Mask | None
    ides: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """Distinct users who had AI, and who spent credits on it; the total's date is None."""

    date: str | None
    enabled: int
    active: int

    @property
    def empty(self) -> bool:
        """Whether it counts nobody."""
        return not (self.enabled or self.active)


@dataclass(frozen=True, slots=True)
class LimitHits:
    """Distinct users who hit their limit."""

    date: str
    users: int

    @property
    def empty(self) -> bool:
        """Whether it counts nobody."""
        return not self.users


@dataclass(frozen=True, slots=True)
class LimitHitsTotal:
    """Distinct users who hit their limit in a range, and the most on one day of it."""

    users: int
    peak: int


@dataclass(frozen=True, slots=True)
class Consumption:
    """Credits that were spent, in hundredths; the total's date is None."""

    date: str | None
    built_in: int
    top_up: int

    @property
    def total(self) -> int:
        """Built-in quota and top-ups together."""
        return self.built_in + self.top_up

    @property
    def empty(self) -> bool:
        """Whether nothing was spent."""
        return not self.total


def format_timestamp(moment: datetime) -> str:
    """A moment as this vendor would write it; no answer has one."""
    return moment.isoformat()


def bucket_count(first: int, last: int, group_by: str) -> int:
    """How many buckets a range has."""
    return calendar_periods.count(first, last, calendar_periods.CalendarPeriod(group_by))


def buckets(world: World, first: int, last: int, group_by: str, now: datetime, label_from: int = 1) -> Buckets:
    """The buckets of a range, ascending, each dated with its first day in the calendar, but not before `label_from`.

    A very long range has none before the organization's first day or in the future.
    """
    tomorrow = now.toordinal() + 1
    if bucket_count(first, last, group_by) > policy.BUCKETS_MAXIMUM:
        first, last = max(first, world.organization.first_day.toordinal()), min(last, tomorrow - 1)
        if first > last:
            return Buckets((), (first, first))
    starts = calendar_periods.starts(first, last, calendar_periods.CalendarPeriod(group_by))
    edges = [min(edge, tomorrow) for edge in (first, *starts[1:], last + 1)]
    return Buckets([date.fromordinal(max(start, label_from)).isoformat() for start in starts], edges)


def people(
    world: World,
    groups: Collection[str] | None,
    users: Collection[str] | None,
    emails: Collection[str] | None,
    ides: Collection[str] | None,
) -> Selection:
    """Those who are in the groups and have one of the ids, addresses and IDEs; None filters nobody out."""
    identities = world.identities
    masks = []
    if groups is not None:
        masks.append(world.people.in_teams(_within(world, groups)))
    if users is not None:
        masks.append(_marked(world, map(identities.index_of, users)))
    if emails is not None:
        masks.append(_marked(world, map(identities.index_of_email, emails)))
    mask = np.logical_and.reduce(masks) if masks else None
    return Selection(mask, None if ides is None else tuple(sorted(IDES.index(code) for code in ides)))


def _within(world: World, groups: Collection[str]) -> list[int]:
    """The indexes of some teams and of every team below them."""
    teams = world.organization.teams
    names = set(groups)
    below = {team.name for team in teams if team.parent in names} - names
    while below:
        names |= below
        below = {team.name for team in teams if team.parent in names} - names
    return [index for index, team in enumerate(teams) if team.name in names]


def _marked(world: World, found: Iterable[int | None]) -> Mask:
    """A mask of the members at some indexes; None is nobody."""
    mask: Mask = np.zeros(world.organization.members, dtype=np.bool_)
    mask[[index for index in found if index is not None]] = True
    return mask


def adoption(world: World, span: Buckets, who: Selection) -> tuple[list[Adoption], Adoption]:
    """Who had AI on any day, and who made a request that spent credits; for each bucket, and over the whole range."""
    enabled = world.of(PRODUCT).ranges.enabled(span.edges, who.mask, who.ides)
    spent = _spending(world, span, who)
    rows = zip(span.dates, enabled.buckets, spent.buckets, strict=False)
    total = Adoption(None, enabled.total, spent.total.users)
    return [Adoption(day, has, used.users) for day, has, used in rows], total


def limit_hits(world: World, span: Buckets, who: Selection) -> tuple[list[LimitHits], LimitHitsTotal]:
    """Who hit their limit; for each bucket, and over the whole range, with the most on one day of it."""
    spent = _spending(world, span, who)
    rows = [LimitHits(day, each.hit) for day, each in zip(span.dates, spent.buckets, strict=False)]
    return rows, LimitHitsTotal(spent.total.hit, spent.peak)


def consumption(world: World, span: Buckets, who: Selection) -> tuple[list[Consumption], Consumption]:
    """The credits spent; for each bucket, and over the whole range."""
    spent = _spending(world, span, who)
    rows = [Consumption(day, each.built_in, each.top_up) for day, each in zip(span.dates, spent.buckets, strict=False)]
    return rows, Consumption(None, spent.total.built_in, spent.total.top_up)


def _spending(world: World, span: Buckets, who: Selection) -> Spending:
    return world.of(PRODUCT).ranges.spending(span.edges, who.mask, who.ides)

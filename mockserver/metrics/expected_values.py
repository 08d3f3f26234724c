"""Expected values of a metric in a sandbox: its points, their average, and the people behind a point.

They cover what the vendors' APIs show at the sandbox's time, under its switches. `products.metrics` does the counting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from marshmallow import ValidationError

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Vendor
from mockserver.metrics import policy
from mockserver.metrics.policy import EmptyBuckets, PartialBuckets, Subteams, UnseenLines
from mockserver.products.metric_events import Dimension, DimensionEvents, Metric
from mockserver.products.metrics import MetricQuery, MetricsEngine
from mockserver.products.model import Visibility
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.presence import Mask
from mockserver.simulation.rollups import Progress
from mockserver.simulation.timestamps import seconds

DESCRIPTIONS: Final[Mapping[Metric, str]] = {
    Metric.ACTIVE: "Distinct developers with an AI interaction in each bucket; the headline is the average.",
    Metric.ACTIONS: "AI interactions in each bucket.",
    Metric.ADDED: "Lines of code that AI wrote, in each bucket.",
    Metric.ACCEPTED: "Lines of code that AI wrote and that were kept, in each bucket.",
}


@dataclass(frozen=True, slots=True)
class ExpectedQuery:
    """What to compute: a metric in a dimension over a range (both ends inclusive), in buckets of a period.

    `vendors` restricts the APIs that count (empty: all that show people's days), `team` the people, by name or id. With
    `final`, the days that are shown count as they will be in the end.
    """

    metric: Metric
    dimension: Dimension
    period: CalendarPeriod
    first: date
    last: date
    vendors: Sequence[str] = ()
    team: str | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class CountedTeam:
    """The team whose people count; `teams` are the names of all teams that are counted."""

    id: UUID
    name: str
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedVendor:
    """What counts at a vendor: fields of its API, and the oldest and newest day that it shows; None is no limit."""

    vendor: str
    fields: tuple[str, ...]
    since: date | None
    through: date


@dataclass(frozen=True, slots=True)
class Point:
    """A bucket: its first day of the calendar (the label), the days of the range in it, and the metric."""

    label: date
    first: date
    last: date
    value: int


@dataclass(frozen=True, slots=True)
class Headline:
    """All points, their sum, how many of them count, and their average (None if none counts)."""

    points: tuple[Point, ...]
    sum: int
    buckets: int
    average: float | None


@dataclass(frozen=True, slots=True)
class PersonShare:
    """A person behind a point, the share of its value and, by vendor, the days of activity or the share of the sum."""

    id: UUID
    name: str
    email: str | None
    value: int
    vendors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A point, some of the people behind it, and the id after which the next page begins (None: no next page)."""

    point: Point
    people: tuple[PersonShare, ...]
    next: UUID | None


class ExpectedValues:
    """A query against a sandbox at one moment. ValidationError for invalid parameters."""

    def __init__(self, sandbox: Sandbox, vendors: Iterable[Vendor], query: ExpectedQuery) -> None:
        now, switches = sandbox.clock.now(), sandbox.policy.switches  # Read once: another request may change them.
        self.query = query
        self.organization = sandbox.world.organization.slug
        self._world = sandbox.world
        self._policy = switches[policy.NAME]
        self.events: DimensionEvents = self._policy[policy.DIMENSION_EVENTS]
        shown = _surfaces(vendors, query.vendors, now, switches)
        self._surfaces = {
            name: replace(each, last_variant=None) if query.final else each for name, each in shown.items()
        }
        self.team, members = self._team(now)
        self._engine = self._world.of(MetricsEngine)
        self._query = MetricQuery(
            metric=query.metric,
            dimension=query.dimension,
            events=self.events,
            surfaces=tuple(self._surfaces.values()),
            members=members,
            all_lines=self._policy[policy.UNSEEN_LINES] is UnseenLines.COUNTED,
        )

    @property
    def counted(self) -> list[CountedVendor]:
        """What counts at each vendor."""
        return [
            CountedVendor(
                vendor=name,
                fields=self._fields(shown),
                since=None if shown.since is None else date.fromordinal(shown.since),
                through=date.fromordinal(shown.through),
            )
            for name, shown in self._surfaces.items()
        ]

    def headline(self, progress: Progress | None = None) -> Headline:
        """The metric in each bucket of the range, and the average.

        `progress` is called with the days that are done, and their number, during a long computation.
        """
        buckets = self._buckets()
        values = self._engine.values(self._query, [*buckets.values()], progress)
        averages_zeros = self._policy[policy.EMPTY_BUCKETS] is EmptyBuckets.ZEROS
        averaged = len([value for value in values if value or averages_zeros])
        points = tuple(_point(*bucket, value) for bucket, value in zip(buckets.items(), values, strict=True))
        return Headline(points, sum(values), averaged, average(sum(values), averaged))

    def people(self, day: date | None, after: str | None, limit: int) -> PeoplePage:
        """The people behind the point of a day (None: the whole range as one bucket), after the person with an id."""
        start, (label, days) = self._start(after), self._bucket(day)
        [value] = self._engine.values(self._query, [days])
        found = self._engine.shares(self._query, days, start, limit + 1) if value else []
        people = [self._share(share.index, share.values) for share in found[:limit]]
        more = people[-1].id if len(found) > limit else None
        return PeoplePage(_point(label, days, value), tuple(people), more)

    def _fields(self, shown: Visibility) -> tuple[str, ...]:
        """The API's names of what counts; a counter that the API does not show keeps its own name."""
        indexes = self._query.spec(shown).tallies[self._query.tally]
        names = (shown.product.metric_counters[index] for index in indexes)
        return tuple(shown.fields.get(name, name) for name in names)

    def _team(self, now: datetime) -> tuple[CountedTeam | None, Mask | None]:
        """The team, and a mask of its people: those who are listed in it now."""
        wanted, teams, identities = self.query.team, self._world.organization.teams, self._world.identities
        if wanted is None:
            return None, None
        ids = [identities.team_id_of(index) for index in range(len(teams))]
        indexes = [index for index, team in enumerate(teams) if wanted in {team.name, str(ids[index])}]
        if not indexes:
            raise ValidationError({"team": [unknown_name("team", wanted, [team.name for team in teams])]})
        if self._policy[policy.SUBTEAMS] is Subteams.WITH:
            for index in indexes:  # The list grows while it is iterated: each team adds its own subteams.
                indexes += [other for other, team in enumerate(teams) if team.parent == teams[index].name]
        names = tuple(teams[index].name for index in indexes)
        return CountedTeam(ids[indexes[0]], names[0], names), self._world.listed_in(indexes, seconds(now))

    def _buckets(self) -> dict[int, range]:
        """The days of the range in each bucket, ascending, by the bucket's first day of the calendar.

        Buckets that are only partly in the range are clipped or left out.
        """
        first, last, period = self.query.first.toordinal(), self.query.last.toordinal(), self.query.period
        # The last bucket ends where the next one begins; no period that is offered has more than 31 days.
        after = calendar_periods.starts(last, last + 31, period)[1]
        starts = [*calendar_periods.starts(first, last, period), after]
        clips = self._policy[policy.PARTIAL_BUCKETS] is PartialBuckets.CLIPPED
        return {
            start: range(max(start, first), min(end, last + 1))
            for start, end in pairwise(starts)
            if clips or first <= start <= end - 1 <= last
        }

    def _bucket(self, day: date | None) -> tuple[int, range]:
        """The bucket of a point's date, or the whole range as one."""
        if day is None:
            first, last = self.query.first.toordinal(), self.query.last.toordinal()
            return first, range(first, last + 1)
        label, buckets = day.toordinal(), self._buckets()
        if label not in buckets:
            near = min(map(date.fromordinal, buckets), key=lambda start: abs(start - day), default=None)
            rule = f"no point of these {self.query.period}s has the date {day}; the nearest is "
            raise ValidationError({"date": [f"{rule}{near or 'none: the range has no whole bucket'}"]})
        return label, buckets[label]

    def _start(self, after: str | None) -> int:
        """The index of the first person after the last one of the page before."""
        if after is None:
            return 0
        index = self._world.identities.index_of(after)
        if index is None:
            raise ValidationError({"after": ["must be the id of a person, as `next` of the previous page has it"]})
        return index + 1

    def _share(self, index: int, values: Sequence[int]) -> PersonShare:
        by_vendor = {name: value for name, value in zip(self._surfaces, values, strict=True) if value}
        value = 1 if self.query.metric is Metric.ACTIVE else sum(values)
        person = self._world.identities.of(index)
        return PersonShare(person.id, person.name, person.email, value, by_vendor)


def average(total: int, count: int) -> float | None:
    """Rounded half up to two decimals, computed in whole hundredths; None where nothing counts."""
    return (200 * total + count) // (2 * count) / 100 if count else None


def _surfaces(
    vendors: Iterable[Vendor], wanted: Sequence[str], now: datetime, switches: Mapping[str, Switches]
) -> dict[str, Visibility]:
    """What each of the wanted vendors shows now; ValidationError for one that does not show people's days."""
    visibilities = {vendor.name: vendor.visibility for vendor in vendors}
    showing = {name: visibility for name, visibility in visibilities.items() if visibility is not None}
    for name in wanted:
        if name not in visibilities:
            raise ValidationError({"vendor": [unknown_name("vendor", name, showing)]})
        if name not in showing:
            rule = f"{name} does not show what a person did on a day, so nothing of it counts; there are: "
            raise ValidationError({"vendor": [rule + ", ".join(showing)]})
    return {name: shown(now, switches[name]) for name, shown in showing.items() if name in wanted or not wanted}


def _point(label: int, days: range, value: int) -> Point:
    first, last = date.fromordinal(days[0]), date.fromordinal(days[-1])
    return Point(date.fromordinal(label), first, last, value)

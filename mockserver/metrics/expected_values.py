"""Expected values of a metric in a sandbox: its points, their average, and the people behind a point.

They count what the vendors' APIs show at the sandbox's time, under its switches. Counting itself is done by
`products.metrics`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Vendor
from mockserver.metrics import policy
from mockserver.metrics.policy import Definition
from mockserver.products.metric_events import Dimension, DimensionEvents, Metric
from mockserver.products.metrics import MetricQuery, MetricsEngine
from mockserver.products.model import Visibility
from mockserver.products.world import World
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.identity import Identity
from mockserver.simulation.presence import Mask
from mockserver.simulation.timestamps import seconds
from mockserver.validation.suggestions import unknown_name

DESCRIPTIONS: Final[Mapping[Metric, str]] = {
    Metric.ACTIVE: "Distinct developers with an AI interaction in each bucket; the headline is the average.",
    Metric.ACTIONS: "AI interactions in each bucket.",
    Metric.ADDED: "Lines of code that AI wrote, in each bucket.",
    Metric.ACCEPTED: "Lines of code that AI wrote and that were kept, in each bucket.",
}


class InvalidQuery(ValueError):
    """A parameter of a query that cannot be answered; the message is a rule for its value."""

    def __init__(self, parameter: str, rule: str) -> None:
        super().__init__(rule)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class ExpectedQuery:
    """What to compute: a metric in a dimension over a range (both ends inclusive), in buckets of a period.

    `vendors` restricts the APIs that count (empty: all that show people's days), `team` the people, by name or id.
    """

    metric: Metric
    dimension: Dimension
    period: CalendarPeriod
    first: date
    last: date
    vendors: Sequence[str] = ()
    team: str | None = None


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
    """All points, the sum of those that count, how many count, and their average (None where none does)."""

    points: tuple[Point, ...]
    sum: int
    buckets: int
    average: float | None


@dataclass(frozen=True, slots=True)
class PersonShare:
    """A person behind a point: the share of its value; by vendor, days of activity or what the metric adds up."""

    identity: Identity
    value: int
    vendors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A point, some of the people behind it, and the id after which the next page begins (None on the last page)."""

    point: Point
    people: tuple[PersonShare, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A bucket as far as it is in the range; `label` is its first day of the calendar."""

    label: int
    days: range


class ExpectedValues:
    """A query against a sandbox at one moment. InvalidQuery for parameters that cannot be."""

    def __init__(self, sandbox: Sandbox, vendors: Iterable[Vendor], query: ExpectedQuery) -> None:
        now, switches = sandbox.clock.now(), sandbox.policy.switches  # Read once: another request may change them.
        self.query = query
        self._world: World = sandbox.world
        self._definition: Definition = policy.definition(switches[policy.NAME])
        self._surfaces = _surfaces(vendors, query.vendors, now, switches)
        self.team, members = self._team(now)
        self._query = MetricQuery(
            metric=query.metric,
            dimension=query.dimension,
            events=self._definition.events,
            surfaces=tuple(self._surfaces.values()),
            members=members,
            all_lines=self._definition.all_lines,
        )

    @property
    def organization(self) -> str:
        """The slug of the organization."""
        return self._world.organization.slug

    @property
    def events(self) -> DimensionEvents:
        """What an interaction is, by the switches in force."""
        return self._definition.events

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

    def headline(self) -> Headline:
        """The metric in each bucket of the range, and the average."""
        buckets = self._buckets()
        values = self._engine.values(self._query, [bucket.days for bucket in buckets])
        averaged = len([value for value in values if value or self._definition.averages_zeros])
        points = tuple(_point(bucket, value) for bucket, value in zip(buckets, values, strict=True))
        return Headline(points, sum(values), averaged, average(sum(values), averaged))

    def people(self, day: date | None, after: str | None, limit: int) -> PeoplePage:
        """The people behind the point of a day (None: the whole range as one bucket), after the person with an id."""
        start, bucket = self._start(after), self._bucket(day)
        [value] = self._engine.values(self._query, [bucket.days])
        found = self._engine.shares(self._query, bucket.days, start, limit + 1) if value else []
        people = [self._share(share.index, share.values) for share in found[:limit]]
        more = people[-1].identity.id if len(found) > limit else None
        return PeoplePage(_point(bucket, value), tuple(people), more)

    @property
    def _engine(self) -> MetricsEngine:
        return self._world.of(MetricsEngine)

    def _fields(self, shown: Visibility) -> tuple[str, ...]:
        """The names that the API gives to what counts; a counter that no API shows has ours."""
        indexes = self._query.spec(shown).tallies[self._query.tally]
        names = (shown.product.metric_counters[index] for index in indexes)
        return tuple(shown.fields.get(name, name) for name in names)

    def _team(self, now: datetime) -> tuple[CountedTeam | None, Mask | None]:
        """The team, and a mask of its people: those who are listed in it now."""
        if self.query.team is None:
            return None, None
        teams, identities = self._world.organization.teams, self._world.identities
        indexes = [
            index
            for index, team in enumerate(teams)
            if self.query.team in {team.name, str(identities.team_id_of(index))}
        ]
        if not indexes:
            raise InvalidQuery("team", unknown_name("team", self.query.team, [team.name for team in teams]))
        first = indexes[0]
        if self._definition.with_subteams:
            for index in indexes:  # The list grows while it is iterated: each team adds its own subteams.
                indexes += [other for other, team in enumerate(teams) if team.parent == teams[index].name]
        names = tuple(teams[index].name for index in indexes)
        counted = CountedTeam(identities.team_id_of(first), teams[first].name, names)
        return counted, self._world.listed_in(indexes, seconds(now))

    def _buckets(self) -> list[_Bucket]:
        """The buckets of the range, ascending; those that are only partly in it are clipped or left out."""
        first, last, period = self.query.first.toordinal(), self.query.last.toordinal(), self.query.period
        # The last bucket ends where the next one begins; no period that is offered has more than 31 days.
        after = calendar_periods.starts(last, last + 31, period)[1]
        starts = [*calendar_periods.starts(first, last, period), after]
        return [
            _Bucket(start, range(max(start, first), min(end, last + 1)))
            for start, end in pairwise(starts)
            if self._definition.clips_buckets or first <= start <= end - 1 <= last
        ]

    def _bucket(self, day: date | None) -> _Bucket:
        """The bucket of a point's date, or the whole range as one."""
        if day is None:
            first, last = self.query.first.toordinal(), self.query.last.toordinal()
            return _Bucket(first, range(first, last + 1))
        found = {date.fromordinal(bucket.label): bucket for bucket in self._buckets()}
        if day not in found:
            near = min(found, key=lambda label: abs(label - day), default="none: the range has no whole bucket")
            rule = f"no point of these {self.query.period}s has the date {day}; the nearest is {near}"
            raise InvalidQuery("date", rule)
        return found[day]

    def _start(self, after: str | None) -> int:
        """The index of the first person after the last one of the page before."""
        if after is None:
            return 0
        index = self._world.identities.index_of(after)
        if index is None:
            raise InvalidQuery("after", "must be the id of a person, as `next` of the previous page has it")
        return index + 1

    def _share(self, index: int, values: Sequence[int]) -> PersonShare:
        by_vendor = {name: value for name, value in zip(self._surfaces, values, strict=True) if value}
        value = 1 if self.query.metric is Metric.ACTIVE else sum(values)
        return PersonShare(self._world.identities.of(index), value, by_vendor)


def average(total: int, count: int) -> float | None:
    """To two decimals, halves up, computed in whole hundredths; None where nothing counts."""
    return (200 * total + count) // (2 * count) / 100 if count else None


def _surfaces(
    vendors: Iterable[Vendor], wanted: Sequence[str], now: datetime, switches: Mapping[str, Switches]
) -> dict[str, Visibility]:
    """What each of the wanted vendors shows now; InvalidQuery for one that does not show people's days."""
    known = list(vendors)
    showing = {vendor.name: vendor.visibility for vendor in known if vendor.visibility is not None}
    for name in wanted:
        if name not in showing and any(vendor.name == name for vendor in known):
            rule = f"{name} does not show what a person did on a day, so nothing of it counts; there are: "
            raise InvalidQuery("vendor", rule + ", ".join(showing))
        if name not in showing:
            raise InvalidQuery("vendor", unknown_name("vendor", name, showing))
    return {name: shown(now, switches[name]) for name, shown in showing.items() if name in wanted or not wanted}


def _point(bucket: _Bucket, value: int) -> Point:
    label, first, last = map(date.fromordinal, (bucket.label, bucket.days[0], bucket.days[-1]))
    return Point(label, first, last, value)

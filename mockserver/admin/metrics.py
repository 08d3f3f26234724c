"""`/_mock/metrics`: what a client that aggregates the vendors' numbers should have computed.

It counts what the APIs show at the sandbox's `now` under its switches, with the engine in `simulation.metrics`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mockserver.admin import metrics_policy
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.fields import AdminQuery, ClockDate, QueryInteger
from mockserver.admin.organizations import PersonSchema
from mockserver.admin.problems import Problem
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Switches
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.instants import seconds
from mockserver.simulation.metrics import DayRange, MetricQuery, Share
from mockserver.simulation.metrics_events import Dimension, Metric
from mockserver.simulation.metrics_sources import COUNTERS, Visibility
from mockserver.simulation.presence import Mask
from mockserver.simulation.world import World
from mockserver.validation.schemas import dump
from mockserver.validation.suggestions import unknown_name

DAYS_MAXIMUM = 1096
PEOPLE_MAXIMUM = 1000


class MetricNameSchema(Schema):
    """A metric, and what it measures."""

    name = fields.String(required=True)
    description = fields.String(required=True)


class MetricsSchema(Schema):
    """The metrics, and the dimensions that each can be limited to."""

    metrics = fields.List(fields.Nested(MetricNameSchema), required=True)
    dimensions = fields.List(fields.String(), required=True)


class MetricPointSchema(Schema):
    """A bucket: its first calendar day, the days of the range in it, and the metric."""

    date = fields.Date(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    value = fields.Integer(required=True)


class MetricSourceSchema(Schema):
    """What counts at a vendor: fields of its API, and the oldest and the newest day that it shows now.

    A person is active when at least one of the fields is above zero; any other metric is the sum of the fields. `since`
    is null where days of any age can be requested.
    """

    vendor = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields")
    since = fields.Date(required=True, allow_none=True)
    through = fields.Date(required=True)


class MetricTeamSchema(Schema):
    """The team whose people count; `teams` are the names of all teams that were counted."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    teams = fields.List(fields.String(), required=True)


class MetricQuestionSchema(Schema):
    """What was requested, and what counts towards it."""

    metric = fields.String(required=True)
    organization = fields.String(required=True)
    dimension = fields.String(required=True)
    dimension_events = fields.String(required=True)
    team = fields.Nested(MetricTeamSchema, required=True, allow_none=True)
    counted = fields.List(fields.Nested(MetricSourceSchema), required=True)


class MetricSchema(MetricQuestionSchema):
    """A metric over a range, bucket by bucket. `headline` is `sum` divided by `buckets`, rounded half up to two
    decimals; it is null where no bucket counts.
    """

    bucket = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    headline = fields.Float(required=True, allow_none=True)
    sum = fields.Integer(required=True)
    buckets = fields.Integer(required=True)
    points = fields.List(fields.Nested(MetricPointSchema), required=True)


class MetricPersonSchema(PersonSchema):
    """A person behind a point. `vendors` has, by vendor, the days of activity or the person's part of the sum.

    `value` is the person's part of the point's value: 1 for ai-active-users, however many the vendors and days.
    """

    value = fields.Integer(required=True)
    vendors = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class MetricPeopleSchema(MetricQuestionSchema):
    """The people behind a point, ordered by id. `next` is the id to pass as `after`; null on the last page."""

    point = fields.Nested(MetricPointSchema, required=True)
    people = fields.List(fields.Nested(MetricPersonSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class MetricRangeQuery(AdminQuery):
    """The days, people, vendors and interactions that a metric counts."""

    first = ClockDate(required=True, data_key="from", metadata={"description": "The first day."})
    last = ClockDate(required=True, data_key="to", metadata={"description": "The last day, inclusive."})
    part = fields.Enum(
        CalendarPeriod,
        by_value=True,
        load_default=CalendarPeriod.DAY,
        validate=validate.NoneOf((CalendarPeriod.YEAR,), error="must be one of: day, week, month"),
        data_key="bucket",
        error_messages={"unknown": "must be one of: day, week, month"},
        metadata={"description": "The length of a bucket: a day, a week that starts on Monday, a calendar month."},
    )
    vendor = fields.List(
        fields.String(),
        load_default=list,
        metadata={"description": "Only what this vendor's API shows; repeatable; default: every vendor."},
    )
    team = fields.String(metadata={"description": "Only this team's people, by its name or id."})
    dimension = fields.Enum(
        Dimension,
        by_value=True,
        load_default=Dimension.ALL,
        error_messages={"unknown": "must be one of: {choices}"},
        metadata={"description": "The kind of interaction that counts."},
    )

    @validates_schema
    def check_range(self, given: dict[str, Any], **_: Any) -> None:
        """ValidationError for a range that ends before it starts, or that is too long."""
        length = given["last"].toordinal() - given["first"].toordinal() + 1
        if length < 1:
            raise ValidationError({"to": [f"must not be before from, which is {given['first']}"]})
        if length > DAYS_MAXIMUM:
            rule = f"a range can have at most {DAYS_MAXIMUM} days (three years); this one has {length}"
            raise ValidationError({"to": [rule]})


class MetricPeopleQuery(MetricRangeQuery):
    """The same, with the point and the page of its people."""

    date = ClockDate(metadata={"description": "The point, by its date; default: the whole range as one bucket."})
    after = fields.String(metadata={"description": "Only people after the one with this id, ordered by id."})
    limit = QueryInteger(
        1, PEOPLE_MAXIMUM, load_default=100, metadata={"description": "At most this many people; default: 100."}
    )


_DESCRIPTIONS = {
    Metric.ACTIVE: "Distinct developers with an AI interaction in each bucket; the headline is the average.",
    Metric.ACTIONS: "AI interactions in each bucket.",
    Metric.ADDED: "Lines of code that AI wrote, in each bucket.",
    Metric.ACCEPTED: "Lines of code that AI wrote and that were kept, in each bucket.",
}


def list_all(_: AdminRequest) -> dict[str, Any]:
    """The metrics there are."""
    found = [{"name": metric, "description": description} for metric, description in _DESCRIPTIONS.items()]
    return dump(MetricsSchema, {"metrics": found, "dimensions": list(Dimension)})


@dataclass(frozen=True, slots=True)
class _Counted:
    """A question in terms of the world, with the names that the answer repeats; `team` is told as it is counted."""

    world: World
    question: MetricQuery
    vendors: tuple[str, ...]
    team: dict[str, Any] | None
    switches: Switches

    @property
    def words(self) -> dict[str, Any]:
        """What was asked, and what counts towards it."""
        asked = self.question
        return {
            "metric": asked.metric,
            "organization": self.world.organization.slug,
            "dimension": asked.dimension,
            "dimension_events": asked.reading,
            "team": self.team,
            "counted": [
                {
                    "vendor": name,
                    "fields_": self._fields(seen),
                    "since": None if seen.since is None else date.fromordinal(seen.since),
                    "through": date.fromordinal(seen.through),
                }
                for name, seen in zip(self.vendors, asked.seen, strict=True)
            ],
        }

    def _fields(self, seen: Visibility) -> list[str]:
        """The names that the API gives to what counts; what is in no API goes by ours."""
        places = self.question.counting(seen).tallies[self.question.place]
        return [seen.fields.get(name, name) for name in (COUNTERS[seen.product][place] for place in places)]


@dataclass(frozen=True, slots=True)
class _Point:
    """A bucket as far as the range goes; `date` is its first calendar day, also where that is outside."""

    date: int
    days: DayRange


def get(asked: AdminRequest) -> dict[str, Any]:
    """A metric over a range: its points and their average."""
    counted = _read(asked)
    found = _points(asked, counted.switches)
    values = counted.world.metrics.values(counted.question, [point.days for point in found])
    averaged = [
        value
        for value in values
        if value or counted.switches[metrics_policy.EMPTY_BUCKETS] is metrics_policy.EmptyBuckets.ZEROS
    ]
    return dump(
        MetricSchema,
        {
            **counted.words,
            "bucket": asked.query["part"],
            "first": asked.query["first"],
            "last": asked.query["last"],
            "headline": average(sum(values), len(averaged)),
            "sum": sum(values),
            "buckets": len(averaged),
            "points": [_told(point, value) for point, value in zip(found, values, strict=True)],
        },
    )


def people(asked: AdminRequest) -> dict[str, Any]:
    """The people behind a point of a metric, or behind the whole range as one bucket, page by page."""
    counted, limit, start = _read(asked), asked.query["limit"], _start(asked)
    point = _point(asked, counted.switches)
    [value] = counted.world.metrics.values(counted.question, [point.days])
    found = counted.world.metrics.shares(counted.question, point.days, start, limit + 1) if value else []
    told = found[:limit]
    return dump(
        MetricPeopleSchema,
        {
            **counted.words,
            "point": _told(point, value),
            "people": [_share(counted, share) for share in told],
            "next": counted.world.identities.id_of(told[-1].index) if len(found) > limit else None,
        },
    )


def _read(asked: AdminRequest) -> _Counted:
    """The question, put to the world; Problem or ValidationError for what there is not."""
    sandbox, known = asked.sandbox, [metric.value for metric in Metric]
    if asked.name not in known:
        raise Problem(404, unknown_name("metric", asked.name, known))
    now, policy = sandbox.clock.now(), sandbox.policy.switches  # Read once: another request may change them meanwhile.
    chosen, seen = policy[metrics_policy.NAME], _seen(sandbox, asked.query["vendor"], now, policy)
    with_subteams = chosen[metrics_policy.SUBTEAMS] is metrics_policy.Subteams.WITH
    team, members = _team(sandbox.world, asked.query.get("team"), now, with_subteams=with_subteams)
    question = MetricQuery(
        metric=Metric(asked.name),
        dimension=asked.query["dimension"],
        reading=chosen[metrics_policy.DIMENSION_EVENTS],
        seen=tuple(seen.values()),
        members=members,
        all_lines=chosen[metrics_policy.UNSEEN_LINES] is metrics_policy.UnseenLines.COUNTED,
    )
    return _Counted(sandbox.world, question, tuple(seen), team, chosen)


def _seen(sandbox: Sandbox, wanted: list[str], now: datetime, policy: Mapping[str, Switches]) -> dict[str, Visibility]:
    """What each vendor that is asked for shows now; ValidationError for one that shows nobody's days."""
    telling = {each.name: each.visibility for each in context().vendors if each.visibility is not None}
    for name in wanted:
        if name in sandbox.profiles and name not in telling:
            rule = f"{name} does not tell what a person did on a day, so nothing of it counts; there are: "
            raise ValidationError({"vendor": [rule + ", ".join(telling)]})
        if name not in telling:
            raise ValidationError({"vendor": [unknown_name("vendor", name, telling)]})
    return {name: tell(now, policy[name]) for name, tell in telling.items() if name in wanted or not wanted}


def _team(
    world: World, wanted: str | None, now: datetime, *, with_subteams: bool
) -> tuple[dict[str, Any] | None, Mask | None]:
    """The team as it is told, and a mask of its people: those who are listed in it at the present moment."""
    if wanted is None:
        return None, None
    teams = world.organization.teams
    places = [place for place, team in enumerate(teams) if _is(world, place, team.name, wanted)]
    if not places:
        raise ValidationError({"team": [unknown_name("team", wanted, [team.name for team in teams])]})
    told = {"id": world.identities.team_id_of(places[0]), "name": teams[places[0]].name}
    if with_subteams:
        for place in places:  # It grows while it is walked: each team brings its own subteams.
            places += [other for other, team in enumerate(teams) if team.parent == teams[place].name]
    return {**told, "teams": [teams[place].name for place in places]}, world.listed_in(places, seconds(now))


def _is(world: World, place: int, name: str, wanted: str) -> bool:
    return wanted in {name, str(world.identities.team_id_of(place))}


def _points(asked: AdminRequest, chosen: Switches) -> list[_Point]:
    """The buckets of the range, ascending, as the switch `partial_buckets` has them."""
    first, last = (asked.query[name].toordinal() for name in ("first", "last"))
    starts = [*calendar_periods.starts(first, last, asked.query["part"]), _after(last, asked.query["part"])]
    clipped = chosen[metrics_policy.PARTIAL_BUCKETS] is metrics_policy.PartialBuckets.CLIPPED
    return [
        _Point(begins, DayRange(max(begins, first), min(end - 1, last)))
        for begins, end in pairwise(starts)
        if clipped or first <= begins <= end - 1 <= last
    ]


def _after(day: int, part: calendar_periods.CalendarPeriod) -> int:
    """The first day of the part that follows a day's own; no part is longer than 31 days."""
    return calendar_periods.starts(day, day + 31, part)[1]


def _point(asked: AdminRequest, chosen: Switches) -> _Point:
    """The point that is asked for, or the whole range as one."""
    wanted: date | None = asked.query.get("date")
    if wanted is None:
        first, last = (asked.query[name].toordinal() for name in ("first", "last"))
        return _Point(first, DayRange(first, last))
    found = {date.fromordinal(point.date): point for point in _points(asked, chosen)}
    if wanted not in found:
        near = min(found, key=lambda day: abs(day - wanted), default="none, for there is no whole bucket in the range")
        part = asked.query["part"]
        raise ValidationError({"date": [f"no point of these {part}s bears the date {wanted}; the nearest is {near}"]})
    return found[wanted]


def _start(asked: AdminRequest) -> int:
    """The index of the first person behind the one who was told last."""
    after, identities = asked.query.get("after"), asked.sandbox.world.identities
    if after is None:
        return 0
    index = identities.index_of(after)
    if index is None:
        raise ValidationError({"after": ["must be the id of a person, as `next` of the page before has it"]})
    return int(index) + 1


def _told(point: _Point, value: int) -> dict[str, Any]:
    begins, first, last = map(date.fromordinal, (point.date, point.days.first, point.days.last))
    return {"date": begins, "first": first, "last": last, "value": value}


def average(total: int, count: int) -> float | None:
    """To two decimals, halves up, reckoned in whole hundredths; None of nothing."""
    return (200 * total + count) // (2 * count) / 100 if count else None


def _share(counted: _Counted, share: Share) -> dict[str, Any]:
    identity = counted.world.identities.of(share.index)
    vendors = {name: value for name, value in zip(counted.vendors, share.values, strict=True) if value}
    value = 1 if counted.question.metric is Metric.ACTIVE else sum(share.values)
    return {"id": identity.id, "name": identity.name, "email": identity.email, "value": value, "vendors": vendors}

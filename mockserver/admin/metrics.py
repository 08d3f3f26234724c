"""`/_mock/metrics`: what a client that aggregates the vendors' numbers should have computed."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import AdminQuery, ClockDate, QueryBoolean, QueryInteger
from mockserver.admin.organizations import PersonSchema
from mockserver.admin.responses import Problem
from mockserver.metrics.expected_values import DESCRIPTIONS, ExpectedQuery, ExpectedValues
from mockserver.products.metric_events import Dimension, Metric
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.validation.schemas import dump

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

    date = fields.Date(required=True, attribute="label")
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    value = fields.Integer(required=True)


class MetricSourceSchema(Schema):
    """What counts at a vendor: fields of its API, and the oldest and the newest day that it shows now.

    A person is active when at least one of the fields is above zero; any other metric is the sum of the fields. `since`
    is null where days of any age can be requested.
    """

    vendor = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    since = fields.Date(required=True, allow_none=True)
    through = fields.Date(required=True)


class MetricTeamSchema(Schema):
    """The team whose people count; `teams` are the names of all teams that were counted."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    teams = fields.List(fields.String(), required=True)


class MetricRequestSchema(Schema):
    """What was requested, and what counts towards it; `final` as in the request."""

    metric = fields.String(required=True, attribute="expected.query.metric")
    organization = fields.String(required=True, attribute="expected.organization")
    dimension = fields.String(required=True, attribute="expected.query.dimension")
    dimension_events = fields.String(required=True, attribute="expected.events")
    final = fields.Boolean(required=True, attribute="expected.query.final")
    team = fields.Nested(MetricTeamSchema, required=True, allow_none=True, attribute="expected.team")
    counted = fields.List(fields.Nested(MetricSourceSchema), required=True, attribute="expected.counted")


class MetricSchema(MetricRequestSchema):
    """A metric over a range, bucket by bucket. `headline` is `sum` divided by `buckets`, rounded half up to two
    decimals; it is null where no bucket counts.
    """

    bucket = fields.String(required=True, attribute="expected.query.period")
    first = fields.Date(required=True, data_key="from", attribute="expected.query.first")
    last = fields.Date(required=True, data_key="to", attribute="expected.query.last")
    average = fields.Float(required=True, allow_none=True, data_key="headline", attribute="headline.average")
    sum = fields.Integer(required=True, attribute="headline.sum")
    buckets = fields.Integer(required=True, attribute="headline.buckets")
    points = fields.List(fields.Nested(MetricPointSchema), required=True, attribute="headline.points")


class MetricPersonSchema(PersonSchema):
    """A person behind a point. `vendors` has, by vendor, the days of activity or the person's part of the sum.

    `value` is the person's part of the point's value: 1 for ai-active-users, however many the vendors and days.
    """

    value = fields.Integer(required=True)
    vendors = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class MetricPeopleSchema(MetricRequestSchema):
    """The people behind a point, ordered by id. `next` is the id to pass as `after`; null on the last page."""

    point = fields.Nested(MetricPointSchema, required=True, attribute="page.point")
    people = fields.List(fields.Nested(MetricPersonSchema), required=True)
    next = fields.String(required=True, allow_none=True, attribute="page.next")


class RangeQuery(AdminQuery):
    """A range of days."""

    first = ClockDate(required=True, data_key="from", metadata={"description": "The first day."})
    last = ClockDate(required=True, data_key="to", metadata={"description": "The last day, inclusive."})

    @validates_schema
    def check_range(self, given: dict[str, Any], **_: Any) -> None:
        length = given["last"].toordinal() - given["first"].toordinal() + 1
        if length < 1:
            raise ValidationError({"to": [f"must not be before from, which is {given['first']}"]})
        if length > DAYS_MAXIMUM:
            rule = f"a range can have at most {DAYS_MAXIMUM} days (three years); this one has {length}"
            raise ValidationError({"to": [rule]})


class MetricRangeQuery(RangeQuery):
    """The days, people, vendors and interactions that a metric counts."""

    period = fields.Enum(
        CalendarPeriod,
        by_value=True,
        load_default=CalendarPeriod.DAY,
        validate=validate.NoneOf((CalendarPeriod.YEAR,), error="must be one of: day, week, month"),
        data_key="bucket",
        error_messages={"unknown": "must be one of: day, week, month"},
        metadata={"description": "The length of a bucket: a day, a week that starts on Monday, a calendar month."},
    )
    vendors = fields.List(
        fields.String(),
        load_default=list,
        data_key="vendor",
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
    final = QueryBoolean(
        load_default=False,
        metadata={
            "description": "Whether the days that are shown count with their final figures: days that are still "
            "restated as they will be in the end, and a day that is not over as a whole. Default: as they are now."
        },
    )


class MetricPeopleQuery(MetricRangeQuery):
    """The same, with the point and the page of its people."""

    date = ClockDate(metadata={"description": "The point, by its date; default: the whole range as one bucket."})
    after = fields.String(metadata={"description": "Only people after the one with this id, ordered by id."})
    limit = QueryInteger(1, PEOPLE_MAXIMUM, "At most this many people; default: 100.", load_default=100)


def list_all(_: AdminRequest) -> dict[str, Any]:
    metrics = [{"name": metric, "description": text} for metric, text in DESCRIPTIONS.items()]
    return dump(MetricsSchema, {"metrics": metrics, "dimensions": list(Dimension)})


def get(request: AdminRequest) -> dict[str, Any]:
    expected = _expected(request)
    return dump(MetricSchema, {"expected": expected, "headline": expected.headline()})


def people(request: AdminRequest) -> dict[str, Any]:
    """The people behind a point of a metric, or behind the whole range as one bucket, page by page."""
    query = request.query
    day, after, limit = query.pop("date", None), query.pop("after", None), query.pop("limit")
    expected = _expected(request)
    page = expected.people(day, after, limit)
    return dump(MetricPeopleSchema, {"expected": expected, "page": page, "people": page.people})


def _expected(request: AdminRequest) -> ExpectedValues:
    """The query against the sandbox; Problem or ValidationError for one that cannot be answered."""
    known = [metric.value for metric in Metric]
    if request.name not in known:
        raise Problem(404, unknown_name("metric", request.name, known))
    return ExpectedValues(request.sandbox, context().vendors, ExpectedQuery(Metric(request.name), **request.query))

"""Shapes of the answers about metrics: the metrics, their points, and the people behind a point."""

from marshmallow import Schema, fields

from mockserver.admin.shapes import Member


class MetricDescription(Schema):
    """A metric, and what it measures."""

    name = fields.String(required=True)
    description = fields.String(required=True)


class Metrics(Schema):
    """The metrics there are, and the dimensions of each."""

    metrics = fields.List(fields.Nested(MetricDescription), required=True)
    dimensions = fields.List(fields.String(), required=True)


class MetricPoint(Schema):
    """A bucket: its first calendar day, the days of the range in it, and the metric."""

    date = fields.Date(required=True, attribute="label")
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    value = fields.Integer(required=True)


class MetricCounted(Schema):
    """What counted at a vendor: fields of its API, and the oldest and newest day that it shows now.

    One of the fields above zero makes a person active; any other metric is the sum of the fields. `since` is null where
    days of any age can be requested.
    """

    vendor = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    since = fields.Date(required=True, allow_none=True)
    through = fields.Date(required=True)


class MetricTeam(Schema):
    """The team whose people count; `teams` are the names of all that were counted."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    teams = fields.List(fields.String(), required=True)


class MetricQueryShape(Schema):
    """What was asked for, and what counts. `dimension_events` is the switch of that name."""

    metric = fields.String(required=True)
    organization = fields.String(required=True)
    dimension = fields.String(required=True)
    dimension_events = fields.String(required=True)
    team = fields.Nested(MetricTeam, required=True, allow_none=True)
    counted = fields.List(fields.Nested(MetricCounted), required=True)


class MetricValues(MetricQueryShape):
    """A metric over a range, bucket by bucket. `headline` is `sum` by `buckets`, to two decimals, halves up.

    It is null where no bucket counts.
    """

    bucket = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    headline = fields.Float(required=True, allow_none=True)
    sum = fields.Integer(required=True)
    buckets = fields.Integer(required=True)
    points = fields.List(fields.Nested(MetricPoint), required=True)


class MetricShare(Member):
    """A person behind a point. `vendors` are the days of activity at each vendor, or what the metric adds up.

    `value` is the person's share of the point's value: 1 of ai-active-users, however many the vendors and days.
    """

    value = fields.Integer(required=True)
    vendors = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class MetricPeople(MetricQueryShape):
    """The people behind a point, in order of id. `next` is the id to give as `after`; null on the last page."""

    point = fields.Nested(MetricPoint, required=True)
    people = fields.List(fields.Nested(MetricShare), required=True)
    next = fields.String(required=True, allow_none=True)

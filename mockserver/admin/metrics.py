"""The metrics under /_mock: what a client that aggregates the vendors' numbers should have computed."""

from typing import Any

from marshmallow import ValidationError

from mockserver.admin import metric_shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.problems import Problem
from mockserver.metrics.expected_values import DESCRIPTIONS, ExpectedQuery, ExpectedValues, InvalidQuery
from mockserver.products.metric_events import Dimension, Metric
from mockserver.validation.suggestions import unknown_name


def list_all(_: AdminRequest) -> dict[str, Any]:
    """The metrics there are."""
    metrics = [{"name": metric, "description": text} for metric, text in DESCRIPTIONS.items()]
    body: dict[str, Any] = metric_shapes.Metrics().dump({"metrics": metrics, "dimensions": list(Dimension)})
    return body


def get(request: AdminRequest) -> dict[str, Any]:
    """A metric over a range: its points and their average."""
    expected = _expected(request)
    headline, query = expected.headline(), expected.query
    body: dict[str, Any] = metric_shapes.MetricValues().dump(
        {
            **_query(expected),
            "bucket": query.period,
            "first": query.first,
            "last": query.last,
            "headline": headline.average,
            "sum": headline.sum,
            "buckets": headline.buckets,
            "points": headline.points,
        }
    )
    return body


def people(request: AdminRequest) -> dict[str, Any]:
    """The people behind a point of a metric, or behind the whole range as one bucket, page by page."""
    expected, query = _expected(request), request.query
    try:
        page = expected.people(query.get("date"), query.get("after"), query["limit"])
    except InvalidQuery as error:
        raise ValidationError({error.parameter: [str(error)]}) from error
    shares = [
        {
            "id": share.identity.id,
            "name": share.identity.name,
            "email": share.identity.email,
            "value": share.value,
            "vendors": share.vendors,
        }
        for share in page.people
    ]
    body: dict[str, Any] = metric_shapes.MetricPeople().dump(
        {**_query(expected), "point": page.point, "people": shares, "next": page.next}
    )
    return body


def _expected(request: AdminRequest) -> ExpectedValues:
    """The query against the sandbox; Problem or ValidationError for one that cannot be answered."""
    known = [metric.value for metric in Metric]
    if request.name not in known:
        raise Problem(404, unknown_name("metric", request.name, known))
    given = request.query
    query = ExpectedQuery(
        metric=Metric(request.name),
        dimension=given["dimension"],
        period=given["part"],
        first=given["first"],
        last=given["last"],
        vendors=given["vendor"],
        team=given.get("team"),
    )
    try:
        return ExpectedValues(request.sandbox, context().vendors, query)
    except InvalidQuery as error:
        raise ValidationError({error.parameter: [str(error)]}) from error


def _query(expected: ExpectedValues) -> dict[str, Any]:
    """What was asked for, and what counts."""
    return {
        "metric": expected.query.metric,
        "organization": expected.organization,
        "dimension": expected.query.dimension,
        "dimension_events": expected.events,
        "team": expected.team,
        "counted": expected.counted,
    }

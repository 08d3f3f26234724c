"""`/_mock/charts`: the numbers behind charts, as the vendors' own reports have them.

What a chart shows is in each vendor's `charts`; the room `charts` draws it.
"""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import request as http_request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import AdminQuery, ClockDate
from mockserver.admin.responses import Problem
from mockserver.charts import catalogue
from mockserver.charts.chart import ChartBucket, ChartKind, ChartPeriod
from mockserver.charts.drawing import DataDays, ListedChart
from mockserver.charts.report_reader import ReportRequest
from mockserver.gateway import curl
from mockserver.gateway.sandbox import SandboxMoment
from mockserver.validation.schemas import dump

_SHOWN = ("title", "description", "kind", "series", "label", "buckets", "days_maximum")
_BUCKET = validate.OneOf([*ChartBucket])


class ChartSeriesSchema(Schema):
    """A number of each row: the row's field `name`. Series that are `stacked` add up to one bar."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True)
    stacked = fields.Boolean(required=True)


class ChartParameterSchema(Schema):
    """A parameter of a chart. `values` are those that it can have, or null for a date."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    default = fields.String(required=True)
    values = fields.List(fields.String(), required=True, allow_none=True)


class ChartPresetSchema(Schema):
    """A period to choose by its title, with the parameters that select it."""

    title = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    bucket = fields.String(required=True, validate=_BUCKET)


class ChartSchema(Schema):
    """A chart. `vendor` and its title are null for the chart across vendors.

    `from`, `to` and `bucket` are the defaults.

    `first_day` and `last_day` are the first and the last complete day of the data. `label` is what the labels of rows
    are, as in "team"; null: rows have none. A period may have at most `days_maximum` days.
    """

    name = fields.String(required=True)
    vendor = fields.String(required=True, allow_none=True)
    vendor_title = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*ChartKind]))
    series = fields.List(fields.Nested(ChartSeriesSchema), required=True)
    label = fields.String(required=True, allow_none=True)
    buckets = fields.List(fields.String(validate=_BUCKET), required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    bucket = fields.String(required=True, validate=_BUCKET)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    days_maximum = fields.Integer(required=True)
    parameters = fields.List(fields.Nested(ChartParameterSchema), required=True)
    periods = fields.List(fields.Nested(ChartPresetSchema), required=True)


class ChartsSchema(Schema):
    """The charts: first the one across vendors, then those of each vendor."""

    charts = fields.List(fields.Nested(ChartSchema), required=True)


class ChartRequestSchema(Schema):
    """A request for the same numbers: its path with the query, and a curl line with a token of the sandbox.

    `vendor` is null for a request to the control plane. `curl` is null where the sandbox has no token that may read.
    """

    vendor = fields.String(required=True, allow_none=True)
    method = fields.String(required=True, validate=validate.Equal("GET"))
    path = fields.String(required=True)
    curl = fields.String(required=True, allow_none=True)


class ChartRowsSchema(Schema):
    """A chart in a period. A row has a `date`, the series by their names, and a `label` where the chart has labels.

    A number is null where the answers of the vendor have none. `totals` are those of the whole period, and `headline`
    is the average of the buckets; null: there is none. `note` says what is missing, in the vendor's words. `request` is
    the first of the `requests` for reports; further pages, which an answer leads to, are not listed.
    """

    name = fields.String(required=True)
    vendor = fields.String(required=True, allow_none=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    bucket = fields.String(required=True, validate=_BUCKET)
    rows = fields.List(fields.Dict(keys=fields.String()), required=True)
    totals = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    headline = fields.Float(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    request = fields.Nested(ChartRequestSchema, required=True)
    requests = fields.List(fields.Nested(ChartRequestSchema), required=True)


class ChartQuery(AdminQuery):
    """The period of a chart, and its bucket."""

    first = ClockDate(data_key="from", metadata={"description": "The first day; default: `from` in the list."})
    last = ClockDate(data_key="to", metadata={"description": "The last day, inclusive; default: `to` in the list."})
    bucket = fields.String(
        metadata={
            "description": "What a row covers, one of the chart's buckets; default: the first one.",
            "enum": [*ChartBucket],
        }
    )

    @validates_schema
    def check_order(self, given: dict[str, Any], **_: Any) -> None:
        if {"first", "last"} <= given.keys() and given["first"] > given["last"]:
            raise ValidationError({"to": [f"must not be before from, which is {given['first']}"]})


def list_all(request: AdminRequest) -> dict[str, Any]:
    moment = _moment(request)
    return dump(ChartsSchema, {"charts": [_describe(chart, moment) for chart in context().charts().values()]})


def get(request: AdminRequest) -> dict[str, Any]:
    """The rows of one chart; Problem or ValidationError for what it does not have."""
    known = context().charts()
    if request.name not in known:
        raise Problem(404, unknown_name("chart", request.name, known))
    chart, moment = known[request.name], _moment(request)
    period = _period(chart, moment, **request.query)
    drawing = catalogue.drawn(context().registry, chart, moment, period)
    requests = [*_requests(drawing.requests, moment)]
    return dump(
        ChartRowsSchema,
        {
            **_outline(chart),
            **asdict(period),
            **{name: getattr(drawing, name) for name in ("rows", "totals", "headline", "note")},
            "request": requests[0],
            "requests": requests,
        },
    )


def _moment(request: AdminRequest) -> SandboxMoment:
    with request.lock:
        return SandboxMoment.of(request.sandbox)


def _outline(listed: ListedChart) -> dict[str, Any]:
    return {"name": listed.chart.name, "vendor": listed.vendor and listed.vendor.name}


def _describe(listed: ListedChart, moment: SandboxMoment) -> dict[str, Any]:
    chart, days, period = listed.chart, listed.days(moment), _period(listed, moment)
    return {
        **_outline(listed),
        "vendor_title": listed.vendor and listed.vendor.title,
        **{name: getattr(chart, name) for name in _SHOWN},
        **asdict(period),
        "first_day": days.first,
        "last_day": days.last,
        "parameters": [
            {"name": "from", "description": "The first day.", "default": str(period.first), "values": None},
            {"name": "to", "description": "The last day, inclusive.", "default": str(period.last), "values": None},
            {
                "name": "bucket",
                "description": "What a row covers.",
                "default": period.bucket.value,
                "values": chart.buckets,
            },
        ],
        "periods": [
            {"title": each.title, "first": _start(days, days.last, each.days), "last": days.last, "bucket": each.bucket}
            for each in chart.presets
        ],
    }


def _start(days: DataDays, last: date, length: int) -> date:
    """The first day of a period of a length that ends on a day, but no day before the data."""
    return min(max(last - timedelta(days=length - 1), days.first), last)


def _period(
    listed: ListedChart,
    moment: SandboxMoment,
    first: date | None = None,
    last: date | None = None,
    bucket: str | None = None,
) -> ChartPeriod:
    """The period of a query, with the chart's defaults; ValidationError for one that the chart does not have."""
    chart, days = listed.chart, listed.days(moment)
    if bucket is not None and bucket not in chart.buckets:
        raise ValidationError({"bucket": [unknown_name("bucket", bucket, [each.value for each in chart.buckets])]})
    last = last or days.last
    first = first or _start(days, last, chart.days_default)
    period = ChartPeriod(first, last, ChartBucket(bucket or chart.buckets[0]))
    if first > last:
        raise ValidationError({"from": [f"must not be after to, which is {last} by default"]})
    if period.days > chart.days_maximum:
        rule = f"a period of {chart.name} can have at most {chart.days_maximum} days; this one has {period.days}"
        raise ValidationError({"to": [rule]})
    return period


def _requests(requests: Iterable[ReportRequest], moment: SandboxMoment) -> Iterator[dict[str, Any]]:
    url = http_request.host_url.rstrip("/")
    for each in requests:
        line = _own_curl(url + each.path) if each.vendor is None else _vendor_curl(each.vendor, url, each.path, moment)
        yield {"vendor": each.vendor, "method": "GET", "path": each.path, "curl": line}


def _own_curl(address: str) -> str:
    admin = [] if context().admin_token is None else [curl.ADMIN_HEADER]
    return " ".join(["curl", *admin, shlex.quote(address)])


def _vendor_curl(name: str, url: str, path: str, moment: SandboxMoment) -> str | None:
    """A line with the seeded token of the sandbox or, after it was revoked, another one that sees everybody."""
    sandbox = moment.sandbox
    vendor, grants = sandbox.profiles[name], tuple(sandbox.grants.values())
    reading = (each for each in grants if each.vendor == name and each.has_all_rights)
    grant, [scheme, *_] = next(reading, None), vendor.schemes_under(moment.policy.switches[name])
    return None if grant is None else curl.line(vendor, grant, url, path, scheme)

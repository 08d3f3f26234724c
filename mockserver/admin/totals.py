"""`/_mock/totals`: what a client that adds up a report of one vendor over a range should have got."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import QueryInteger
from mockserver.admin.metrics import RangeQuery
from mockserver.admin.responses import Problem
from mockserver.gateway.sandbox import SandboxMoment
from mockserver.validation.schemas import dump

PARTS_MAXIMUM = 1000


class TotalNameSchema(Schema):
    """A total of one vendor's. `label` is what a part of it is about, as in "user"; `unit` is that of every value."""

    name = fields.String(required=True)
    vendor = fields.String(required=True)
    description = fields.String(required=True)
    unit = fields.String(required=True)
    label = fields.String(required=True)


class TotalsSchema(Schema):
    """The totals that vendors have."""

    totals = fields.List(fields.Nested(TotalNameSchema), required=True)


class TotalPartSchema(Schema):
    """A part of a total; `value` is decimal text."""

    label = fields.String(required=True)
    value = fields.String(required=True)


class TotalSchema(TotalNameSchema):
    """A total over a range. `since` and `through` are the days of it that the vendor's API shows now, null if none.

    `sum` is that of all parts, in decimal text, and `count` their number. `parts` are in the order of the vendor's
    report; `next` is the label to pass as `after`, null on the last page.
    """

    organization = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    since = fields.Date(required=True, allow_none=True)
    through = fields.Date(required=True, allow_none=True)
    sum = fields.String(required=True)
    count = fields.Integer(required=True)
    parts = fields.List(fields.Nested(TotalPartSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class TotalQuery(RangeQuery):
    """The days of a total, and the page of its parts."""

    after = fields.String(metadata={"description": "Only parts after the one with this label."})
    limit = QueryInteger(1, PARTS_MAXIMUM, "At most this many parts; default: 100.", load_default=100)


def list_all(_: AdminRequest) -> dict[str, Any]:
    return dump(TotalsSchema, {"totals": [_outline(name) for name in context().totals()]})


def get(request: AdminRequest) -> dict[str, Any]:
    """One total; Problem or ValidationError for what it does not have."""
    known, query = context().totals(), request.query
    if request.name not in known:
        raise Problem(404, unknown_name("total", request.name, known))
    total = known[request.name].total
    with request.lock:
        moment = SandboxMoment.of(request.sandbox)
    found = total.count(moment, query["first"].toordinal(), query["last"].toordinal())
    start, is_shown = _start(found.parts, query.get("after")), found.first <= found.last
    parts = found.parts[start : start + query["limit"]]
    return dump(
        TotalSchema,
        {
            **_outline(request.name),
            "organization": moment.sandbox.world.organization.slug,
            "first": query["first"],
            "last": query["last"],
            "since": date.fromordinal(found.first) if is_shown else None,
            "through": date.fromordinal(found.last) if is_shown else None,
            "sum": total.to_text(sum(value for _, value in found.parts)),
            "count": len(found.parts),
            "parts": [{"label": label, "value": total.to_text(value)} for label, value in parts],
            "next": parts[-1][0] if start + len(parts) < len(found.parts) else None,
        },
    )


def _outline(name: str) -> dict[str, Any]:
    listed = context().totals()[name]
    shown = {key: getattr(listed.total, key) for key in ("name", "description", "unit", "label")}
    return {**shown, "vendor": listed.vendor}


def _start(parts: Any, after: str | None) -> int:
    """The position of the first part after the last one of the page before."""
    labels = [label for label, _ in parts]
    if after is None:
        return 0
    if after not in labels:
        raise ValidationError({"after": ["must be the label of a part, as `next` of the previous page has it"]})
    return labels.index(after) + 1

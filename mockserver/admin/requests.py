"""`/_mock/requests`: the journal of the vendor requests in a sandbox.

`gateway.pipeline` writes its entries, `gateway.journal` keeps them.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.faults import target_errors
from mockserver.admin.fields import AdminQuery, QueryInteger, Rfc3339Timestamp
from mockserver.gateway import faults
from mockserver.gateway.journal import Entry
from mockserver.validation.schemas import dump

LIMIT_MAXIMUM = 1_000_000
ID_MAXIMUM = 10**18 - 1
_STATUS = "[1-5](?:[0-9]{2}|xx)"


class Milliseconds(fields.Integer):
    """Microseconds, dumped as the nearest number of milliseconds."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> int:
        return (int(value) + 500) // 1000


class EntrySchema(Schema):
    """One request in the journal, without credentials. `refusal` is the reason why it was refused."""

    id = fields.Integer(required=True)
    at = Rfc3339Timestamp(required=True)
    vendor = fields.String(required=True)
    operation = fields.String(required=True, allow_none=True)
    method = fields.String(required=True)
    path = fields.String(required=True)
    query = fields.String(required=True)
    status = fields.Integer(required=True)
    duration_ms = Milliseconds(required=True, attribute="duration_us")
    organization = fields.String(required=True)
    fault = fields.String(required=True, allow_none=True)
    refusal = fields.String(required=True, allow_none=True)


class JournalSchema(Schema):
    """Entries of the journal, oldest first."""

    requests = fields.List(fields.Nested(EntrySchema), required=True)


class RequestsQuery(AdminQuery):
    """Filters of the journal; an entry is listed when it matches all of them."""

    kind = "filter"

    vendor = fields.String(metadata={"description": "Only requests to this vendor."})
    operation = fields.String(metadata={"description": "Only this operationId of the vendor's OpenAPI file."})
    path = fields.String(metadata={"description": "Only this path, without the query; * stands for any characters."})
    status = fields.String(
        validate=validate.Regexp(
            rf"{_STATUS}\Z", error="must be a status from 100 to 599, or a class of them, as in 4xx"
        ),
        metadata={"pattern": f"^(?:{_STATUS})$", "description": "Only this status, or this class of them, as in 4xx."},
    )
    limit = QueryInteger(1, LIMIT_MAXIMUM, "Only the newest entries, at most this many, still oldest first.")
    after = QueryInteger(0, ID_MAXIMUM, "Only entries after the one with this id.")


def list_all(request: AdminRequest) -> dict[str, Any]:
    """The entries that match every filter, oldest first; ValidationError for filters that no request can match."""
    query = request.query
    target = query.get("vendor"), query.get("operation"), query.get("path")
    if errors := target_errors(context().vendors, *target):
        raise ValidationError(dict(errors))
    with request.lock:
        entries = tuple(request.sandbox.journal)
    found = [entry for entry in entries if _matches(entry, query)]
    newest = found[-query["limit"] :] if "limit" in query else found
    return dump(JournalSchema, {"requests": newest})


def clear(request: AdminRequest) -> None:
    with request.lock:
        request.sandbox.reset(("journal",))


def _matches(entry: Entry, query: dict[str, Any]) -> bool:
    return (
        query.get("vendor", entry.vendor) == entry.vendor
        and query.get("operation", entry.operation) == entry.operation
        and ("path" not in query or faults.matches_glob(query["path"], entry.path))
        and query.get("status") in (None, str(entry.status), f"{entry.status // 100}xx")
        and entry.id > query.get("after", 0)
    )

"""`/_mock/requests`: the journal of the vendor requests in a sandbox.

`gateway.pipeline` writes its entries; `gateway.journal` keeps them, and redacts them when they are read.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate

from mockserver.admin import responses
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fault_rules import ShortText
from mockserver.admin.faults import target_errors
from mockserver.admin.fields import AdminQuery, QueryInteger, Rfc3339Timestamp
from mockserver.admin.responses import Problem
from mockserver.gateway import faults
from mockserver.gateway.journal import Journal, Outcome, Record, State
from mockserver.gateway.kept_headers import VALUE_MAXIMUM
from mockserver.simulation import clock

LIMIT_MAXIMUM = 1_000_000
ID_MAXIMUM = 10**18 - 1
BODY, HEADERS = "body", "headers"
"""What `include` can add to an entry."""

_PART = f"(?:{BODY}|{HEADERS})"
_INCLUDE = f"{_PART}(?:,{_PART})*"

Matcher = Callable[[Record, State], bool]
"""Whether a record is listed."""

_STATUS = "[1-5](?:[0-9]{2}|xx)"


class EntrySchema(Schema):
    """One request in the journal, without credentials. `refusal` is the reason why it was refused."""

    id = fields.Integer(required=True)
    at = Rfc3339Timestamp(required=True)
    vendor = fields.String(required=True)
    operation = fields.String(required=True, allow_none=True)
    method = fields.String(required=True)
    path = fields.String(required=True)
    query = fields.String(required=True)
    body_digest = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The SHA-256 of the body, in hexadecimal: of JSON (up to 256 kB) with sorted keys, without "
            "white space and with letters unescaped, of anything else as it was sent. null: there was no body."
        },
    )
    status = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "The status of the answer; 0 if the connection was reset in its place. null unless the "
            "outcome is answered."
        },
    )
    duration_ms = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Until the answer was ready, or the client was found to have left. null before that."},
    )
    organization = fields.String(required=True)
    fault = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": 'The rule that fired; in a sequence with its step, as in "fault-1 step 2".'},
    )
    defects = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The names of the armed defects that changed the answer."},
    )
    refusal = fields.String(required=True, allow_none=True)
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(tuple(Outcome)),
        metadata={
            "description": "abandoned: the client left before the answer was written, if the server noticed, or the "
            "server ended, if others share its store."
        },
    )
    body = fields.String(
        allow_none=True,
        metadata={
            "description": "Only with include=body, and for one request: the body as text, without credentials. null: "
            "there was none, or it was larger than 4 kB."
        },
    )
    request_headers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={
            "description": "Only with include=headers, and for one request: the headers that decide the answer or help "
            "to explain it, without credentials: of an Authorization header only the scheme. Of a value longer than "
            f"{VALUE_MAXIMUM} characters, only the length is kept."
        },
    )
    response_headers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        allow_none=True,
        metadata={
            "description": "The same of the answer: type and length, Retry-After and the rate limit, ETag, Link, Allow "
            "and others. null unless the outcome is answered."
        },
    )


class JournalSchema(Schema):
    """Entries of the journal, oldest first."""

    requests = fields.List(fields.Nested(EntrySchema), required=True)


class RequestsQuery(AdminQuery):
    """Filters of the journal; an entry is listed when it matches all of them."""

    kind = "filter"

    vendor = fields.String(metadata={"description": "Only requests to this vendor."})
    operation = fields.String(metadata={"description": "Only this operationId of the vendor's OpenAPI file."})
    path = ShortText(metadata={"description": "Only this path, without the query; * stands for any characters."})
    status = fields.String(
        validate=validate.Regexp(
            rf"{_STATUS}\Z", error="must be a status from 100 to 599, or a class of them, as in 4xx"
        ),
        metadata={
            "pattern": f"^(?:{_STATUS})$",
            "description": "Only this status, or this class of them, as in 4xx; only requests that were answered.",
        },
    )
    limit = QueryInteger(1, LIMIT_MAXIMUM, "Only the newest entries, at most this many, still oldest first.")
    after = QueryInteger(0, ID_MAXIMUM, "Only entries after the one with this id.")
    include = fields.String(
        validate=validate.Regexp(rf"{_INCLUDE}\Z", error="must be body, headers, or both with a comma between them"),
        metadata={
            "pattern": f"^{_INCLUDE}$",
            "description": "What else to show of each request: `body`, `headers`, or both with a comma between them.",
        },
    )


def list_all(request: AdminRequest) -> Response:
    """The entries that match every filter, oldest first; ValidationError for filters that no request can match."""
    query, journal = request.query, request.sandbox.journal
    target = query.get("vendor"), query.get("operation"), query.get("path")
    if errors := target_errors(context().vendors, *target):
        raise ValidationError(dict(errors))
    matches = _matcher(journal, query)
    found = _newest(journal, matches, query.get("limit", LIMIT_MAXIMUM))
    include = query.get("include", "").split(",")
    return responses.json_list("requests", _shown(journal, found, matches, include))


def get(request: AdminRequest) -> dict[str, Any]:
    """One entry with its body and headers; Problem 404 for an id that the journal does not have, or no longer."""
    journal = request.sandbox.journal
    for record in journal.records():
        if str(record.id) == request.name:
            return _to_json(journal, record, record.state, (BODY, HEADERS))
    shown = context().registry.redactor.text(request.name)
    raise Problem(404, f"there is no request {shown!r:.100} in the journal: its id is unknown, or it was removed")


def clear(request: AdminRequest) -> None:
    request.change(lambda sandbox: sandbox.reset(("journal",)))


def _newest(journal: Journal, matches: Matcher, limit: int) -> list[Record]:
    """The records that match, at most `limit` of them: the newest, oldest first."""
    newest_first = reversed(journal.records())
    found = list(islice((each for each in newest_first if matches(each, each.state)), limit))
    found.reverse()
    return found


def _shown(
    journal: Journal, found: list[Record], matches: Matcher, include: Collection[str]
) -> Iterator[dict[str, Any]]:
    """The entries, each made when it is sent, in its state of then: a client that does not read keeps no states.

    One that no longer matches, as its client has left meanwhile, is not shown.
    """
    states = ((record, record.state) for record in found)
    return (_to_json(journal, *each, include) for each in states if matches(*each))


def _matcher(journal: Journal, query: dict[str, Any]) -> Matcher:
    """Whether a record matches the filters. A path is compared as it is shown, so that no filter finds a credential."""
    checks: list[Matcher] = []
    if "after" in query:
        checks.append(lambda record, _: record.id > query["after"])
    if "vendor" in query:
        checks.append(lambda record, _: record.request.vendor == query["vendor"])
    if "operation" in query:
        checks.append(lambda record, _: record.request.operation == query["operation"])
    if "status" in query:
        checks.append(lambda _, state: state.status is not None and _has_status(state.status, query["status"]))
    if "path" in query:
        checks.append(lambda record, _: faults.matches_glob(query["path"], journal.path(record)))
    return lambda record, state: all(check(record, state) for check in checks)


def _has_status(status: int, wanted: str) -> bool:
    return wanted in {str(status), f"{status // 100}xx"}


def _to_json(journal: Journal, record: Record, state: State, include: Collection[str]) -> dict[str, Any]:
    """An entry as EntrySchema describes it; marshmallow takes ten times as long."""
    entry = journal.read(record, state)
    shown = {
        "id": entry.id,
        "at": clock.format_utc(entry.at),
        "vendor": entry.vendor,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "body_digest": entry.body_digest,
        "status": entry.status,
        "duration_ms": None if entry.duration_us is None else (entry.duration_us + 500) // 1000,
        "organization": entry.organization,
        "fault": entry.fault,
        "defects": entry.defects,
        "refusal": entry.refusal,
        "outcome": entry.outcome,
    }
    if BODY in include:
        shown["body"] = journal.body(record)
    if HEADERS in include:
        shown["request_headers"] = journal.request_headers(record)
        shown["response_headers"] = journal.response_headers(record, state)
    return shown

"""`/_mock/audits`: audits of a sandbox, each a job with its progress and the results of its checks.

The invariants are in the room `audit` and in the vendors' rooms. An audit reads a sample, at the moment it was started.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import Response as FlaskResponse
from flask import request as http_request
from marshmallow import Schema, ValidationError, fields, validate

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin import bodies, openapi
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import Body, ClockDate
from mockserver.admin.responses import Problem, created
from mockserver.audit import run
from mockserver.audit.invariant import Invariant
from mockserver.audit.reader import Reader, VendorRequest, original_names
from mockserver.client import Response
from mockserver.gateway.background import Job, JobState
from mockserver.gateway.switches import Grade, Renaming
from mockserver.gateway.unrecorded import UnrecordedReader
from mockserver.validation.schemas import dump


class AuditRequestSchema(Schema):
    """A request to a vendor: its path with the query, and the JSON text in the body of a POST."""

    method = fields.String(required=True, validate=validate.OneOf(("GET", "POST")))
    vendor = fields.String(required=True)
    path = fields.String(required=True)
    body = fields.String(required=True, allow_none=True)


class CheckedInvariantSchema(Schema):
    """An invariant, and the result of its check.

    `detail` is what differs, or why there was nothing to check. `requests` are those whose answers a failed check used
    last, and `truncated` counts those before them.
    """

    name = fields.String(required=True)
    vendor = fields.String(required=True)
    description = fields.String(required=True)
    source = fields.String(required=True)
    grade = fields.String(required=True, validate=validate.OneOf([*Grade]))
    outcome = fields.String(required=True, validate=validate.OneOf(("passed", "failed", "not applicable")))
    detail = fields.String(required=True)
    requests = fields.List(fields.Nested(AuditRequestSchema), required=True)
    truncated = fields.Integer(required=True)


class AuditSummarySchema(Schema):
    """An audit of the days `from` to `to`. It waits while another sandbox is audited.

    `done` of `total` invariants are checked, `violated` of them do not hold, and `current` is the one that is being
    checked. `vendors` are the chosen groups of invariants. `requests_made` counts the requests to the vendors, which
    are not in the journal. `error` says why an audit failed.
    """

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*JobState]))
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    vendors = fields.List(fields.String(), required=True)
    sampled = fields.Boolean(required=True, validate=validate.Equal(comparable=True))
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    current = fields.String(required=True, allow_none=True)
    requests_made = fields.Integer(required=True)
    violated = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)


class AuditSchema(AuditSummarySchema):
    """An audit, with the invariants that are checked, as `mockserver audit --json` has them."""

    invariants = fields.List(fields.Nested(CheckedInvariantSchema), required=True)


class AuditsSchema(Schema):
    """The audits of a sandbox, the oldest first: an unfinished one, and the newest of those that ended."""

    audits = fields.List(fields.Nested(AuditSummarySchema), required=True)


class AuditBody(Body):
    """What to audit: by default every invariant, in the week that ended two days ago."""

    first = ClockDate(data_key="from", metadata={"description": "The first day."})
    last = ClockDate(data_key="to", metadata={"description": "The last day, inclusive."})
    vendors = fields.List(
        fields.String(),
        validate=validate.Length(
            min=1, error="name at least one group, or leave `vendors` out to check every invariant"
        ),
        metadata={"description": "Only these groups of invariants: names of vendors, and `cross-vendor`."},
    )


class Audit(Job):
    """An audit of some days; `invariants` are the results so far."""

    sampled = True

    def __init__(self, total: int, vendors: Sequence[str], first: date, last: date) -> None:
        super().__init__(total)
        self.vendors = vendors
        self.first = first
        self.last = last
        self.requests_made = 0
        self.invariants: list[dict[str, Any]] = []

    def to_json(self) -> dict[str, Any]:
        own = {"first": str(self.first), "last": str(self.last)}
        more = {"vendors": self.vendors, "requests_made": self.requests_made, "invariants": self.invariants}
        return {**super().to_json(), **own, **more}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Audit":
        """An audit of another server, from its report."""
        first, last = date.fromisoformat(given["first"]), date.fromisoformat(given["last"])
        audit = cls(given["total"], given["vendors"], first, last).restore(given)
        audit.requests_made, audit.invariants = given["requests_made"], given["invariants"]
        return audit

    @property
    def violated(self) -> int:
        """How many invariants do not hold."""
        return sum(each["outcome"] == "failed" for each in self.invariants)


def list_all(request: AdminRequest) -> dict[str, Any]:
    with request.lock:
        audits = [*request.sandbox.audits]
    return dump(AuditsSchema, {"audits": audits})


def get(request: AdminRequest) -> dict[str, Any]:
    return dump(AuditSchema, _find(request))


def create(request: AdminRequest) -> FlaskResponse:
    """Start an audit; a sandbox has one at a time."""
    body = AuditBody().load(bodies.read(optional=True))
    rooms = context().invariants()
    groups = _groups(body, run.groups(rooms))
    answers = UnrecordedReader.of(context().registry, request.sandbox)
    first, last = _period(body, answers)
    invariants = run.chosen(rooms, groups)
    audit = Audit(len(invariants), groups, first, last)
    reader = Reader(
        partial(_send, audit, answers),
        first,
        last,
        not audit.sampled,
        _options(answers),
        _documented_names(answers),
        _files(answers).__getitem__,
    )
    with request.lock:
        _check_is_only(request)
        request.sandbox.audits.add(audit)
    context().audit_threads.start(audit, partial(_check_all, audit, reader, invariants))
    return created(dump(AuditSchema, audit), f"{http_request.path}/{audit.id}")


def delete(request: AdminRequest) -> None:
    """Remove an audit; one that is unfinished ends."""
    with request.lock:
        request.sandbox.audits.remove(_find(request))


def _find(request: AdminRequest) -> Audit:
    found: Audit | None = request.sandbox.audits.find(request.name)
    if found is None:
        ids = [each.id for each in request.sandbox.audits]
        raise Problem(404, unknown_name("audit", request.name, ids))
    return found


def _check_is_only(request: AdminRequest) -> None:
    for each in request.sandbox.audits:
        if each.is_unfinished:
            rule = f"this sandbox is being audited already, by {each.id}; wait until it has ended, or DELETE it"
            raise Problem(409, rule)


def _groups(body: Mapping[str, Any], known: Mapping[str, object]) -> list[str]:
    """The chosen groups of invariants, in the order of all groups."""
    chosen = body.get("vendors", [*known])
    errors = {index: [unknown_name("group", name, known)] for index, name in enumerate(chosen) if name not in known}
    if errors:
        raise ValidationError({"vendors": errors})
    return [name for name in known if name in chosen]


def _period(body: Mapping[str, Any], answers: UnrecordedReader) -> tuple[date, date]:
    try:
        return run.period(answers.moment.now, body.get("first"), body.get("last"))
    except run.InvalidAudit as error:
        raise ValidationError({"to" if "last" in body else "from": [str(error)]}) from error


def _options(answers: UnrecordedReader) -> dict[str, dict[str, object]]:
    """The values of switches, by vendor and switch."""
    return {
        name: {each.name: each.to_json(answers.moment.policy.switches[name][each]) for each in vendor.switches}
        for name, vendor in answers.moment.sandbox.profiles.items()
    }


def _documented_names(answers: UnrecordedReader) -> dict[str, dict[str, str]]:
    """The documented names of response fields, by vendor and by the name that the sandbox uses instead."""
    return {
        name: {
            new: old
            for switch in vendor.switches
            if isinstance(switch, Renaming)
            for new, old in original_names(
                switch.options, answers.moment.policy.switches[name].renamed_fields([switch])
            ).items()
        }
        for name, vendor in answers.moment.sandbox.profiles.items()
    }


def _files(answers: UnrecordedReader) -> dict[str, str]:
    """The OpenAPI files, by vendor, with the names that the sandbox uses."""
    switches = answers.moment.policy.switches
    return {
        name: openapi.text_of(name, vendor.renamed_fields(switches[name])).decode()
        for name, vendor in answers.moment.sandbox.profiles.items()
    }


def _send(audit: Audit, answers: UnrecordedReader, request: VendorRequest) -> Response:
    audit.check()
    audit.requests_made += 1
    answer = answers.answer(request.vendor, request.path, request.body)
    headers = {name.lower(): value for name, value in answer.headers}
    return Response(answer.status_code, headers, answer.get_data())


def _check_all(audit: Audit, reader: Reader, invariants: Sequence[tuple[str, Invariant]]) -> None:
    for vendor, invariant in invariants:
        audit.check()
        audit.current = invariant.name
        audit.invariants.append(run.check(vendor, invariant, reader).to_json())
        audit.done += 1

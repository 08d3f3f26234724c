"""`/_mock/overview`: a sandbox in one answer, for a page that is kept up to date.

Each part is a resource of its own too, with more details.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import request as http_request
from marshmallow import Schema, fields

from mockserver.admin import faults, limits, tokens
from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.clock import ClockSchema
from mockserver.admin.fields import Rfc3339Timestamp
from mockserver.gateway import curl
from mockserver.gateway.armed_faults import ArmedRule
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Switches
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor
from mockserver.validation.schemas import dump

HOURS = 25
"""How far ahead new data are looked for, in hours: every vendor with data by day has some each day."""


class OperationSchema(Schema):
    """An operation of a vendor's OpenAPI file."""

    operation = fields.String(required=True)
    methods = fields.List(fields.String(), required=True)
    path = fields.String(required=True)


class SampleRequestSchema(Schema):
    """A request to paste into a shell.

    `authorization` is the header as one word of a shell command; `token` is what it is made from.
    """

    path = fields.String(required=True)
    authorization = fields.String(required=True)
    curl = fields.String(required=True)
    token = fields.Nested(tokens.TokenSchema, required=True)


class NamedLimitSchema(limits.VendorLimitSchema):
    """A limit, with its name in `/_mock/limits`."""

    name = fields.String(required=True)


class VendorOverviewSchema(Schema):
    """A vendor in a sandbox.

    `data_through` is the newest day with data, and `next_data_at` when the next day begins to have some; both are null
    if the vendor has no data by day. `shows_people` is whether it shows the days of each person, not only totals.
    `sample_request` is null if every token with all rights was revoked. `limits` are the vendor's own limit and
    those of its further classes of operations.

    `faults` counts the armed rules that can still affect the vendor's requests, `defects` names those that are armed,
    and `changed_switches` those that differ from their default.
    """

    name = fields.String(required=True)
    title = fields.String(required=True)
    operations = fields.List(fields.Nested(OperationSchema), required=True)
    sample_request = fields.Nested(SampleRequestSchema, required=True, allow_none=True)
    data_through = fields.Date(required=True, allow_none=True)
    next_data_at = Rfc3339Timestamp(required=True, allow_none=True)
    shows_people = fields.Boolean(required=True)
    limits = fields.List(fields.Nested(NamedLimitSchema), required=True)
    faults = fields.Integer(required=True)
    defects = fields.List(fields.String(), required=True)
    changed_switches = fields.List(fields.String(), required=True)


class SandboxOrganizationSchema(Schema):
    """The organization that a sandbox shows."""

    slug = fields.String(required=True)
    name = fields.String(required=True)


class OverviewSchema(Schema):
    """A sandbox. `requests` counts the entries of the journal; `newest_request` is the id of the newest, 0 for none.

    `profile` is the name of its profile, null for none.
    """

    id = fields.String(required=True)
    organization = fields.Nested(SandboxOrganizationSchema, required=True)
    profile = fields.String(required=True, allow_none=True)
    clock = fields.Nested(ClockSchema, required=True)
    requests = fields.Integer(required=True)
    newest_request = fields.Integer(required=True)
    vendors = fields.List(fields.Nested(VendorOverviewSchema), required=True)


def get(request: AdminRequest) -> dict[str, Any]:
    sandbox = request.sandbox
    profile = sandbox.config.profile
    journal = sandbox.journal.records()  # It needs no lock, and 10,000 records take a while.
    with request.lock:
        clock = sandbox.clock
        now, rules = clock.now(), sandbox.counted_rules()
        overview = {
            "id": sandbox.id,
            "organization": sandbox.config.organization,
            "profile": profile and profile.name,
            "clock": {"now": now, "frozen": clock.frozen},
            "requests": len(journal),
            "newest_request": journal[-1].id if journal else 0,
            "vendors": [_vendor(sandbox, vendor, now, rules) for vendor in sandbox.profiles.values()],
        }
    return dump(OverviewSchema, overview)


def _vendor(sandbox: Sandbox, vendor: Vendor, now: datetime, rules: tuple[ArmedRule, ...]) -> dict[str, Any]:
    switches = sandbox.policy.switches[vendor.name]
    through = vendor.data_through(now, switches)
    return {
        "name": vendor.name,
        "title": vendor.title,
        "operations": [
            {"operation": each.operation, "methods": each.methods, "path": _template(each.path)}
            for each in vendor.routes
        ],
        "sample_request": _sample_request(sandbox, vendor),
        "data_through": None if through is None else date.fromordinal(through),
        "next_data_at": None if through is None else _next_data(vendor, now, switches, through),
        "shows_people": vendor.visibility is not None,
        "limits": [{"name": name, **limits.describe(sandbox, name)} for name in vendor.limits],
        "faults": sum(_can_affect(each, vendor, now) for each in rules),
        "defects": [*dict.fromkeys(each.name for each in sandbox.policy.defects if each.by_vendor.get(vendor.name))],
        "changed_switches": [each.name for each in vendor.switches if switches[each] != each.default],
    }


def _template(path: str) -> str:
    """A route's path as in OpenAPI."""
    return path.replace("<", "{").replace(">", "}")


def _sample_request(sandbox: Sandbox, vendor: Vendor) -> Mapping[str, Any] | None:
    grants = sandbox.grants.copy().values()
    grant: Grant | None = next((each for each in grants if each.vendor == vendor.name and each.has_all_rights), None)
    if grant is None:
        return None
    url = http_request.host_url.rstrip("/")
    return {
        "path": vendor.sample_path,
        "authorization": curl.authorization(vendor, grant, url),
        "curl": curl.line(vendor, grant, url, vendor.sample_path),
        "token": tokens.describe(grant, sandbox),
    }


def _next_data(vendor: Vendor, now: datetime, switches: Switches, through: int) -> datetime | None:
    """The next full hour at which more days have data; None if there is none within HOURS."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    coming = (hour + timedelta(hours=ahead) for ahead in range(1, HOURS + 1))
    return next((each for each in coming if vendor.data_through(each, switches) != through), None)


def _can_affect(armed: ArmedRule, vendor: Vendor, now: datetime) -> bool:
    """Whether a rule can still affect a request to the vendor: some request matches it, it is not spent, nor over."""
    return not armed.is_spent and not armed.rule.is_over(now) and not faults.rule_errors(armed.rule, (vendor,))

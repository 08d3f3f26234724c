"""`/_mock/lint` (also `/_mock/conduct`): the findings of the client lint over a sandbox's journal.

The rules are in `conduct`; they run for this request only, and cost the vendor requests nothing.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import AdminQuery
from mockserver.validation.schemas import dump
from mockserver.validation.suggestions import unknown_name


class FindingSchema(Schema):
    """A rule that clients violated at an operation: in which requests, and what to do instead.

    `requests` are ids of the journal; `truncated` counts the ids left out. `source` is the vendor's own advice, or
    "good practice". `operation` is null for requests to unknown paths.
    """

    rule = fields.String(required=True)
    source = fields.String(required=True)
    vendor = fields.String(required=True)
    operation = fields.String(required=True, allow_none=True)
    requests = fields.List(fields.Integer(), required=True)
    truncated = fields.Integer(required=True)
    observed = fields.String(required=True)
    advice = fields.String(required=True)


class LintSchema(Schema):
    """The findings, and how many requests were checked: all that the journal holds."""

    requests_checked = fields.Integer(required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class LintQuery(AdminQuery):
    """Which rules are left out."""

    ignore = fields.String(metadata={"description": "Rules to leave out, separated by commas."})


def get(request: AdminRequest) -> dict[str, Any]:
    """Every finding, except those of the ignored rules; ValidationError for an unknown rule."""
    from mockserver.conduct import linting, rules  # Rarely needed, and every start would take longer.

    advice = context().advice()
    ignored = request.query["ignore"].split(",") if "ignore" in request.query else []
    known = rules.names(advice.values())
    unknown = [unknown_name("rule", name, known) for name in ignored if name not in known]
    if unknown:
        raise ValidationError({"ignore": unknown})
    vendors = context().vendors
    with request.lock:
        entries = tuple(request.sandbox.journal)
        policy = request.sandbox.policy.switches
        allowances = {each.name: request.sandbox.allowance(each.name) for each in vendors}
    hours = {each.name: policy[each.name][each.publication_hour] for each in vendors if each.publication_hour}
    found = linting.lint(entries, advice=advice, allowances=allowances, publication_hours=hours)
    findings = [each for each in found if each.rule not in ignored]
    return dump(LintSchema, {"requests_checked": len(entries), "findings": findings})

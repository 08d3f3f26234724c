"""`/_mock/lint` (also `/_mock/conduct`): the findings of the client lint over a sandbox's journal.

The rules are in `conduct`; they run for this request only, and cost the vendor requests nothing.
"""

from dataclasses import replace
from typing import Any

from marshmallow import Schema, ValidationError, fields

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import AdminQuery
from mockserver.conduct.advice import Advice, LintContext
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Vendor
from mockserver.validation.schemas import dump

UNKNOWN_SHOWN = 5
"""How many unknown rules an error names; the rest is counted."""


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
    unknown = [name for name in dict.fromkeys(ignored) if name not in known]
    if unknown:
        errors = [unknown_name("rule", name, known) for name in unknown[:UNKNOWN_SHOWN]]
        more = [f"and {len(unknown) - UNKNOWN_SHOWN} more"] if len(unknown) > UNKNOWN_SHOWN else []
        raise ValidationError({"ignore": [*errors, *more]})
    contexts: dict[str, LintContext] = {}
    with request.lock:
        entries, policy = tuple(request.sandbox.journal), request.sandbox.policy.switches
        for each in context().vendors:
            contexts[each.name] = _context(request.sandbox, each, advice[each.name], policy[each.name])
    findings = [each for each in linting.lint(entries, contexts) if each.rule not in ignored]
    return dump(LintSchema, {"requests_checked": len(entries), "findings": findings})


def _context(sandbox: Sandbox, vendor: Vendor, advice: Advice, switches: Switches) -> LintContext:
    """A vendor in a sandbox, with the limits of all its operations."""
    hour = switches[vendor.publication_hour] if vendor.publication_hour else None
    restated = vendor.restated_days(switches) if vendor.restated_days else 0
    by_limit = {name: LintContext(advice, sandbox.allowance(name), hour, name, restated) for name in vendor.limits}
    others = {each.operation: by_limit[vendor.limit_of(each)] for each in vendor.routes if each.limit_class}
    return replace(by_limit[vendor.name], by_operation=others)

"""`/_mock/lint` (also `/_mock/conduct`): the findings of the client lint over a sandbox's journal.

The rules are in `conduct`; they run when somebody asks, and cost the vendor requests nothing.
"""

from typing import Any

from marshmallow import Schema, fields

from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.fields import CommaList, Query
from mockserver.conduct import linting
from mockserver.conduct.rules import RULES
from mockserver.validation.schemas import dump


class FindingSchema(Schema):
    """A rule that clients broke at an operation: in which requests, and what to do instead.

    `requests` are ids of the journal; `truncated` counts the ids left out. `source` is the vendor's own advice, or
    "manners". `operation` is null for requests to unknown paths.
    """

    rule = fields.String(required=True)
    source = fields.String(required=True)
    vendor = fields.String(required=True)
    operation = fields.String(required=True, allow_none=True)
    requests = fields.List(fields.Integer(), required=True)
    truncated = fields.Integer(required=True, attribute="more")
    observed = fields.String(required=True, attribute="seen")
    advice = fields.String(required=True, attribute="do")


class LintSchema(Schema):
    """The findings, and how many requests were checked: all that the journal holds."""

    requests_checked = fields.Integer(required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class LintQuery(Query):
    """Which rules are left out."""

    ignore = CommaList(
        "rule",
        tuple(rule.name for rule in RULES),
        metadata={"description": "Rules to leave out, separated by commas."},
    )


def get(request: AdminRequest) -> dict[str, Any]:
    """Every finding, except those of the ignored rules."""
    with request.lock:
        entries = tuple(request.sandbox.journal)
        policy = request.sandbox.policy.switches
    ignored = request.query.get("ignore", ())
    hours = {each.name: policy[each.name][each.publication_hour] for each in context().vendors if each.publication_hour}
    findings = [each for each in linting.lint(entries, hours) if each.rule not in ignored]
    return dump(LintSchema, {"requests_checked": len(entries), "findings": findings})

"""Findings of the client lint over the journal of a sandbox.

The rules are those of `conduct`. Linting happens when it is requested, and costs the linted requests nothing.
"""

from typing import Any

from marshmallow import ValidationError

from mockserver.admin import shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.validation.suggestions import unknown_name


def get(asked: AdminRequest) -> dict[str, Any]:
    """Every finding, without those of ignored rules, and the number of requests that were checked."""
    from mockserver.conduct import linting, rules  # Linting is rare, and would cost every start some time.

    advice = context().advice()
    ignored = asked.query.get("ignore", ())
    known = rules.names(advice.values())
    unknown = [unknown_name("rule", name, known) for name in ignored if name not in known]
    if unknown:
        raise ValidationError({"ignore": unknown})
    with asked.lock:
        entries = tuple(asked.sandbox.journal)
        policy = asked.sandbox.policy.values
        allowances = {each.name: asked.sandbox.allowance(each.name) for each in context().vendors}
    hours = {each.name: each.publication_hour(policy[each.name]) for each in context().vendors if each.publication_hour}
    found = linting.lint(entries, advice=advice, allowances=allowances, publication_hours=hours)
    kept = [each for each in found if each.rule not in ignored]
    body: dict[str, Any] = shapes.Lint().dump({"requests_checked": len(entries), "findings": kept})
    return body

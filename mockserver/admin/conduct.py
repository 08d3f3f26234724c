"""Answers how the clients of a sandbox behaved so far: the findings over its journal.

Judging stays out (`conduct`); it happens when somebody asks, and costs the requests themselves nothing.
"""

from typing import Any

from mockserver.admin import shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.conduct import linting


def get(asked: AdminRequest) -> dict[str, Any]:
    """Every finding but those that are to be ignored, and over how many requests."""
    with asked.lock:
        entries = tuple(asked.sandbox.journal)
        policy = asked.sandbox.policy.switches
    ignored = asked.query.get("ignore", ())
    hours = {each.name: policy[each.name][each.publication_hour] for each in context().vendors if each.publication_hour}
    found = [each for each in linting.lint(entries, hours) if each.rule not in ignored]
    written: dict[str, Any] = shapes.Conduct().dump({"judged": len(entries), "findings": found})
    return written

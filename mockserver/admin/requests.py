"""Answers which requests the vendors' clients made in a sandbox, and forgets them.

Recording them stays out (`gateway.pipeline` writes, `gateway.journal` keeps).
"""

from typing import Any

from flask import Response
from marshmallow import ValidationError

from mockserver.admin import answers, reach, shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.gateway import faults
from mockserver.gateway.journal import Entry


def list_all(asked: AdminRequest) -> dict[str, Any]:
    """The entries that meet every filter, oldest first; ValidationError for filters that no request could meet."""
    query = asked.query
    impossible = reach.errors(query, context().vendors)
    if impossible:
        raise ValidationError(dict(impossible))
    with asked.lock:
        entries = tuple(asked.sandbox.journal)
    found = [entry for entry in entries if _meets(entry, query)]
    newest = found[-query["limit"] :] if "limit" in query else found
    written: dict[str, Any] = shapes.Journal().dump({"requests": newest})
    return written


def clear(asked: AdminRequest) -> Response:
    """An empty journal from here on."""
    with asked.lock:
        asked.sandbox.reset(("journal",))
    return answers.no_content()


def _meets(entry: Entry, query: dict[str, Any]) -> bool:
    return (
        query.get("vendor", entry.vendor) == entry.vendor
        and query.get("operation", entry.operation) == entry.operation
        and ("path" not in query or faults.matches_glob(query["path"], entry.path))
        and ("status" not in query or entry.status in query["status"])
        and entry.id > query.get("after", 0)
    )

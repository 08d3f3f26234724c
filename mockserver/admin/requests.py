"""Answers which requests the vendors' clients made in a sandbox, and forgets them.

Recording them stays out (`gateway.pipeline` writes, `gateway.journal` keeps).
"""

from typing import Any

from flask import Response
from marshmallow import ValidationError

from mockserver.admin import answers, shapes
from mockserver.admin.asked import Asked
from mockserver.gateway import switches
from mockserver.gateway.journal import Entry

_EQUAL = ("vendor", "operation", "path", "status")


def listed(asked: Asked) -> dict[str, Any]:
    """The entries that meet every filter, oldest first."""
    query = asked.query
    if "vendor" in query and query["vendor"] not in asked.sandbox.surfaces:
        raise ValidationError({"vendor": [switches.unknown("vendor", query["vendor"], asked.sandbox.surfaces)]})
    with asked.lock:
        entries = tuple(asked.sandbox.journal)
    found = [entry for entry in entries if _meets(entry, query)]
    newest = found[-query["limit"] :] if "limit" in query else found
    written: dict[str, Any] = shapes.Journal().dump({"requests": newest})
    return written


def forgotten(asked: Asked) -> Response:
    """An empty journal from here on."""
    with asked.lock:
        asked.sandbox.reset(("journal",))
    return answers.nothing()


def _meets(entry: Entry, query: dict[str, Any]) -> bool:
    alike = all(getattr(entry, name) == query[name] for name in _EQUAL if name in query)
    return alike and entry.id > query.get("after", 0)

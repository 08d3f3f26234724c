"""Answers a reset: a sandbox, or parts of it, back to how it was made.

What a part is stays out (`gateway.sandbox`).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.admin_request import AdminRequest
from mockserver.gateway.sandbox import RESETTABLE


def reset(asked: AdminRequest) -> dict[str, Any]:
    """Put back what is named, or everything."""
    only = schemas.ResetBody().load(bodies.given(optional=True)).get("parts", RESETTABLE)
    parts = [part for part in RESETTABLE if part in only]
    with asked.lock:
        asked.sandbox.reset(parts)
    written: dict[str, Any] = shapes.Reset().dump({"reset": parts})
    return written

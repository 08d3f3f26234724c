"""Answers a reset: a sandbox, or parts of it, back to how it was made.

What a part is stays out (`gateway.sandbox`).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.asked import Asked
from mockserver.gateway.sandbox import PARTS


def reset(asked: Asked) -> dict[str, Any]:
    """Put back what is named, or everything."""
    only = schemas.ResetBody().load(bodies.given(optional=True)).get("parts", PARTS)
    parts = [part for part in PARTS if part in only]
    with asked.lock:
        asked.sandbox.reset(parts)
    written: dict[str, Any] = shapes.Reset().dump({"reset": parts})
    return written

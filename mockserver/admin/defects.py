"""Answers which inconsistencies are armed in a sandbox, and arms others.

What each one does stays out (`gateway.defects`).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.asked import Asked
from mockserver.gateway.defects import DEFECTS


def shown(asked: Asked) -> dict[str, Any]:
    """Every defect, with whether it is armed."""
    armed = asked.sandbox.defects
    listed = [
        {
            "name": each.name,
            "vendor": each.vendor,
            "operations": each.operations,
            "says": each.says,
            "armed": each.name in armed,
        }
        for each in DEFECTS.values()
    ]
    written: dict[str, Any] = shapes.Defects().dump({"defects": listed})
    return written


def put(asked: Asked) -> dict[str, Any]:
    """Arm what is named, and no other; without names, those that the sandbox was made with."""
    stated = schemas.DefectsBody().load(bodies.given())
    with asked.lock:
        armed = stated.get("armed", asked.sandbox.made.defects)
        asked.sandbox.defects = tuple(name for name in DEFECTS if name in armed)
        return shown(asked)

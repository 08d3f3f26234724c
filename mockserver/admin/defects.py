"""Answers which inconsistencies are armed in a sandbox, and arms others.

What each one does stays out (each vendor's `defects`).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.admin_request import AdminRequest


def get(asked: AdminRequest) -> dict[str, Any]:
    """Every defect, with whether it is armed."""
    armed = asked.sandbox.policy.defects
    listed = [
        {
            "name": each.name,
            "vendor": vendor,
            "operations": each.operations,
            "says": each.description,
            "armed": each.name in armed,
        }
        for vendor, surface in asked.sandbox.profiles.items()
        for each in surface.defects
    ]
    written: dict[str, Any] = shapes.Defects().dump({"defects": listed})
    return written


def replace(asked: AdminRequest) -> dict[str, Any]:
    """Arm what is named, and no other; without names, those that the sandbox was made with."""
    stated = schemas.defects(asked.sandbox.profiles).load(bodies.given())
    with asked.lock:
        asked.sandbox.set_defects(tuple(sorted(set(stated.get("armed", asked.sandbox.config.defects)))))
        return get(asked)

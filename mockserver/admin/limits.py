"""Answers how much each vendor lets through in a sandbox, and makes it another.

Counting requests stays out (`gateway.limits`).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.admin_request import AdminRequest
from mockserver.gateway.limits import Allowance
from mockserver.gateway.sandbox import Sandbox


def get(asked: AdminRequest) -> dict[str, Any]:
    """Every vendor's limit and its buckets."""
    with asked.lock:
        return {name: _vendor(asked.sandbox, name) for name in asked.sandbox.profiles}


def replace(asked: AdminRequest) -> dict[str, Any]:
    """Set limits; vendors left out go back to how the sandbox was made."""
    return _set(asked, keep=False)


def update(asked: AdminRequest) -> dict[str, Any]:
    """Set limits of the vendors that are given."""
    return _set(asked, keep=True)


def _set(asked: AdminRequest, *, keep: bool) -> dict[str, Any]:
    stated = schemas.limits(asked.sandbox.profiles).load(bodies.given())
    with asked.lock:
        asked.sandbox.set_limits(stated, keep=keep)
        return get(asked)


def _vendor(sandbox: Sandbox, name: str) -> dict[str, Any]:
    limit, allowance = sandbox.limits[name], sandbox.allowance(name)
    written: dict[str, Any] = shapes.VendorLimit().dump(
        {
            "setting": "custom" if isinstance(limit, Allowance) else limit.value,
            "per_minute": allowance and allowance.per_minute,
            "burst": allowance and allowance.burst,
            "buckets": sandbox.buckets(name),
        }
    )
    return written

"""`/_mock/health`: whether the server works, and what it serves."""

from importlib import metadata
from typing import Any

from marshmallow import Schema, fields

from mockserver.admin import guard
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import Rfc3339Timestamp
from mockserver.simulation.hashing import DATA_VERSION
from mockserver.validation.schemas import dump


class HealthSchema(Schema):
    """That the server works, and what it serves. Without the admin token, where there is one, no `organizations`."""

    status = fields.Constant("ok", required=True, metadata={"type": "string", "enum": ["ok"]})
    version = fields.String(required=True)
    data_version = fields.Integer(required=True)
    now = Rfc3339Timestamp(required=True)
    vendors = fields.List(fields.String(), required=True)
    organizations = fields.List(fields.String())


def get(request: AdminRequest) -> dict[str, Any]:
    health: dict[str, Any] = {
        "version": metadata.version("analytics-mockserver"),
        "data_version": DATA_VERSION,
        "now": request.sandbox.clock.now(),
        "vendors": list(request.sandbox.profiles),
    }
    if guard.is_admin():
        health["organizations"] = context().sources.slugs(context().own)
    return dump(HealthSchema, health)

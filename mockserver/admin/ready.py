"""`/_mock/ready`: whether vendor requests would be answered. Whether the server runs at all is in `health`."""

import logging
from typing import Any

from marshmallow import Schema, fields

from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.responses import Problem
from mockserver.validation.schemas import dump

log = logging.getLogger(__name__)


class ReadySchema(Schema):
    """That vendor requests would be answered. If they would not, the answer is a problem with the status 503."""

    status = fields.Constant("ready", required=True, metadata={"type": "string", "enum": ["ready"]})


def get(request: AdminRequest) -> dict[str, Any]:
    """Check the store, and build the world of the sandbox if it is not built yet: every vendor request needs both."""
    request.registry.check()
    try:
        _ = request.sandbox.world
    except Exception as error:
        log.exception("the server is not ready")
        detail = "the organization cannot be loaded, so vendor requests would fail; the server's log has the reason"
        raise Problem(503, detail) from error
    return dump(ReadySchema, {})

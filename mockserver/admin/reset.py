"""`/_mock/reset`: put a sandbox, or parts of it, back to how it was made."""

from typing import Any

from marshmallow import Schema, fields, validate

from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.fields import Body
from mockserver.gateway.sandbox import RESETTABLE
from mockserver.validation.schemas import dump


class ResetSchema(Schema):
    """The parts that were reset."""

    reset = fields.List(fields.String(), required=True)


class ResetBody(Body):
    """What to reset: everything, unless `only` names parts."""

    parts = fields.List(
        fields.String(validate=validate.OneOf(RESETTABLE, error="there is no part {input!r}; there are: {choices}")),
        validate=validate.Length(min=1, error="name at least one part, or leave `only` out to reset everything"),
        data_key="only",
        metadata={"description": "The parts to reset."},
    )


def reset(request: AdminRequest) -> dict[str, Any]:
    """Reset the named parts, or everything."""
    only = ResetBody().load(bodies.read(optional=True)).get("parts", RESETTABLE)
    parts = [part for part in RESETTABLE if part in only]
    with request.lock:
        request.sandbox.reset(parts)
    return dump(ResetSchema, {"reset": parts})

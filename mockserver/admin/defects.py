"""`/_mock/defects`: inconsistencies that can be armed in a sandbox's answers; each vendor implements its own."""

from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, ValidationError, fields

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.fields import Body
from mockserver.gateway.vendor import Vendor
from mockserver.validation.schemas import dump


class DefectSchema(Schema):
    """An inconsistency that can be armed: what it does, and to the answers of which operations."""

    name = fields.String(required=True)
    vendor = fields.String(required=True)
    operations = fields.List(fields.String(), required=True)
    description = fields.String(required=True)


class DefectsSchema(Schema):
    """Every defect that can be armed, and the names of those that are."""

    known = fields.List(fields.Nested(DefectSchema), required=True)
    armed = fields.List(fields.String(), required=True)


class DefectsBody(Body):
    """Which defects are armed; without `armed`, those that the sandbox was made with."""

    armed = fields.List(fields.String(), metadata={"description": "The names of the defects."})


def names(profiles: Iterable[Vendor]) -> "fields.List[str]":
    """A field for names of these vendors' defects."""
    known = [defect.name for profile in profiles for defect in profile.defects]

    def check(name: str) -> None:
        if name not in known:
            raise ValidationError(unknown_name("defect", name, known))

    return fields.List(fields.String(validate=check))


def get(request: AdminRequest) -> dict[str, Any]:
    known = [
        {"name": each.name, "vendor": vendor, "operations": each.operations, "description": each.description}
        for vendor, profile in request.sandbox.profiles.items()
        for each in profile.defects
    ]
    return dump(DefectsSchema, {"known": known, "armed": request.sandbox.policy.defects})


def replace(request: AdminRequest) -> dict[str, Any]:
    """Arm the named defects and no others; without names, those that the sandbox was made with."""
    schema = DefectsBody.from_dict({"armed": names(request.sandbox.profiles.values())})()
    given = schema.load(bodies.read())
    with request.lock:
        request.sandbox.set_defects(tuple(sorted(set(given.get("armed", request.sandbox.config.initial_defects)))))
        return get(request)

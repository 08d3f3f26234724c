"""`/_mock/defects`: inconsistencies that can be armed in a sandbox's answers; `gateway.known_defects` has them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest, Sources, context
from mockserver.admin.fields import Body
from mockserver.gateway import known_defects
from mockserver.gateway.defects import ArmedDefect, in_order
from mockserver.gateway.known_defects import DefectError
from mockserver.gateway.sandbox import Sandbox
from mockserver.validation.schemas import StrictSchema, dump

ARMED_MAXIMUM = 200
"""How many defects can be armed at a time; a path makes the same one another."""

_FORM = 'must be the name of a defect or, for one in a field, {"name": "field-null", "at": "users[0].user_email"}'
_AT = "Where it is, as in users[0].user_email, or users[].user_email for every item; by default see `defaults`."


class DefectSchema(Schema):
    """An inconsistency that can be armed: what it does, and to the answers of which operations.

    With `takes_at`, it can be armed at any field of the right kind, at every operation whose answer has that field.
    """

    name = fields.String(required=True)
    vendor = fields.String(required=True)
    operations = fields.List(fields.String(), required=True)
    description = fields.String(required=True)
    takes_at = fields.Boolean(required=True, metadata={"description": "Whether it can be armed at a path."})
    defaults = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "The path that it has at each operation when it is armed without one."},
    )


class PlacedDefectBody(StrictSchema):
    """A defect that is armed in one field."""

    error_messages = {"type": _FORM}  # noqa: RUF012 - as marshmallow declares it

    name = fields.String(required=True, metadata={"description": "The name of the defect."})
    at = fields.String(metadata={"description": _AT})


class ArmedDefectField(fields.Field[tuple[str, str | None]]):
    """A defect as it is armed: its name, or an object with its name and a path."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, str | None]:
        if isinstance(value, str):
            return value, None
        given = _PLACED.load(value)
        return given["name"], given.get("at")

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value.name if value.at is None else {"name": value.name, "at": value.at}


_PLACED = PlacedDefectBody()


class DefectsSchema(Schema):
    """Every defect that can be armed, and those that are: a name, or an object with a name and a path."""

    known = fields.List(fields.Nested(DefectSchema), required=True)
    armed = fields.List(ArmedDefectField(), required=True)


class DefectsBody(Body):
    """Which defects are armed; without `armed`, those that the sandbox was made with."""

    armed = fields.List(
        ArmedDefectField(),
        metadata={"description": "Names of defects or, for those in a field, objects with a name and a path."},
    )


class DefectsField(fields.List[tuple[str, str | None]]):
    """Defects to arm, made ready: each at its path, at every vendor that has it."""

    def __init__(self, sources: Sources) -> None:
        super().__init__(ArmedDefectField())
        self._sources = sources

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        given: Any = super()._deserialize(value, *args, **kwargs)
        if len(given) > ARMED_MAXIMUM:
            raise ValidationError(f"at most {ARMED_MAXIMUM} defects can be armed at a time, not {len(given)}")
        armed, errors = list[ArmedDefect](), dict[int, Any]()
        for index, (name, at) in enumerate(given):
            try:
                armed.append(known_defects.arm(name, at, self._sources.vendors, self._sources.answers))
            except DefectError as error:
                is_placed = isinstance(value[index], dict)
                errors[index] = {error.field: [str(error)]} if is_placed else [str(error)]
        if errors:
            raise ValidationError(errors)
        return in_order(armed)


def get(request: AdminRequest) -> dict[str, Any]:
    return _describe(request.sandbox)


def _describe(sandbox: Sandbox) -> dict[str, Any]:
    known = known_defects.listed(sandbox.profiles.values(), context().sources.answers)
    return dump(DefectsSchema, {"known": known, "armed": sandbox.policy.defects})


def replace(request: AdminRequest) -> dict[str, Any]:
    """Arm these defects and no others; without any given, those that the sandbox was made with."""
    schema = DefectsBody.from_dict({"armed": DefectsField(context().sources)})()
    given = schema.load(bodies.read())

    def make_change(sandbox: Sandbox) -> dict[str, Any]:
        sandbox.set_defects(given.get("armed", sandbox.config.initial_defects))
        return _describe(sandbox)

    return request.change(make_change)

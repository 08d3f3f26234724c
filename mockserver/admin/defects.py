"""`/_mock/defects`: inconsistencies that can be armed in a sandbox's answers; `gateway.arming` arms them."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields

from mockserver.admin import bodies, faults
from mockserver.admin.admin_context import AdminRequest, Sources, context
from mockserver.admin.fields import Body
from mockserver.gateway import arming, known_defects
from mockserver.gateway.arming import DefectError, DefectRequest, Renamed
from mockserver.gateway.defects import ArmedDefect, in_order
from mockserver.gateway.renamed_paths import PathNames
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Switches
from mockserver.validation.schemas import StrictSchema, dump

ARMED_MAXIMUM = 200
"""How many defects can be armed at a time; the same one in another place is another."""

_FORM = 'must be the name of a defect, or an object such as {"name": "field-null", "at": "users[0].user_email"}'
_AT = (
    "Where it is, as in users[0].user_email, or users[].user_email for every item; by default see `defaults`. Fields "
    "have their names in the OpenAPI file, or those that the switch `names` gives them."
)
_NAMES = "Whose names the path has, where it can mean several fields: those of the OpenAPI file, or those served."


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


class ArmedDefectBody(StrictSchema):
    """A defect that is armed at one vendor, at one operation, or at a path: at all that is given."""

    error_messages = {"type": _FORM}  # noqa: RUF012 - as marshmallow declares it

    name = fields.String(required=True, metadata={"description": "The name of the defect."})
    at = fields.String(metadata={"description": _AT})
    vendor = fields.String(metadata={"description": "The only vendor that has it; default: every one that can."})
    operation = fields.String(
        metadata={"description": "The only operation that has it, by its operationId; default: every one that can."}
    )
    names = fields.Enum(
        PathNames,
        by_value=True,
        error_messages={"unknown": 'must be "documented" or "served"'},
        metadata={"description": _NAMES},
    )


class ArmedDefectField(fields.Field[DefectRequest]):
    """A defect to arm, or an armed one: its name, or an object with its name and where it is."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> DefectRequest:
        return DefectRequest(value, is_text=True) if isinstance(value, str) else DefectRequest(**_BODY.load(value))

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        given = {name: each for name in _BODY.fields if (each := getattr(value, name)) is not None}
        return value.name if given.keys() == {"name"} else given


_BODY = ArmedDefectBody()


def _check_number(given: Sequence[DefectRequest]) -> None:
    if len(given) > ARMED_MAXIMUM:
        raise ValidationError(f"at most {ARMED_MAXIMUM} defects can be armed at a time, not {len(given)}")


def to_arm(description: str) -> "fields.List[DefectRequest]":
    """The field of a body for the defects to arm; `arm_all` arms them."""
    return fields.List(ArmedDefectField(), validate=_check_number, metadata={"description": description})


class DefectsSchema(Schema):
    """Every defect that can be armed, and those that are: a name, or an object with a name and where it is.

    The path of an armed one has the names of the OpenAPI file.
    """

    known = fields.List(fields.Nested(DefectSchema), required=True)
    armed = fields.List(ArmedDefectField(), required=True)


class DefectsBody(Body):
    """Which defects are armed; without `armed`, those that the sandbox was made with."""

    armed = to_arm("The defects to arm, and no others.")


def arm_all(
    wanted: Sequence[DefectRequest], sources: Sources, in_force: Mapping[str, Switches], field: str
) -> tuple[ArmedDefect, ...]:
    """The defects in a list that is a body's `field`, armed under the switches in force, by vendor.

    ValidationError for each that cannot be armed.
    """
    renamed = {each.name: each.renamed_fields(in_force[each.name]) for each in sources.vendors if each.name in in_force}
    armed, errors = list[ArmedDefect](), dict[int, Any]()
    for index, each in enumerate(wanted):
        try:
            armed.append(_arm(each, sources, renamed))
        except DefectError as error:
            errors[index] = [str(error)] if each.is_text else {error.field: [str(error)]}
    if errors:
        raise ValidationError({field: errors})
    return in_order(armed)


def _arm(wanted: DefectRequest, sources: Sources, renamed: Renamed) -> ArmedDefect:
    for field, (rule,) in faults.target_errors(sources.vendors, wanted.vendor, wanted.operation, None).items():
        raise DefectError(field, rule)
    return arming.arm(wanted, sources.vendors, sources.answers, renamed)


def get(request: AdminRequest) -> dict[str, Any]:
    return _describe(request.sandbox)


def _describe(sandbox: Sandbox) -> dict[str, Any]:
    known = known_defects.listed(sandbox.profiles.values(), context().sources.answers)
    return dump(DefectsSchema, {"known": known, "armed": sandbox.policy.defects})


def replace(request: AdminRequest) -> dict[str, Any]:
    """Arm these defects and no others; without any given, those that the sandbox was made with."""
    given, sources = DefectsBody().load(bodies.read()), context().sources

    def make_change(sandbox: Sandbox) -> dict[str, Any]:
        armed = sandbox.config.initial_defects
        if "armed" in given:
            armed = arm_all(given["armed"], sources, sandbox.policy.switches, "armed")
        sandbox.set_defects(armed)
        return _describe(sandbox)

    return request.change(make_change)

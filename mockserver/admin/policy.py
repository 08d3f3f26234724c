"""`/_mock/policy`: the switches of a sandbox. What a switch does is decided by the vendor that declares it."""

from typing import Any

from flask import request as http_request
from marshmallow import Schema, ValidationError, fields

from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.fields import VendorBody
from mockserver.gateway import switches
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import AnySwitch, Grade, Known, Option, SwitchError
from mockserver.validation.schemas import dump


class SwitchSchema(Schema):
    """A switch: the value in force, its default and options, and the evidence for the default.

    `grade` is the first letter of `evidence`. The value of a switch that renames fields of answers is an object of old
    and new names, and `options` are the fields that can be renamed; setting it replaces the whole object.
    """

    value = fields.Raw(required=True)
    default = fields.Raw(required=True)
    options = fields.List(fields.Raw(), required=True, attribute="switch.options")
    grade = fields.Enum(Grade, by_value=True, required=True, attribute="switch.grade")
    evidence = fields.String(required=True, attribute="switch.grade.evidence")
    description = fields.String(required=True, attribute="switch.description")


class SwitchValues(fields.Field[dict[str, Option]]):
    """Values for the switches of one vendor, by their names."""

    def __init__(self, known: tuple[AnySwitch, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._known = known

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Option]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of switches and their values")
        found: dict[str, Option] = {}
        errors: dict[str, list[str]] = {}
        for name, given in value.items():
            try:
                found |= switches.parse(self._known, {name: given})
            except SwitchError as error:
                errors[name] = [str(error)]
        if errors:
            raise ValidationError(errors)
        return found


def body(known: Known) -> Schema:
    """The body that sets switches of these vendors and other groups."""
    return VendorBody.from_dict({name: SwitchValues(of_group) for name, of_group in known.items()})()


def get(request: AdminRequest) -> dict[str, Any]:
    return _describe_all(request.sandbox)


def change(request: AdminRequest) -> dict[str, Any]:
    """Set switches. PUT puts those left out back to how the sandbox was made; PATCH keeps them."""
    given = body(request.sandbox.switches).load(bodies.read())
    keep = http_request.method == "PATCH"

    def make_change(sandbox: Sandbox) -> dict[str, Any]:
        sandbox.set_policy(given, keep=keep)
        return _describe_all(sandbox)

    return request.change(make_change)


def _describe_all(sandbox: Sandbox) -> dict[str, Any]:
    policy = sandbox.policy.switches
    return {
        group: {switch.name: describe(switch, policy[group][switch]) for switch in known}
        for group, known in sandbox.switches.items()
    }


def describe(switch: AnySwitch, option: Option) -> dict[str, Any]:
    """A switch with an option of it, as /_mock/policy shows it."""
    values = {"value": switch.to_json(option), "default": switch.to_json(switch.default)}
    return dump(SwitchSchema, {**values, "switch": switch})

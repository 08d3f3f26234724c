"""`/_mock/profiles`: named bundles of fault rules, switches and defects, and how a sandbox gets one.

What the profiles contain is in `profiles`, the room.
"""

from functools import lru_cache
from typing import Any

from marshmallow import Schema, ValidationError, fields

from mockserver.admin import defects, policy
from mockserver.admin.admin_context import AdminRequest, Sources, context
from mockserver.admin.fault_rules import RuleBody
from mockserver.admin.responses import Problem
from mockserver.gateway.sandbox import SandboxProfile
from mockserver.profiles.records import UnknownProfile
from mockserver.validation.schemas import dump


class ProfileSchema(Schema):
    """A profile: what happens under it, and how it is done.

    `advice` ends the sentence "A good client …". `faults` are rules as in `/_mock/faults`; each is armed once for every
    vendor, and their shares are drawn by `seed`. `policy` has options by switch, for every vendor that has the switch,
    and `defects` are armed as in `/_mock/defects`.
    """

    name = fields.String(required=True)
    description = fields.String(required=True)
    advice = fields.String(required=True)
    seed = fields.Integer(required=True)
    faults = fields.List(fields.Raw(), required=True)
    policy = fields.Dict(keys=fields.String(), required=True)
    defects = fields.List(fields.Raw(), required=True)


class ProfilesSchema(Schema):
    """Every profile."""

    profiles = fields.List(fields.Nested(ProfileSchema), required=True)


def list_all(_: AdminRequest) -> dict[str, Any]:
    return dump(ProfilesSchema, context().sources.profiles())


def get(request: AdminRequest) -> dict[str, Any]:
    try:
        return dump(ProfileSchema, context().sources.profiles().find(request.name))
    except UnknownProfile as error:
        raise Problem(404, str(error)) from error


@lru_cache(maxsize=32)
def find(name: str, sources: Sources) -> SandboxProfile:
    """The profile with a name; ValidationError for an unknown one."""
    try:
        profile = sources.profiles().find(name)
    except UnknownProfile as error:
        raise ValidationError({"profile": [str(error)]}) from error
    body = profile.body([each.name for each in sources.vendors], sources.switches)
    rules = tuple(RuleBody(many=True).load(body["faults"]))
    options = policy.body(sources.switches).load(body["policy"])
    wanted = defects.to_arm("").deserialize(body["defects"])
    armed = defects.arm_all(wanted, sources, {}, "defects")
    return SandboxProfile(profile.name, profile.seed, rules, options, armed)

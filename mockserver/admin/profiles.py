"""The profile of a sandbox: a named bundle of fault rules, switches and defects, for the vendors of this server.

What the profiles contain is in `profiles`, the room.
"""

from functools import lru_cache

from marshmallow import ValidationError

from mockserver.admin import defects, policy
from mockserver.admin.admin_context import Sources
from mockserver.admin.fault_rules import RuleBody
from mockserver.gateway.sandbox import SandboxProfile
from mockserver.profiles.records import UnknownProfile


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
    armed = defects.DefectsField(sources).deserialize(body["defects"])
    return SandboxProfile(profile.name, profile.seed, rules, options, armed)

"""`/_mock/sandboxes` and `/_mock/reset`: the sandboxes on this server, and how one is made and reset.

What a sandbox holds is in `gateway.sandbox`; its clock, limits and so on are resources of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin import bodies, clock, defects, faults, limits, policy, profiles
from mockserver.admin.admin_context import AdminRequest, Sources, context
from mockserver.admin.fault_rules import RuleBody
from mockserver.admin.fields import CLOCK_RANGE, Body, Rfc3339Timestamp, StrictBoolean, StrictInteger
from mockserver.admin.responses import Problem, created, json_list
from mockserver.cases.records import DEFAULT_ORGANIZATION, Case, UnknownCase
from mockserver.gateway import switches, tokens
from mockserver.gateway.armed_faults import RULES_MAXIMUM
from mockserver.gateway.sandbox import DEFAULT, RESETTABLE, Sandbox, SandboxConfig, SandboxProfile, TooManySandboxes
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.organization import Organization
from mockserver.validation.schemas import dump

SEED_MAXIMUM = 2**63 - 1
TTL_MAXIMUM = 366 * 86_400
"""The longest time to live, in seconds."""


class SandboxSchema(Schema):
    """A sandbox, the time in it, and the tokens that it was made with at each vendor; a revoked one is null.

    At most vendors they are `token` and, for a 403, `forbidden`; where clients can write, `readonly` is one that may
    only read. Where clients exchange credentials for access tokens they are `client_id` and `client_secret`,
    `forbidden_client_id` and `forbidden_client_secret`, and `token_path` is where.

    `profile` is the name of its profile, null for none. `fault_seed` is the seed by which the shares of its fault rules
    are drawn: that of the profile, or else its own.
    """

    id = fields.String(required=True)
    organization = fields.String(required=True)
    seed = fields.Integer(required=True)
    profile = fields.String(required=True, allow_none=True)
    fault_seed = fields.Integer(required=True)
    now = Rfc3339Timestamp(required=True)
    frozen = fields.Boolean(required=True)
    tokens = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String(allow_none=True)),
        required=True,
    )


class SandboxesSchema(Schema):
    """Every sandbox, the oldest first."""

    sandboxes = fields.List(fields.Nested(SandboxSchema), required=True)


class TtlField(fields.Decimal):
    """A time to live, kept exactly."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if not isinstance(value, bool) and isinstance(value, int | Decimal) and 0 < value <= TTL_MAXIMUM:
            return Decimal(value)
        raise ValidationError(f"must be a number above 0 and at most {TTL_MAXIMUM} (seconds of real time)")


class SandboxBody(Body):
    """How to make a sandbox; what is left out is as the server was started."""

    case = fields.String(
        metadata={
            "description": "The id of a case, one of those that /_mock/cases lists: the sandbox is made as the case "
            "requires, and otherwise as by a server without flags. The other fields win over the case."
        },
        error_messages={"invalid": "must be the id of a case, as in C001"},
    )
    organization = fields.String(
        metadata={"description": "The slug of an organization, one of those that /_mock/organizations lists."},
        error_messages={"invalid": "must be the slug of an organization"},
    )
    seed = StrictInteger(0, SEED_MAXIMUM, "Another seed, another history; default: the organization's own.")
    now = Rfc3339Timestamp(
        metadata={
            "description": f"What its clock shows, {CLOCK_RANGE}; default: the time that the server was started with, "
            "else the one with which the organization starts, else that of the machine."
        }
    )
    frozen = StrictBoolean(
        metadata={
            "description": "Whether its time stands still; default: false beside `now`, otherwise as in the case, the "
            "server or the organization, whichever the time is from."
        }
    )
    ttl_seconds = TtlField(
        metadata={
            "description": "After how many seconds of real time the sandbox is deleted; default: never.",
            "exclusiveMinimum": 0,
            "maximum": TTL_MAXIMUM,
        }
    )
    profile = fields.String(
        allow_none=True,
        metadata={
            "description": "The name of a profile, one of those that /_mock/profiles lists: its rules come after "
            "`faults`, and the other fields win over its switches; null for none."
        },
        error_messages={"invalid": "must be the name of a profile, as in flaky"},
    )
    faults = fields.List(
        fields.Nested(RuleBody),
        validate=validate.Length(max=RULES_MAXIMUM, error=f"there can be at most {RULES_MAXIMUM} rules"),
        metadata={"description": "The faults that are armed in it from the start, and again after a reset."},
    )


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


def list_all(_: AdminRequest) -> Response:
    schema = SandboxSchema()
    return json_list("sandboxes", (schema.dump(_describe(each)) for each in context().registry.sandboxes))


def get(request: AdminRequest) -> dict[str, Any]:
    return dump(SandboxSchema, _describe(request.sandbox))


def create(_: AdminRequest) -> Response:
    """A new sandbox, made as the body or its case describes."""
    registry = context().registry
    default = registry.default.config
    config, seconds = from_request(bodies.read(optional=True), context().sources, default)
    if config.initial_faults != default.initial_faults:
        faults.check_supported(config.initial_faults)
    try:
        sandbox = registry.make_sandbox(config, seconds)
    except TooManySandboxes as error:
        raise _full(registry.maximum) from error
    return created(dump(SandboxSchema, _describe(sandbox)), f"/_mock/sandboxes/{sandbox.id}")


def delete(request: AdminRequest) -> None:
    """Delete a sandbox: its tokens are unknown from now on, and nothing of it is kept."""
    if request.sandbox.id == DEFAULT:
        rule = "the sandbox 'default' cannot be deleted: the short paths and the seeded tokens lead to it"
        raise Problem(409, f"{rule}; POST /_mock/reset puts it back to how it was made")
    context().registry.delete(request.sandbox)


def reset(request: AdminRequest) -> dict[str, Any]:
    only = ResetBody().load(bodies.read(optional=True)).get("parts", RESETTABLE)
    parts = [part for part in RESETTABLE if part in only]
    request.change(lambda sandbox: sandbox.reset(parts))
    return dump(ResetSchema, {"reset": parts})


def _full(maximum: int) -> Problem:
    lines = [f"there are {maximum} sandboxes beside the default one, which is the server's maximum"]
    made = [each for each in context().registry.ids if each != DEFAULT]
    if made:
        lines.append(f"DELETE one that is no longer needed (the oldest is /_mock/sandboxes/{made[0]})")
    lines += [
        "give a ttl_seconds to those that may be left behind, so that they are deleted",
        "or start the server with a higher --sandboxes-maximum (MOCKSERVER_SANDBOXES_MAXIMUM)",
    ]
    return Problem(409, "; ".join(lines))


def _describe(sandbox: Sandbox) -> dict[str, Any]:
    clock, config = sandbox.clock, sandbox.config  # The clock is read once, so that both fields belong to one.
    return {
        "id": sandbox.id,
        "organization": config.organization.slug,
        "seed": config.seed,
        "profile": config.profile and config.profile.name,
        "fault_seed": config.fault_seed,
        "now": clock.now(),
        "frozen": clock.frozen,
        "tokens": {name: _tokens(sandbox, profile) for name, profile in sandbox.profiles.items()},
    }


def _tokens(sandbox: Sandbox, profile: Vendor) -> dict[str, str | None]:
    """The tokens that it was made with at a vendor; null for a revoked one."""
    found: dict[str, str | None] = {}
    for permitted in (True, False):
        grant = sandbox.grants.get(tokens.seeded_id(profile.name, permitted=permitted))
        token, secret = (grant.token, grant.secret) if grant else (None, None)
        if profile.secret is None:
            found["token" if permitted else "forbidden"] = token
        else:
            prefix = "" if permitted else "forbidden_"
            found |= {f"{prefix}client_id": token, f"{prefix}client_secret": secret}
    if profile.has_writes:
        readonly = sandbox.grants.get(tokens.readonly_id(profile.name))
        found["readonly"] = None if readonly is None else readonly.token
    if profile.token_path is not None:
        found["token_path"] = profile.token_path
    return found


def from_request(
    body: Mapping[str, Any], sources: Sources, default: SandboxConfig
) -> tuple[SandboxConfig, Decimal | None]:
    """The config that a request's body describes, and the time to live in seconds.

    What is left out is as in `default`, which is how the server was started; beside a case, it is as in the case, and
    otherwise as in a server without flags. ValidationError for everything that is wrong.
    """
    base = default
    if isinstance(body.get("case"), str):
        try:
            case = sources.cases().find(body["case"])
        except UnknownCase as error:
            raise ValidationError({"case": [str(error)]}) from error
        organization = sources.organization(DEFAULT_ORGANIZATION, default.organization)
        base, body = SandboxConfig(organization, organization.seed), _overlay(case.body, body)
    given = _schema(sources).load(body)
    return _config(given, sources, base, default.organization), given.get("ttl_seconds")


def from_flags(case: Case | None, flags: Mapping[str, Any], sources: Sources, default: SandboxConfig) -> SandboxConfig:
    """The config of a server that is started with a case or a profile, over which its flags win.

    `default` is what the flags mean without them. `flags` are fields of the body that were given; None: as in
    `default`.
    """
    body = flags if case is None else _overlay(case.body, flags)
    fields_given = {name: value for name, value in body.items() if value is not None}
    return _config(_schema(sources).load(fields_given), sources, default, default.organization)


def _overlay(under: Mapping[str, Any], over: Mapping[str, Any], depth: int = 3) -> dict[str, Any]:
    """Fields of a body with others laid over them: limits vendor by vendor, and switches one by one.

    An object that both have is merged rather than replaced, down to the `depth` of a vendor's switches.
    """
    merged = {**under, **over}
    for name, value in over.items():
        below = under.get(name)
        if depth > 1 and isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = _overlay(below, value, depth - 1)
    return merged


@lru_cache(maxsize=8)
def _schema(sources: Sources) -> Schema:
    """The schema of the body; building it takes longer than the rest of making a sandbox."""
    added: dict[str, fields.Field[Any]] = {
        "defects": defects.to_arm("The defects to arm from the start."),
        "limits": fields.Nested(limits.body(name for vendor in sources.vendors for name in vendor.limits)),
        "policy": fields.Nested(policy.body(sources.switches)),
    }
    return SandboxBody.from_dict(added)()


def _config(given: Mapping[str, Any], sources: Sources, base: SandboxConfig, own: Organization) -> SandboxConfig:
    slug, known = given.get("organization", base.organization.slug), sources.slugs(own)
    if slug not in known:
        raise ValidationError({"organization": [unknown_name("organization", slug, known)]})
    organization = sources.organization(slug, own)
    config = SandboxConfig(
        organization,
        given.get("seed", base.seed if organization is base.organization else organization.seed),
        clock.from_fields(given, base.clock_of(organization)),
        _overlay(base.limits, given.get("limits", {})),
        _overlay(base.policy, given.get("policy", {})),
        faults.matchable(given["faults"], sources.vendors, "faults") if "faults" in given else base.faults,
        base.defects,
        profile=_profile(given, sources) if "profile" in given else base.profile,
    )
    if "defects" not in given:
        return config
    armed = defects.arm_all(given["defects"], sources, _in_force(config, sources), "defects")
    return replace(config, defects=armed)


def _in_force(config: SandboxConfig, sources: Sources) -> dict[str, Switches]:
    """The switches of a sandbox with this config, by vendor: they decide by which names it serves fields."""
    known = {each.name: sources.switches[each.name] for each in sources.vendors}
    given = {name: switches.parse(each, config.initial_options(name)) for name, each in known.items()}
    return {name: Switches({**switches.defaults(each), **given[name]}) for name, each in known.items()}


def _profile(given: Mapping[str, Any], sources: Sources) -> SandboxProfile | None:
    return None if given["profile"] is None else profiles.find(given["profile"], sources)

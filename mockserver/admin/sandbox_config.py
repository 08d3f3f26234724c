"""How a sandbox is made, from the body of a request or from a case with a server's settings laid over it.

Pure functions: everything they need is passed to them, so a `SandboxConfig` is had without an app.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from mockserver.admin import clock, defects, faults, limits, policy
from mockserver.admin.admin_context import Sources
from mockserver.admin.fields import Body, NonNegativeDecimal, StrictBoolean, StrictInteger, Timestamp
from mockserver.cases.records import DEFAULT_ORGANIZATION, Case, UnknownCase
from mockserver.gateway.faults import RULES_MAXIMUM
from mockserver.gateway.sandbox import SandboxConfig
from mockserver.gateway.switches import AnySwitch
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.clock import EARLIEST, LATEST
from mockserver.simulation.organization import Organization
from mockserver.validation.suggestions import unknown_name

SEED_MAXIMUM = 2**63 - 1
TTL_MAXIMUM = 366 * 86_400
"""The longest time to live, in seconds."""


class TtlField(NonNegativeDecimal):
    """A time to live."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        try:
            seconds = super()._deserialize(value)
        except ValidationError:
            seconds = Decimal()
        if 0 < seconds <= TTL_MAXIMUM:
            return seconds
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
    seed = StrictInteger(
        0, SEED_MAXIMUM, metadata={"description": "Another seed, another history; default: the organization's own."}
    )
    now = Timestamp(
        metadata={
            "description": f"What its clock shows, from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}; default: what the "
            "server was started with."
        }
    )
    frozen = StrictBoolean(
        metadata={"description": "Whether its time stands still; default: as in the case, but false beside `now`."}
    )
    ttl_seconds = TtlField(
        metadata={
            "description": "After how many seconds of real time the sandbox is deleted; default: never.",
            "exclusiveMinimum": 0,
            "maximum": TTL_MAXIMUM,
        }
    )
    faults = fields.List(
        fields.Nested(faults.RuleBody),
        validate=validate.Length(max=RULES_MAXIMUM, error=f"there can be at most {RULES_MAXIMUM} rules"),
        metadata={"description": "The faults that are armed in it from the start, and again after a reset."},
    )


def from_request(
    body: Mapping[str, Any], sources: Sources, default: SandboxConfig
) -> tuple[SandboxConfig, Decimal | None]:
    """The config that a request's body describes, and the time to live in seconds.

    What is left out is as in `default`, which is how the server was started; beside a case, it is as in the case, and
    otherwise as in a server without flags. ValidationError for everything that is wrong.
    """
    base = default
    if isinstance(body.get("case"), str):
        case = _case(body["case"], sources)
        organization = named(DEFAULT_ORGANIZATION, sources, default.organization)
        base, body = SandboxConfig(organization, organization.seed), _overlay(case.body, body)
    given = _schema(sources).load(body)
    return _config(given, sources, base, default.organization), given.get("ttl_seconds")


def from_case(case: Case, flags: Mapping[str, Any], sources: Sources, default: SandboxConfig) -> SandboxConfig:
    """The config of a server that is started with a case, over which its flags win.

    `default` is what the flags mean without the case. `flags` are fields of the body that were given; None: as in
    `default`.
    """
    fields_given = {name: value for name, value in _overlay(case.body, flags).items() if value is not None}
    return _config(_schema(sources).load(fields_given), sources, default, default.organization)


def slugs(sources: Sources, own: Organization) -> list[str]:
    """The organizations that a sandbox can show: the bundled ones and the server's `own`, in order."""
    return sorted({*sources.organizations, own.slug})


def named(slug: str, sources: Sources, own: Organization) -> Organization:
    """One of these organizations; where two have the same slug, the server's `own`."""
    return own if slug == own.slug else sources.load(slug)


def _case(case_id: str, sources: Sources) -> Case:
    try:
        return sources.cases().find(case_id)
    except UnknownCase as error:
        raise ValidationError({"case": [str(error)]}) from error


def _overlay(case: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A case's fields with others laid over them: limits vendor by vendor, and switches one by one."""
    merged = {**case, **over}
    for field in ("limits", "policy"):
        under, above = case.get(field), over.get(field)
        if isinstance(under, Mapping) and isinstance(above, Mapping):
            merged[field] = _merge(under, above)
    return merged


def _merge(under: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {name for name in above if isinstance(under.get(name), Mapping) and isinstance(above[name], Mapping)}
    return {**under, **above, **{name: {**under[name], **above[name]} for name in both}}


def _schema(sources: Sources) -> Schema:
    return _cached_schema(tuple(sources.vendors), tuple(sources.switches.items()))


@lru_cache(maxsize=8)
def _cached_schema(profiles: tuple[Vendor, ...], switches: tuple[tuple[str, tuple[AnySwitch, ...]], ...]) -> Schema:
    """The schema of the body for these vendors; building it takes longer than the rest of making a sandbox."""
    added: dict[str, fields.Field[Any]] = {
        "defects": defects.names(profiles),
        "limits": fields.Nested(limits.body([profile.name for profile in profiles])),
        "policy": fields.Nested(policy.body(dict(switches))),
    }
    return SandboxBody.from_dict(added)()


def _config(given: Mapping[str, Any], sources: Sources, base: SandboxConfig, own: Organization) -> SandboxConfig:
    organization = _organization(given["organization"], sources, own) if "organization" in given else base.organization
    seed = base.seed if organization is base.organization else organization.seed
    policies = given.get("policy", {})
    return SandboxConfig(
        organization,
        given.get("seed", seed),
        clock.from_fields(given, base.clock),
        {**base.limits, **given.get("limits", {})},
        {name: {**base.policy.get(name, {}), **policies.get(name, {})} for name in {**base.policy, **policies}},
        faults.parse_rules(given["faults"], sources.vendors, "faults") if "faults" in given else base.faults,
        tuple(sorted(set(given.get("defects", base.defects)))),
    )


def _organization(slug: str, sources: Sources, own: Organization) -> Organization:
    known = slugs(sources, own)
    if slug not in known:
        raise ValidationError({"organization": [unknown_name("organization", slug, known)]})
    return named(slug, sources, own)

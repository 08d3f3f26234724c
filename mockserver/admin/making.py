"""Answers how a sandbox is to be made that a body describes, or a case, or a case over which some things were stated.

What the body may say stays out (`sandbox_body`), and so does making and telling it (`sandboxes`).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError

from mockserver.admin import clock, faults, organizations, sandbox_body
from mockserver.admin.admin_context import context
from mockserver.cases.records import DEFAULT_ORGANIZATION, Case, UnknownCase
from mockserver.gateway.sandbox import SandboxConfig
from mockserver.simulation.organization import Organization
from mockserver.validation import suggestions


def from_request(body: Mapping[str, Any]) -> tuple[SandboxConfig, Decimal | None]:
    """What a body describes, and for how many seconds it is wanted.

    What is left out is as the first sandbox was made, which is how the server was started; beside a case, as the case
    says, and what that leaves out as a server without flags has it.
    """
    first, whole = context().registry.default.config, body
    if isinstance(body.get("case"), str):
        case = _case(body["case"])
        organization = organizations.named(DEFAULT_ORGANIZATION)
        first, whole = SandboxConfig(organization, organization.seed), _overlay(case.body, body)
    given = _body().load(whole)
    return _made(given, first), given.get("ttl_seconds")


def from_case(case: Case, first: SandboxConfig, flags: Mapping[str, Any]) -> SandboxConfig:
    """How the first sandbox is made of a case over which a server's flags win.

    `first` is what the flags alone mean. `flags` are members of a body that were stated; None: as `first` has it.
    """
    kept = {member: value for member, value in case.body.items() if member not in flags}
    policy = {
        vendor: {name: value for name, value in values.items() if name not in first.policy.get(vendor, {})}
        for vendor, values in kept.pop("policy", {}).items()
    }
    own = {member: value for member, value in flags.items() if value is not None}
    return _made(_body().load({**kept, **own, "policy": policy}), first)


def _body() -> Schema:
    return sandbox_body.sandbox(context().registry.profiles, context().registry.switches)


def _case(name: str) -> Case:
    try:
        return context().cases().find(name)
    except UnknownCase as error:
        raise ValidationError({"case": [str(error)]}) from error


def _overlay(case: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """A case's members under a body's own; limits go by vendor, and switches one by one."""
    whole = {**case, **body}
    for member in ("limits", "policy"):
        under, over = case.get(member), body.get(member)
        if isinstance(under, Mapping) and isinstance(over, Mapping):
            whole[member] = _merged(under, over)
    return whole


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {name for name in over if isinstance(under.get(name), Mapping) and isinstance(over[name], Mapping)}
    return {**under, **over, **{name: {**under[name], **over[name]} for name in both}}


def _made(given: Mapping[str, Any], first: SandboxConfig) -> SandboxConfig:
    organization = _organization(given["organization"]) if "organization" in given else first.organization
    own = first.seed if organization is first.organization else organization.seed
    limits, policy = given.get("limits", {}), given.get("policy", {})
    return SandboxConfig(
        organization,
        given.get("seed", own),
        clock.stated(dict(given), first.clock),
        {**first.limits, **limits},
        {name: {**first.policy.get(name, {}), **policy.get(name, {})} for name in {**first.policy, **policy}},
        faults.made_of(given["faults"], "faults") if "faults" in given else first.faults,
        tuple(sorted(set(given.get("defects", first.defects)))),
    )


def _organization(slug: str) -> Organization:
    known = organizations.slugs()
    if slug not in known:
        raise ValidationError({"organization": [suggestions.unknown_name("organization", slug, known)]})
    return organizations.named(slug)

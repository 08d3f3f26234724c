"""`/_mock/sandboxes`: the sandboxes on this server, each with tokens of its own.

What a sandbox holds is in `gateway.sandbox`; its clock, limits and so on are resources of their own.
"""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from mockserver.admin import bodies, faults, sandbox_config
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import Rfc3339Timestamp
from mockserver.admin.responses import Problem, created
from mockserver.gateway import tokens
from mockserver.gateway.sandbox import DEFAULT, Sandbox, TooManySandboxes
from mockserver.gateway.vendor import Vendor
from mockserver.validation.schemas import dump


class SandboxSchema(Schema):
    """A sandbox, the time in it, and the tokens that it was made with at each vendor; a revoked one is null.

    At most vendors they are `token` and, for a 403, `forbidden`. Where clients exchange credentials for access tokens
    they are `client_id` and `client_secret`, `forbidden_client_id` and `forbidden_client_secret`, and `token_path` says
    where.
    """

    id = fields.String(required=True)
    organization = fields.String(required=True)
    seed = fields.Integer(required=True)
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


def list_all(_: AdminRequest) -> dict[str, Any]:
    """Every sandbox, the oldest first."""
    return dump(SandboxesSchema, {"sandboxes": [_describe(sandbox) for sandbox in context().registry.sandboxes]})


def get(request: AdminRequest) -> dict[str, Any]:
    """One sandbox."""
    return dump(SandboxSchema, _describe(request.sandbox))


def create(_: AdminRequest) -> Response:
    """A new sandbox, made as the body or its case describes."""
    registry = context().registry
    default = registry.default.config
    config, seconds = sandbox_config.from_request(bodies.read(optional=True), context().sources, default)
    if config.faults is not default.faults:
        faults.check_supported(config.faults)
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


def _full(maximum: int) -> Problem:
    lines = [f"there are {maximum} sandboxes beside the default one, which is the server's maximum"]
    made = [sandbox for sandbox in context().registry.sandboxes if sandbox.id != DEFAULT]
    if made:
        lines.append(f"DELETE one that is no longer needed (the oldest is /_mock/sandboxes/{made[0].id})")
    lines += [
        "give a ttl_seconds to those that may be left behind, so that they are deleted",
        "or start the server with a higher --sandboxes-maximum (MOCKSERVER_SANDBOXES_MAXIMUM)",
    ]
    return Problem(409, "; ".join(lines))


def _describe(sandbox: Sandbox) -> dict[str, Any]:
    clock = sandbox.clock  # read once, so that both fields belong to one clock
    return {
        "id": sandbox.id,
        "organization": sandbox.config.organization.slug,
        "seed": sandbox.config.seed,
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
    if profile.token_path is not None:
        found["token_path"] = profile.token_path
    return found

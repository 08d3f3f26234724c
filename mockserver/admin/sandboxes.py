"""Answers which sandboxes there are, makes another, and forgets one: worlds of one's own on a shared server.

What a sandbox holds stays out (`gateway.sandbox`); its clock, limits and the rest are resources of their own.
"""

from typing import Any

from flask import Response

from mockserver.admin import answers, bodies, making, shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.problems import Problem
from mockserver.gateway import tokens
from mockserver.gateway.sandbox import DEFAULT, Sandbox, TooManySandboxes, VendorProfile


def list_all(_: AdminRequest) -> dict[str, Any]:
    """Every sandbox, the oldest first."""
    found = [_described(sandbox) for sandbox in context().registry.sandboxes]
    written: dict[str, Any] = shapes.Sandboxes().dump({"sandboxes": found})
    return written


def get(asked: AdminRequest) -> dict[str, Any]:
    """One sandbox."""
    return _written(asked.sandbox)


def create(_: AdminRequest) -> Response:
    """A new sandbox, as the body or its case says."""
    made, seconds = making.from_request(bodies.given(optional=True))
    try:
        sandbox = context().registry.make_sandbox(made, seconds)
    except TooManySandboxes as error:
        raise _full(context().registry.maximum) from error
    return answers.json_response(_written(sandbox), 201, headers={"Location": f"/_mock/sandboxes/{sandbox.id}"})


def delete(asked: AdminRequest) -> Response:
    """A sandbox less: its tokens are unknown from here on, and nothing of it is kept."""
    if asked.sandbox.id == DEFAULT:
        rule = "the sandbox 'default' cannot be deleted: the short paths and the seeded tokens are its own"
        raise Problem(409, f"{rule}; POST /_mock/reset puts it back to how it was made")
    context().registry.delete(asked.sandbox)
    return answers.no_content()


def _full(maximum: int) -> Problem:
    lines = [f"there are {maximum} sandboxes beside the first, as many as the server was told to hold"]
    made = [sandbox for sandbox in context().registry.sandboxes if sandbox.id != DEFAULT]
    if made:
        lines.append(f"DELETE one that is done with (the oldest is /_mock/sandboxes/{made[0].id})")
    lines += [
        "give those that may be left behind a ttl_seconds, after which they are forgotten",
        "or start the server with a higher --sandboxes-maximum (MOCKSERVER_SANDBOXES_MAXIMUM)",
    ]
    return Problem(409, "; ".join(lines))


def _written(sandbox: Sandbox) -> dict[str, Any]:
    written: dict[str, Any] = shapes.Sandbox().dump(_described(sandbox))
    return written


def _described(sandbox: Sandbox) -> dict[str, Any]:
    shows = sandbox.clock  # read once, so that both parts are of one clock
    return {
        "id": sandbox.id,
        "organization": sandbox.config.organization.slug,
        "seed": sandbox.config.seed,
        "now": shows.now(),
        "frozen": shows.frozen,
        "tokens": {name: _tokens(sandbox, surface) for name, surface in sandbox.profiles.items()},
    }


def _tokens(sandbox: Sandbox, surface: VendorProfile) -> dict[str, str | None]:
    """The tokens that it was made with at a vendor; null for one that was revoked."""
    found: dict[str, str | None] = {}
    for permitted in (True, False):
        grant = sandbox.grants.get(tokens.seeded_id(surface.name, permitted=permitted))
        token, secret = (grant.token, grant.secret) if grant else (None, None)
        if surface.secret is None:
            found["token" if permitted else "forbidden"] = token
        else:
            before = "" if permitted else "forbidden_"
            found |= {f"{before}client_id": token, f"{before}client_secret": secret}
    return found

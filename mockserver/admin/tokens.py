"""`/_mock/tokens`: the tokens that open a sandbox. What a token grants is in `gateway.tokens`."""

from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fields import Body
from mockserver.admin.responses import Problem, created, json_list
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.tokens import Grant
from mockserver.validation.schemas import dump

GRANTED, FORBIDDEN, READONLY = "granted", "forbidden", "readonly"
"""The permissions that a token can have; the last one only where clients can write."""


class TokenSchema(Schema):
    """A token that opens the sandbox at one vendor."""

    id = fields.String(required=True)
    vendor = fields.String(required=True)
    permission = fields.String(required=True, validate=validate.OneOf((GRANTED, FORBIDDEN, READONLY)))
    token = fields.String(required=True)
    scheme = fields.String(required=True, metadata={"description": "The scheme of the Authorization header."})
    client_id = fields.String(metadata={"description": "Where credentials are exchanged: the client id (= `token`)."})
    client_secret = fields.String(metadata={"description": "The secret that belongs to the client id."})
    token_path = fields.String(metadata={"description": "Where the credentials are exchanged for an access token."})
    groups = fields.List(fields.String(), metadata={"description": "The teams that it is limited to, if any."})


class TokensSchema(Schema):
    """Every token that opens the sandbox."""

    tokens = fields.List(fields.Nested(TokenSchema), required=True)


class TokenBody(Body):
    """The token to create."""

    vendor = fields.String(
        required=True,
        metadata={"description": "The name of the vendor at which it opens the sandbox."},
        error_messages={"invalid": "must be the name of a vendor"},
    )
    permission = fields.String(
        required=True,
        validate=validate.OneOf((GRANTED, FORBIDDEN), error="must be one of: {choices}"),
        metadata={"description": "Whether it may read analytics, or gets a 403."},
        error_messages={"invalid": f"must be one of: {GRANTED}, {FORBIDDEN}"},
    )


def list_all(request: AdminRequest) -> Response:
    schema, sandbox = TokenSchema(), request.sandbox
    return json_list("tokens", (schema.dump(describe(grant, sandbox)) for grant in list(sandbox.grants.values())))


def create(request: AdminRequest) -> Response:
    """One more token for the sandbox; where a vendor's clients exchange credentials, one more client."""
    given = TokenBody().load(bodies.read())
    vendor = given["vendor"]
    if vendor not in request.sandbox.profiles:
        raise ValidationError({"vendor": [unknown_name("vendor", vendor, request.sandbox.profiles)]})
    grant = context().registry.grant(request.sandbox, vendor, permitted=given["permission"] == GRANTED)
    location = f"/_mock/sandboxes/{request.sandbox.id}/tokens/{grant.id}"
    return created(dump(TokenSchema, describe(grant, request.sandbox)), location)


def revoke(request: AdminRequest) -> None:
    """Revoke a token; it is unknown from the next request on."""
    if not context().registry.revoke(request.sandbox, request.name):
        raise Problem(404, unknown_name("token", request.name, list(request.sandbox.grants)))


def describe(grant: Grant, sandbox: Sandbox) -> dict[str, Any]:
    """A token that opens a sandbox, as TokenSchema has it."""
    profile = sandbox.profiles[grant.vendor]
    described: dict[str, Any] = {
        "id": grant.id,
        "vendor": grant.vendor,
        "permission": (GRANTED if grant.may_write else READONLY) if grant.permitted else FORBIDDEN,
        "token": grant.token,
        "scheme": profile.schemes_under(sandbox.policy.switches[grant.vendor])[0],
    }
    if grant.secret is not None:
        described |= {"client_id": grant.token, "client_secret": grant.secret}
        if (path := profile.token_path) is not None:
            described["token_path"] = path
    if grant.groups is not None:
        described["groups"] = grant.groups
    return described

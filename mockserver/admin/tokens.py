"""Answers which tokens open a sandbox, makes more of them, and revokes one.

What a token grants stays out (`gateway.tokens`), and so does reading it out of a request.
"""

from typing import Any

from flask import Response
from marshmallow import ValidationError

from mockserver.admin import answers, bodies, schemas, shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.problems import Problem
from mockserver.gateway.tokens import Grant
from mockserver.validation import suggestions


def list_all(asked: AdminRequest) -> dict[str, Any]:
    """Every token that opens the sandbox."""
    found = [_described(grant) for grant in context().registry.tokens_of(asked.sandbox)]
    written: dict[str, Any] = shapes.Tokens().dump({"tokens": found})
    return written


def create(asked: AdminRequest) -> Response:
    """Another token for the sandbox; where a vendor's clients get theirs for a secret, another client."""
    given = schemas.TokenBody().load(bodies.given())
    vendor = given["vendor"]
    if vendor not in asked.sandbox.profiles:
        raise ValidationError({"vendor": [suggestions.unknown_name("vendor", vendor, asked.sandbox.profiles)]})
    grant = context().registry.grant(asked.sandbox, vendor, permitted=given["permission"] == schemas.GRANTED)
    place = f"/_mock/sandboxes/{asked.sandbox.id}/tokens/{grant.id}"
    return answers.json_response(shapes.Token().dump(_described(grant)), 201, headers={"Location": place})


def revoke(asked: AdminRequest) -> Response:
    """A token less: it is unknown from the next request on."""
    if not context().registry.revoke(asked.sandbox, asked.name):
        known = [grant.id for grant in context().registry.tokens_of(asked.sandbox)]
        raise Problem(404, suggestions.unknown_name("token", asked.name, known))
    return answers.no_content()


def _described(grant: Grant) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": grant.id,
        "vendor": grant.vendor,
        "permission": schemas.GRANTED if grant.permitted else schemas.FORBIDDEN,
        "token": grant.token,
    }
    if grant.secret is not None:
        told |= {"client_id": grant.token, "client_secret": grant.secret}
    if grant.groups is not None:
        told["groups"] = grant.groups
    return told

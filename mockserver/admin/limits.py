"""`/_mock/limits`: the rate limits of the vendors in a sandbox. Requests are counted by `gateway.limits`."""

from collections.abc import Iterable
from typing import Any

from flask import request as http_request
from marshmallow import Schema, ValidationError, fields, post_load, validate

from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.fields import Body, StrictInteger
from mockserver.gateway.limits import Allowance, Limit, LimitMode
from mockserver.gateway.sandbox import Sandbox
from mockserver.validation.schemas import dump

RATE_MAXIMUM = 1_000_000


class BucketSchema(Schema):
    """The current state of a token bucket: whole requests left, and seconds until it is full."""

    scope = fields.String(required=True)
    remaining = fields.Integer(required=True)
    full_in_seconds = fields.Integer(required=True)


class VendorLimitSchema(Schema):
    """A limit: its setting, the numbers in force (null without a limit), and the buckets in use."""

    setting = fields.String(required=True, validate=validate.OneOf((*LimitMode, "custom")))
    per_minute = fields.Integer(required=True, allow_none=True)
    burst = fields.Integer(required=True, allow_none=True)
    buckets = fields.List(fields.Nested(BucketSchema), required=True)


class AllowanceBody(Body):
    """A limit in numbers."""

    per_minute = StrictInteger(1, RATE_MAXIMUM, "Requests that are refilled in a minute.", required=True)
    burst = StrictInteger(1, RATE_MAXIMUM, "Requests that can be saved up.", required=True)


class LimitField(fields.Field[Limit]):
    """The documented limit, none, or one in numbers."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Limit:
        if isinstance(value, dict):
            return Allowance(**AllowanceBody().load(value))
        if isinstance(value, str) and value in tuple(LimitMode):
            return LimitMode(value)
        raise ValidationError(
            f'must be "documented", "off", or an object with per_minute and burst, both from 1 to {RATE_MAXIMUM}'
        )


class LimitsBody(Body):
    """A body with one field for each limit."""

    kind = "limit"

    @post_load
    def by_name(self, given: dict[str, Limit], **_: Any) -> dict[str, Limit]:
        """The limits under their own names, which may contain dots; marshmallow makes an object of such a name."""
        return {str(self.fields[name].data_key): limit for name, limit in given.items()}


def body(names: Iterable[str]) -> Schema:
    """The body that sets the limits with these names."""
    return LimitsBody.from_dict({f"limit{number}": LimitField(data_key=name) for number, name in enumerate(names)})()


def get(request: AdminRequest) -> dict[str, Any]:
    with request.lock:
        return _describe_all(request.sandbox)


def change(request: AdminRequest) -> dict[str, Any]:
    """Set limits. PUT puts those left out back to how the sandbox was made; PATCH keeps them."""
    given = body(request.sandbox.limits).load(bodies.read())
    keep = http_request.method == "PATCH"

    def make_change(sandbox: Sandbox) -> dict[str, Any]:
        sandbox.set_limits(given, keep=keep)
        return _describe_all(sandbox)

    return request.change(make_change)


def _describe_all(sandbox: Sandbox) -> dict[str, Any]:
    return {name: describe(sandbox, name) for name in sandbox.limits}


def describe(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """The limit with a name in a sandbox, as /_mock/limits shows it."""
    limit, allowance = sandbox.limits[name], sandbox.allowance(name)
    return dump(
        VendorLimitSchema,
        {
            "setting": "custom" if isinstance(limit, Allowance) else limit.value,
            "per_minute": allowance and allowance.per_minute,
            "burst": allowance and allowance.burst,
            "buckets": sandbox.buckets(name),
        },
    )

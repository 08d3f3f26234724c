"""`/_mock/faults`: the fault rules of a sandbox. What a fault does to a request is decided by `gateway.effects`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import Response
from flask import request as http_request
from marshmallow import ValidationError, fields, validate, validates_schema

from mockserver.admin import bodies, fault_targets
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fault_fields import (
    COUNT_MAXIMUM,
    Headers,
    PageStatus,
    PositiveDecimal,
    QueryParameters,
    ShortText,
    Times,
    TrueOnly,
)
from mockserver.admin.fields import Body, StrictInteger
from mockserver.admin.responses import Problem, created
from mockserver.gateway import socket_features
from mockserver.gateway.faults import RULES_MAXIMUM, ArmedRule, FaultEffect, FaultPhase, FaultRule
from mockserver.gateway.vendor import Vendor
from mockserver.validation.schemas import dump

SECONDS_MAXIMUM = 3600
BYTES_MAXIMUM = 1_000_000_000

REPLACING = ("status", "html", "rate_limited", "reset")
CORRUPTING = ("truncate_bytes", "stall_seconds", "malformed_json")
ACTING = (*REPLACING, "delay_seconds", *CORRUPTING)
"""The fields of an effect that do something alone: replace the answer, delay it, or corrupt its body."""


class EffectBody(Body):
    """What happens to the request.

    At most one of `status`, `html`, `rate_limited` and `reset` replaces the answer. `code` and `message` belong to
    `status`, `headers` to any answer that the rule makes. A delay goes with everything; what corrupts a body
    (`truncate_bytes`, `stall_seconds` with `after_bytes`, `malformed_json`) goes with any body, and leaves a shorter
    one complete. Byte counts are those of the body.
    """

    status = StrictInteger(400, 599, metadata={"description": "An error in the vendor's own form."})
    code = ShortText(metadata={"description": "The error code in the vendor's form, in place of its own."})
    message = ShortText(metadata={"description": "The error's message."})
    headers = Headers(keys=fields.String(), values=fields.String(), metadata={"description": "Headers of the answer."})
    html = PageStatus(200, 599, metadata={"description": "A gateway's HTML page with this status, in place of JSON."})
    rate_limited = TrueOnly(metadata={"description": "The vendor's own 429.", "enum": [True]})
    reset = TrueOnly(metadata={"description": "The connection is reset before the first byte.", "enum": [True]})
    delay_seconds = PositiveDecimal(SECONDS_MAXIMUM)
    truncate_bytes = StrictInteger(
        0, BYTES_MAXIMUM, metadata={"description": "Where the body ends, whatever its Content-Length."}
    )
    stall_seconds = PositiveDecimal(SECONDS_MAXIMUM)
    after_bytes = StrictInteger(0, BYTES_MAXIMUM, metadata={"description": "Where the body stalls."})
    malformed_json = TrueOnly(metadata={"description": "The body lacks its last bracket.", "enum": [True]})

    @validates_schema(pass_original=True)
    def check_combination(self, given: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        """ValidationError for fields that cannot go together, or stand alone; unknown ones are refused elsewhere."""
        errors: dict[str, list[str]] = {}
        if not any(name in original for name in ACTING) and {*original} <= {*self.fields}:
            errors["_schema"] = [f"has no effect; give at least one of: {', '.join(ACTING)}"]
        for field, rule in _conflicts(given):
            errors.setdefault(field, []).append(rule)
        if errors:
            raise ValidationError(errors)


def _conflicts(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    replacing = [name for name in REPLACING if name in given]
    for extra in replacing[1:]:
        yield extra, f"cannot go with {replacing[0]}: only one of {', '.join(REPLACING)} can replace the answer"
    yield from _missing_partners(given, replacing)
    if "reset" in given:
        yield from ((name, "cannot go with reset, which leaves no body") for name in CORRUPTING if name in given)
    if "html" in given and "malformed_json" in given:
        yield "malformed_json", "cannot go with html, which is not JSON"
    if given.get("after_bytes", 0) > given.get("truncate_bytes", BYTES_MAXIMUM):
        yield "after_bytes", "is beyond truncate_bytes, where the body ends"


def _missing_partners(given: Mapping[str, Any], replacing: list[str]) -> Iterator[tuple[str, str]]:
    for name in ("code", "message"):
        if name in given and "status" not in given:
            yield name, "belongs to status, which is not given"
    if "headers" in given and not {"status", "html", "rate_limited"} & {*replacing}:
        yield "headers", "belong to an answer that the rule makes: status, html or rate_limited"
    for name, other in (("stall_seconds", "after_bytes"), ("after_bytes", "stall_seconds")):
        if name in given and other not in given:
            yield other, f"must be given beside {name}"


_EFFECT_ERRORS: dict[str, Any] = {
    "type": "must be an object",
    "required": "must be given: what happens to the request",
}


class RuleBody(Body):
    """Which requests get an effect: those that match every field that is given.

    Rules are tried in the order in which they were armed. The first one that fires is the only one that affects a
    request; later ones do not count it.
    """

    vendor = fields.String(metadata={"description": "A vendor's name."})
    operation = fields.String(metadata={"description": "An operationId of the vendor's OpenAPI file."})
    path = ShortText(metadata={"description": "The whole path, decoded; `*` stands for any characters, slashes too."})
    query = QueryParameters(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Parameters of the query, decoded; a repeated one matches by any of its values."},
    )
    times = Times(1, COUNT_MAXIMUM, metadata={"description": "How often it fires at most."})
    skip = StrictInteger(0, COUNT_MAXIMUM, metadata={"description": "How many matching requests it skips first."})
    share = PositiveDecimal(
        1, metadata={"exclusiveMinimum": 0, "maximum": 1, "description": "The share of matching requests it affects."}
    )
    phase = fields.String(
        validate=validate.OneOf(tuple(FaultPhase), error='must be "before" or "after"'),
        metadata={
            "description": "before (the default): after authentication, and nothing is spent or written. after: after "
            "the limiter and the view, whatever they answered."
        },
    )
    effect = fields.Nested(EffectBody, required=True, error_messages=_EFFECT_ERRORS)


class RulesBody(Body):
    """All rules, in order; without `rules`, those that the sandbox was made with."""

    rules = fields.List(
        fields.Nested(RuleBody, error_messages=_EFFECT_ERRORS),
        validate=validate.Length(max=RULES_MAXIMUM, error=f"there can be at most {RULES_MAXIMUM} rules"),
    )


class ArmedRuleSchema(RuleBody):
    """An armed rule, and how many requests it affected; one that fired as often as it may stays listed."""

    id = fields.String(required=True)
    hits = fields.Integer(required=True)


class ArmedRulesSchema(Body):
    """The armed rules, in order."""

    rules = fields.List(fields.Nested(ArmedRuleSchema), required=True)


def get(request: AdminRequest) -> dict[str, Any]:
    """Every armed rule with its hits, spent ones included."""
    with request.lock:
        return dump(ArmedRulesSchema, {"rules": [_describe(each) for each in request.sandbox.faults.armed]})


def replace(request: AdminRequest) -> dict[str, Any]:
    """Arm the given rules and no others; without `rules`, those that the sandbox was made with."""
    given = RulesBody().load(bodies.read()).get("rules")
    rules = request.sandbox.config.faults if given is None else parse_rules(given, context().vendors, "rules")
    if given is not None:
        check_supported(rules)
    with request.lock:
        request.sandbox.faults.replace(rules)
        return get(request)


def create(request: AdminRequest) -> Response:
    """Arm one more rule, after the others."""
    given = RuleBody().load(bodies.read())
    if errors := fault_targets.errors(given, context().vendors):
        raise ValidationError(errors)
    rule = _parse(given)
    check_supported((rule,))
    with request.lock:
        faults = request.sandbox.faults
        if len(faults.armed) >= RULES_MAXIMUM:
            raise Problem(409, f"{RULES_MAXIMUM} rules are armed, which is the maximum; DELETE some, spent ones first")
        armed = faults.add(rule)
    return created(dump(ArmedRuleSchema, _describe(armed)), f"{http_request.path}/{armed.id}")


def delete(request: AdminRequest) -> None:
    """Disarm a rule."""
    with request.lock:
        if not request.sandbox.faults.remove(request.name):
            ids = ", ".join(each.id for each in request.sandbox.faults.armed) or "none"
            raise Problem(404, f"there is no fault {request.name!r}; there are: {ids:.1000}")


def parse_rules(given: Sequence[Mapping[str, Any]], vendors: Sequence[Vendor], field: str) -> tuple[FaultRule, ...]:
    """The rules in a list that is a body's `field`; ValidationError for one that no request can match."""
    errors = {index: wrong for index, rule in enumerate(given) if (wrong := fault_targets.errors(rule, vendors))}
    if errors:
        raise ValidationError({field: errors})
    return tuple(_parse(rule) for rule in given)


def check_supported(rules: Iterable[FaultRule]) -> None:
    """Problem 409 for an effect that the server of the current request cannot produce."""
    for rule in rules:
        if missing := rule.effect.needs - socket_features.effects(http_request.environ):
            raise Problem(409, socket_features.refusal(missing, http_request.environ))


def _parse(given: Mapping[str, Any]) -> FaultRule:
    fields_of_effect = given["effect"]
    effect = FaultEffect(**{**fields_of_effect, "headers": tuple(fields_of_effect.get("headers", {}).items())})
    query, phase = tuple(given.get("query", {}).items()), FaultPhase(given.get("phase", FaultPhase.BEFORE))
    return FaultRule(**{**given, "effect": effect, "query": query, "phase": phase})


def _describe(armed: ArmedRule) -> dict[str, Any]:
    rule, effect = armed.rule, armed.rule.effect
    effect_fields = {name: getattr(effect, name) for name in EffectBody().fields}
    described = {
        **{name: getattr(rule, name) for name in ("vendor", "operation", "path", "times", "share")},
        "query": dict(rule.query) or None,
        "skip": rule.skip or None,
        "phase": rule.phase,
        "effect": _without_defaults({**effect_fields, "headers": dict(effect.headers) or None}),
    }
    return {"id": armed.id, "hits": armed.hits, **_without_defaults(described)}


def _without_defaults(described: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if value is not None and value is not False}

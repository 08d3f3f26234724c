"""`/_mock/faults`: the fault rules of a sandbox. What a fault does to a request is decided by `gateway.effects`."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response
from flask import request as http_request
from marshmallow import ValidationError, fields, validate

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.fault_rules import RuleBody
from mockserver.admin.fields import Body
from mockserver.admin.responses import Errors, Problem, created, json_list
from mockserver.gateway import socket_features
from mockserver.gateway.armed_faults import RULES_MAXIMUM, ArmedRule
from mockserver.gateway.faults import FaultEffect, FaultRule
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.vendor import Route, Vendor
from mockserver.validation.schemas import dump

_VARIABLE = "<"
"""What stands for a variable in a route's template: no route has this character elsewhere."""


class RulesBody(Body):
    """All rules, in order; without `rules`, those that the sandbox was made with."""

    rules = fields.List(
        fields.Nested(RuleBody),
        validate=validate.Length(max=RULES_MAXIMUM, error=f"there can be at most {RULES_MAXIMUM} rules"),
    )


class ArmedRuleSchema(RuleBody):
    """An armed rule, and for how many requests it fired; one that fired as often as it may stays listed.

    In a sequence, `hits` counts the requests that got a step, "pass" included.
    """

    id = fields.String(required=True)
    hits = fields.Integer(required=True)


class ArmedRulesSchema(Body):
    """The armed rules, in order."""

    rules = fields.List(fields.Nested(ArmedRuleSchema), required=True)


def get(request: AdminRequest) -> Response:
    """Every armed rule with its hits, spent ones included."""
    return _list(request.sandbox)


def _list(sandbox: Sandbox) -> Response:
    schema = ArmedRuleSchema()
    return json_list("rules", (schema.dump(_describe(each)) for each in sandbox.counted_rules()))


def replace(request: AdminRequest) -> Response:
    """Arm the given rules and no others; without `rules`, those that the sandbox was made with."""
    rules = RulesBody().load(bodies.read()).get("rules")
    if rules is not None:
        check_supported(matchable(rules, context().vendors, "rules"))

    def make_change(sandbox: Sandbox) -> Response:
        sandbox.faults.replace(sandbox.config.initial_faults if rules is None else rules)
        return _list(sandbox)

    return request.change(make_change)


def create(request: AdminRequest) -> Response:
    """Arm one more rule, after the others."""
    rule = RuleBody().load(bodies.read())
    if errors := rule_errors(rule, context().vendors):
        raise ValidationError(errors)
    check_supported((rule,))
    armed = request.change(lambda sandbox: _add(sandbox, rule))
    return created(dump(ArmedRuleSchema, _describe(armed)), f"{http_request.path}/{armed.id}")


def _add(sandbox: Sandbox, rule: FaultRule) -> ArmedRule:
    if len(sandbox.faults.armed) >= RULES_MAXIMUM:
        raise Problem(409, f"{RULES_MAXIMUM} rules are armed, which is the maximum; DELETE some, spent ones first")
    return sandbox.faults.add(rule)


def delete(request: AdminRequest) -> None:
    request.change(lambda sandbox: _remove(sandbox, request.name))


def _remove(sandbox: Sandbox, fault_id: str) -> None:
    if not sandbox.faults.remove(fault_id):
        ids = ", ".join(each.id for each in sandbox.faults.armed) or "none"
        raise Problem(404, f"there is no fault {fault_id!r}; there are: {ids:.1000}")


def matchable(rules: Sequence[FaultRule], vendors: Sequence[Vendor], field: str) -> tuple[FaultRule, ...]:
    """The rules in a list that is a body's `field`; ValidationError for each that no request can match."""
    errors = {index: wrong for index, rule in enumerate(rules) if (wrong := rule_errors(rule, vendors))}
    if errors:
        raise ValidationError({field: errors})
    return tuple(rules)


def check_supported(rules: Iterable[FaultRule]) -> None:
    """Problem 409 for an effect that the server of the current request cannot produce."""
    for rule in rules:
        names = frozenset().union(*(effect.names for effect in rule.effects))
        if refusal := socket_features.refusal(names, http_request.environ):
            raise Problem(409, refusal)


def _describe(armed: ArmedRule) -> dict[str, Any]:
    return {**fields_of(armed.rule), "id": armed.id, "hits": armed.hits}


def fields_of(rule: FaultRule) -> dict[str, Any]:
    """The fields of a rule's body that are set, with its phase."""
    given = {**_without_defaults(rule), "phase": rule.phase}
    if rule.steps:
        return {**given, "steps": [_without_defaults(step) for step in rule.steps], "then": rule.then}
    return {**given, "effect": _without_defaults(rule.effect)}


def _without_defaults(record: FaultRule | FaultEffect) -> dict[str, Any]:
    values = {each.name: (getattr(record, each.name), each.default) for each in dataclasses.fields(record)}
    return {name: value for name, (value, default) in values.items() if value != default}


def rule_errors(rule: FaultRule, vendors: Sequence[Vendor]) -> Errors:
    """Why no request to these vendors matches a rule, by the field that is wrong; empty where one can."""
    return target_errors(vendors, rule.vendor, rule.operation, rule.path)


def target_errors(vendors: Sequence[Vendor], vendor: str | None, operation: str | None, path: str | None) -> Errors:
    """Why no request matches all that is given, by the field that is wrong; empty where one can."""
    names = [each.name for each in vendors]
    if vendor is not None and vendor not in names:
        return {"vendor": [unknown_name("vendor", vendor, names)]}
    candidates = [each for each in vendors if vendor in (None, each.name)]
    routes = [route for each in candidates for route in each.routes if route.operation == operation]
    if operation is not None and not routes:
        owners = [each.name for each in vendors if operation in _operations([each])]
        known = _operations(candidates)
        if owners:
            owned = f"{operation!r} belongs to {' and '.join(owners)}; {vendor} has: {', '.join(known)}"
            return {"operation": [owned]}
        return {"operation": [unknown_name("operation", operation, known)]}
    return {} if path is None else _path_errors(path, _roots(candidates, vendors), routes)


def _operations(vendors: Iterable[Vendor]) -> list[str]:
    return list(dict.fromkeys(route.operation for each in vendors for route in each.routes))


def _roots(some: Iterable[Vendor], vendors: Iterable[Vendor]) -> list[str]:
    """The mounts of some vendors, and those of others that one of them lies below: a token of theirs counts there."""
    own = [mount for each in some for mount in each.mounts]
    others = [mount for each in vendors for mount in each.mounts if any(one.startswith(f"{mount}/") for one in own)]
    return list(dict.fromkeys((*own, *others)))


def _path_errors(path: str, mounts: Sequence[str], routes: Sequence[Route]) -> Errors:
    """What is wrong with a path below these mounts; `routes` are those of the operation, none where it is not given."""
    if not any(_is_below(path, mount) for mount in mounts):
        return {"path": [f"is below no mount, so no request can match it; the mounts are: {', '.join(mounts)}"]}
    if routes and not any(_overlap(path, route.path) for route in routes):
        paths = " or ".join(dict.fromkeys(route.path.replace("<", "{").replace(">", "}") for route in routes))
        return {"path": [f"is not a path of {routes[0].operation}, which is at {paths}"]}
    return {}


def _is_below(pattern: str, mount: str) -> bool:
    """Whether a pattern can match a path below a mount; only the text before its first star decides."""
    fixed, star, _ = pattern.partition("*")
    return f"{fixed}/".startswith(f"{mount}/") or (star != "" and f"{mount}/".startswith(fixed))


def _overlap(pattern: str, route: str) -> bool:
    """Whether some path matches both a pattern and a route; a route's variable is text without slashes, not empty."""
    template = re.sub("<[^<>]+>", _VARIABLE, route)
    positions = {0}  # where in the template a path can be that matches the pattern so far
    for letter in pattern:
        if letter == "*":
            positions = {*range(min(positions), len(template) + 1)}
        else:
            inside = {at for at in positions if template[at : at + 1] == _VARIABLE and letter != "/"}
            positions = inside | {at + 1 for at in positions if at in inside or template[at : at + 1] == letter}
        if not positions:
            return False
    return len(template) in positions

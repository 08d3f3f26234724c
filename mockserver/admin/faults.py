"""Answers which rules of faults are armed in a sandbox, and arms and disarms them.

What a rule may say stays out (`rules`), and so does what becomes of the requests that meet it (`gateway.effects`).
"""

from collections.abc import Sequence
from typing import Any

from flask import Response, has_request_context, request
from marshmallow import ValidationError

from mockserver.admin import answers, bodies, reach, rules
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.problems import Problem
from mockserver.gateway import socket_features
from mockserver.gateway.faults import RULES_MAXIMUM, ArmedRule, Effect, Phase, Rule


def get(asked: AdminRequest) -> dict[str, Any]:
    """Every rule, spent ones among them, with its hits."""
    with asked.lock:
        written: dict[str, Any] = rules.ArmedRules().dump(
            {"rules": [_told(each) for each in asked.sandbox.faults.armed]}
        )
    return written


def replace(asked: AdminRequest) -> dict[str, Any]:
    """Arm the given rules, and no others; without `rules`, those that the sandbox was made with."""
    stated = rules.RulesBody().load(bodies.given()).get("rules")
    made = asked.sandbox.config.faults if stated is None else made_of(stated, "rules")
    with asked.lock:
        asked.sandbox.faults.replace(made)
        return get(asked)


def create(asked: AdminRequest) -> Response:
    """Arm one more rule, behind the others."""
    given = rules.RuleBody().load(bodies.given())
    wrong = reach.errors(given, context().vendors)
    if wrong:
        raise ValidationError(wrong)
    made = _made(given)
    with asked.lock:
        held = asked.sandbox.faults
        if len(held.armed) >= RULES_MAXIMUM:
            rule = f"{RULES_MAXIMUM} rules are armed, and there can be no more; DELETE some, spent ones first"
            raise Problem(409, rule)
        armed = held.add(made)
    place = {"Location": f"{request.path}/{armed.id}"}
    return answers.json_response(rules.ArmedRuleBody().dump(_told(armed)), 201, headers=place)


def delete(asked: AdminRequest) -> Response:
    """Disarm a rule."""
    with asked.lock:
        if not asked.sandbox.faults.remove(asked.name):
            ids = ", ".join(each.id for each in asked.sandbox.faults.armed) or "none"
            raise Problem(404, f"there is no fault {asked.name!r}; there are: {ids:.1000}")
    return answers.no_content()


def made_of(given: Sequence[dict[str, Any]], member: str) -> tuple[Rule, ...]:
    """The rules that a list in a body's member means; ValidationError for one that no request can meet."""
    wrong = {place: found for place, rule in enumerate(given) if (found := reach.errors(rule, context().vendors))}
    if wrong:
        raise ValidationError({member: wrong})
    return tuple(_made(rule) for rule in given)


def _made(given: dict[str, Any]) -> Rule:
    """The rule that a body means; 409 for an effect that the server in hand cannot do."""
    stated = given["effect"]
    effect = Effect(**{**stated, "headers": tuple(stated.get("headers", {}).items())})
    # What a server is started with is armed before it serves; it can be no server's request.
    if has_request_context() and (lacking := effect.needs - socket_features.effects(request.environ)):
        raise Problem(409, socket_features.refusal(lacking, request.environ))
    query, phase = tuple(given.get("query", {}).items()), Phase(given.get("phase", Phase.BEFORE))
    return Rule(**{**given, "effect": effect, "query": query, "phase": phase})


def _told(armed: ArmedRule) -> dict[str, Any]:
    rule, effect = armed.rule, armed.rule.effect
    stated = {name: getattr(rule, name) for name in ("vendor", "operation", "path", "times", "share")}
    done = {name: getattr(effect, name) for name in rules.EffectBody().fields}
    told = {
        **stated,
        "query": dict(rule.query) or None,
        "skip": rule.skip or None,
        "phase": rule.phase,
        "effect": _given({**done, "headers": dict(effect.headers) or None}),
    }
    return {"id": armed.id, "hits": armed.hits, **_given(told)}


def _given(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None and value is not False}

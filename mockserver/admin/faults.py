"""Answers which rules of faults are armed in a sandbox, and arms and disarms them.

What a rule may say stays out (`rules`), and so does what becomes of the requests that meet it (`gateway.effects`).
"""

from collections.abc import Sequence
from typing import Any

from flask import Response, has_request_context, request
from marshmallow import ValidationError

from mockserver.admin import answers, bodies, reach, rules
from mockserver.admin.asked import Asked
from mockserver.admin.plane import plane
from mockserver.admin.problems import Problem
from mockserver.gateway import abilities
from mockserver.gateway.faults import RULES_MAXIMUM, Armed, Effect, Phase, Rule


def shown(asked: Asked) -> dict[str, Any]:
    """Every rule, spent ones among them, with its hits."""
    with asked.lock:
        written: dict[str, Any] = rules.ArmedRules().dump(
            {"rules": [_told(each) for each in asked.sandbox.faults.armed]}
        )
    return written


def put(asked: Asked) -> dict[str, Any]:
    """Arm the given rules, and no others; without `rules`, those that the sandbox was made with."""
    stated = rules.RulesBody().load(bodies.given()).get("rules")
    made = asked.sandbox.made.faults if stated is None else made_of(stated, "rules")
    with asked.lock:
        asked.sandbox.faults.replace(made)
        return shown(asked)


def post(asked: Asked) -> Response:
    """Arm one more rule, behind the others."""
    given = rules.RuleBody().load(bodies.given())
    wrong = reach.errors(given, plane().vendors)
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
    return answers.written(rules.ArmedRule().dump(_told(armed)), 201, headers=place)


def deleted(asked: Asked) -> Response:
    """Disarm a rule."""
    with asked.lock:
        if not asked.sandbox.faults.remove(asked.name):
            ids = ", ".join(each.id for each in asked.sandbox.faults.armed) or "none"
            raise Problem(404, f"there is no fault {asked.name!r}; there are: {ids:.1000}")
    return answers.nothing()


def made_of(given: Sequence[dict[str, Any]], member: str) -> tuple[Rule, ...]:
    """The rules that a list in a body's member means; ValidationError for one that no request can meet."""
    wrong = {place: found for place, rule in enumerate(given) if (found := reach.errors(rule, plane().vendors))}
    if wrong:
        raise ValidationError({member: wrong})
    return tuple(_made(rule) for rule in given)


def _made(given: dict[str, Any]) -> Rule:
    """The rule that a body means; 409 for an effect that the server in hand cannot do."""
    stated = given["effect"]
    effect = Effect(**{**stated, "headers": tuple(stated.get("headers", {}).items())})
    # What a server is started with is armed before it serves; it can be no server's request.
    if has_request_context() and (lacking := effect.needs - abilities.effects(request.environ)):
        raise Problem(409, abilities.refusal(lacking, request.environ))
    query, phase = tuple(given.get("query", {}).items()), Phase(given.get("phase", Phase.BEFORE))
    return Rule(**{**given, "effect": effect, "query": query, "phase": phase})


def _told(armed: Armed) -> dict[str, Any]:
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

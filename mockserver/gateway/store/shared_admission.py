"""How a request is let into a sandbox that several servers share: in one call to the engine, which decides everything.

What the rules and the limit would do is worked out before the call, from the sandbox as this server knows it. The
engine counts, if the sandbox is still the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from mockserver.gateway import socket_features
from mockserver.gateway.admission import Result
from mockserver.gateway.armed_faults import ArmedRule, FaultHit
from mockserver.gateway.faults import AfterSteps, FaultEffect, FaultPhase, ShareBy
from mockserver.gateway.journal import Record
from mockserver.gateway.limits import Allowance, LimitBlock, microseconds
from mockserver.gateway.rejection import Rejection
from mockserver.gateway.sandbox import Policy, Sandbox
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Memory, RequestContext

if TYPE_CHECKING:
    from mockserver.gateway.store.shared_registry import SharedRegistry

Item = dict[str, Any]

ADMITTED: Final = "mockserver.admitted"
"""The environ's key of the Admitted of a request that was let in before the app was called, or of the error instead."""

DRAWS = 64
"""For how many requests a share is drawn in advance."""


@dataclass(slots=True)
class Plan:
    """What may happen to a request: the rules of each phase that match it but for the time, and its limit."""

    before: tuple[ArmedRule, ...] = ()
    after: tuple[ArmedRule, ...] = ()
    limit: Item | None = None
    client: tuple[str, str] = ("", "")
    refused: frozenset[FaultEffect] = frozenset()

    def item(self, sandbox: Sandbox, version: int, expires_at: int | None) -> Item:
        """The question to the engine."""
        clock = sandbox.clock
        item: Item = {"sandbox": sandbox.id, "version": version}
        if clock.frozen_at is None:
            item["offset"] = clock.offset // 1000
        else:
            item["frozen"] = microseconds(clock.frozen_at)
        item["before"] = [self._rule(each) for each in self.before]
        item["after"] = [self._rule(each) for each in self.after]
        if self.limit is not None:
            item["limit"] = self.limit
        if expires_at is not None:
            item["token_ends"] = expires_at
        return item

    def correct(self, phase: str, index: int, seen: int) -> None:
        """Note how many requests a rule has seen, as it draws for those after it."""
        rules = self.before if phase == "before" else self.after
        rules[index - 1].seen = seen - 1

    def _rule(self, armed: ArmedRule) -> Item:
        rule = armed.rule
        item: Item = {"id": armed.id, "skip": rule.skip}
        item["goes_on"] = "".join("1" if self._goes_on(each) else "0" for each in rule.effects)
        if rule.then is AfterSteps.REPEAT:
            item["repeats"] = True
        if rule.hits_maximum is not None:
            item["most"] = rule.hits_maximum
        if rule.since is not None:
            item["since"] = microseconds(rule.since)
        if rule.until is not None:
            item["until"] = microseconds(rule.until)
        if rule.share is not None:
            item |= self._draws(armed)
        return item

    def _draws(self, armed: ArmedRule) -> Item:
        """The draws for the next requests that match a rule, of which `seen` have come; one draw for a client."""
        rule, base = armed.rule, armed.seen
        if rule.share_by is ShareBy.CLIENT:
            drawn = rule.draws(armed.key, 0, self.client)
            return {"skip": rule.skip} if drawn else {"skip": 2**52}
        drawn_by_index = (rule.draws(armed.key, index, self.client) for index in range(base, base + DRAWS))
        return {"base": base, "draws": "".join("1" if drawn else "0" for drawn in drawn_by_index)}

    def _goes_on(self, effect: FaultEffect) -> bool:
        """Whether a request with an effect goes on to the limit, and spends from it."""
        is_replaced = effect.reset or effect.rate_limited or effect.html is not None or effect.status is not None
        return not (is_replaced or effect.corrupts or effect in self.refused)


def plan(context: RequestContext, sandbox: Sandbox, effective: "EffectiveStages") -> Plan:
    """The plan for a request that the context's grant lets into a sandbox; empty where a stage refuses it anyway."""
    made = Plan()
    stages = context.stages
    try:
        for stage in takewhile(lambda each: each not in effective, stages[1:]):
            stage(context)
    except Rejection:
        return made
    armed = sandbox.faults.armed
    if armed:
        made.client = context.client
        matching = [each for each in armed if each.rule.matches(context.match_input, at_any_time=True)]
        made.before = tuple(each for each in matching if each.rule.phase is FaultPhase.BEFORE)
        made.after = tuple(each for each in matching if each.rule.phase is FaultPhase.AFTER)
        effects = {effect for each in matching for effect in each.rule.effects}
        environ = context.environ
        made.refused = frozenset(each for each in effects if socket_features.refusal(each.names, environ))
    allowance = sandbox.allowance(context.limit) if effective.limit in stages else None
    if allowance is not None:
        made.limit = limit_item(context.limit, context.bucket_scope, allowance, context.limit_block)
    return made


def limit_item(name: str, scope: str, allowance: Allowance, block: LimitBlock) -> Item:
    """A limit, and the bucket that a request spends from."""
    return {
        "name": f"{name} {scope}",
        "per_minute": allowance.per_minute,
        "burst": allowance.burst,
        "block": block.value,
    }


@dataclass(frozen=True, slots=True)
class EffectiveStages:
    """The stages that change something; the engine has done their work before they run."""

    fault: Callable[[RequestContext], None]
    limit: Callable[[RequestContext], None]

    def __contains__(self, stage: object) -> bool:
        return stage in (self.fault, self.limit)


@dataclass(frozen=True, slots=True)
class Admitted:
    """How a request with a grant was let in before the app was called."""

    grant: Grant
    admission: "SharedAdmission"


@dataclass(slots=True)
class SharedAdmission:
    """What the engine has decided on a request.

    `memory_version` counts how often clients have written at the vendor.
    """

    registry: "SharedRegistry"
    sandbox: Sandbox
    now: datetime
    policy: Policy
    hits: dict[FaultPhase, FaultHit] = field(default_factory=dict)
    wait: int | None = None
    record: Record | None = None
    memory_version: int = 0

    def meet(self, _: RequestContext, phase: FaultPhase) -> FaultHit | None:
        return self.hits.get(phase)

    def take(self, _: RequestContext) -> int | None:
        return self.wait

    def begin_record(self, context: RequestContext) -> Record:
        if self.record is None:
            return context.new_record(self, Record)
        return self.record

    def respond(self, context: RequestContext, view: Callable[[Memory | None], Result]) -> Result:
        return self.registry.memories.respond(context, self.sandbox, self.memory_version, view)


def before(context: RequestContext) -> SharedAdmission | None:
    """How a request was let in before the app was called; the error where it could not be."""
    found = context.environ.pop(ADMITTED, None)
    if isinstance(found, Exception):
        raise found
    return found.admission if isinstance(found, Admitted) and found.grant == context.grant else None


def hit(armed: ArmedRule, hits: int) -> FaultHit:
    """The effect of a rule that had fired so many times before."""
    rule = armed.rule
    index = rule.step_at(hits)
    return FaultHit(armed.id, rule.effects[index], armed.disarmed, index + 1 if rule.steps else None)

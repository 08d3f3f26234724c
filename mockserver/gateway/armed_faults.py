"""The fault rules that are armed in a sandbox: they are tried in order, and only the first that fires counts.

What a rule says is in `faults`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule, MatchInput, ShareBy
from mockserver.gateway.rule_index import RuleIndex
from mockserver.simulation import hashing

RULES_MAXIMUM = 1000
"""How many rules a sandbox can have armed."""


@dataclass(slots=True)
class ArmedRule:
    """An armed rule that draws by `key`: it has `seen` so many matching requests, of which so many were `hits`.

    `disarmed` is set when the requests that wait because of it should stop waiting.
    """

    id: str
    rule: FaultRule
    key: int
    seen: int = 0
    hits: int = 0
    disarmed: Event = field(default_factory=Event)

    @property
    def is_spent(self) -> bool:
        """Whether it will not fire any more."""
        return self.hits == self.rule.hits_maximum

    def hit(self, request: MatchInput) -> "FaultHit | None":
        """Count a request, unless the rule is spent, and return what it gets; None where the rule does not fire."""
        rule = self.rule
        if self.is_spent or not rule.matches(request):
            return None
        self.seen += 1
        if self.seen <= rule.skip or not rule.draws(self.key, self.seen - 1, request.client):
            return None
        index = rule.step_at(self.hits)
        self.hits += 1
        return FaultHit(self.id, rule.effects[index], self.disarmed, index + 1 if rule.steps else None)


@dataclass(frozen=True, slots=True)
class FaultHit:
    """One request for which the rule with an `id` fired: its effect and, in a sequence, its step, counted from 1."""

    id: str
    effect: FaultEffect
    disarmed: Event
    step: int | None

    @property
    def label(self) -> str:
        """The rule and the step, as the journal has them."""
        return self.id if self.step is None else f"{self.id} step {self.step}"


class FaultRules:
    """The rules of one sandbox. Everything but `armed` and `may_fire` needs the sandbox registry's lock."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.armed: tuple[ArmedRule, ...] = ()
        self.reset()

    @property
    def next_number(self) -> int:
        """The number in the id of the next rule."""
        return self._next

    def restore(self, rules: Iterable[tuple[str, FaultRule]], next_number: int) -> None:
        """Have these rules with these ids armed, which no request has met."""
        self._set(tuple(self._with_id(fault_id, rule) for fault_id, rule in rules))
        self._next = next_number

    def reset(self, rules: Iterable[FaultRule] = ()) -> None:
        """Restart the ids, and arm these rules and no others."""
        self._next = 1
        self.replace(rules)

    def replace(self, rules: Iterable[FaultRule]) -> None:
        """Arm these rules and no others."""
        before = self.armed
        self._set(tuple(map(self._armed, rules)))
        for each in before:
            each.disarmed.set()

    def add(self, rule: FaultRule) -> ArmedRule:
        """Arm one more rule, after the others."""
        added = self._armed(rule)
        self._set((*self.armed, added))
        return added

    def remove(self, fault_id: str) -> bool:
        """Disarm a rule; False for an unknown id."""
        removed = [each for each in self.armed if each.id == fault_id]
        self._set(tuple(each for each in self.armed if each.id != fault_id))
        for each in removed:
            each.disarmed.set()
        return bool(removed)

    def match(self, request: MatchInput, phase: FaultPhase) -> FaultHit | None:
        """What the first rule of a phase that fires does; later rules do not count the request."""
        hits = (each.hit(request) for each in self.armed if each.rule.phase is phase)
        return next((hit for hit in hits if hit is not None), None)

    def may_fire(self, vendor: str, operation: str | None, path: str, now: datetime) -> bool:
        """Whether a rule may count or meet a request with some query string and method."""
        return self._index.has_live((vendor, operation, path), now)

    def _set(self, armed: tuple[ArmedRule, ...]) -> None:
        """Change the rules; `armed` stays an attribute, which a request without any rule reads and nothing else."""
        self._index = RuleIndex(armed)
        self.armed = armed

    def _armed(self, rule: FaultRule) -> ArmedRule:
        number, self._next = self._next, self._next + 1
        return self._with_id(f"fault-{number}", rule)

    def _with_id(self, fault_id: str, rule: FaultRule) -> ArmedRule:
        return ArmedRule(fault_id, rule, hashing.key(self._seed, "fault", _draw_text(rule)))


_FIRST_FIELDS = ("vendor", "operation", "path", "query", "times", "skip", "share")
"""The fields of the first release, in its order, between a rule's effect and its phase."""


def _draw_text(rule: FaultRule) -> str:
    """The text that a rule draws by: the repr of the first release, so that draws stay equal, and all later fields.

    A later field is only there where it is set.
    """
    first = ", ".join(f"{name}={getattr(rule, name)!r}" for name in _FIRST_FIELDS)
    text = f"Rule(effect={_effect_text(rule.effect)}, {first}, phase=<Phase.{rule.phase.name}: {str(rule.phase)!r}>"
    return text + "".join(_later_texts(rule)) + ")"


def _later_texts(rule: FaultRule) -> Iterator[str]:
    if rule.steps:
        yield f", steps=[{', '.join(map(_effect_text, rule.steps))}], then={rule.then}"
    if rule.share_by is not ShareBy.REQUEST:
        yield f", share_by={rule.share_by}"
    if rule.request_headers:
        yield f", request_headers={rule.request_headers!r}"
    yield from (f", {name}={value.isoformat()}" for name in ("since", "until") if (value := getattr(rule, name)))


def _effect_text(effect: FaultEffect) -> str:
    return repr(effect).replace("FaultEffect(", "Effect(", 1)

"""Fault rules: which requests get an effect. Rules are tried in order, and only the first that fires counts.

`effects` produces an effect; `admin` checks whether a rule can match at all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from itertools import count
from threading import Event

from mockserver.simulation import hashing

RULES_MAXIMUM = 1000
"""How many rules a sandbox can have armed."""

_DRAWS = 1 << 64


class FaultPhase(StrEnum):
    """When a rule applies: between authentication and the limiter, or after the view."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class FaultEffect:
    """What happens to a request; at most one of `status`, `html`, `rate_limited` and `reset` replaces the answer.

    Seconds are of the wall clock, bytes of the body as it is sent: with `gzip`, of the compressed one. `code`,
    `message`, `error` and `empty` belong to `status`, and `headers` to any answer.
    """

    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    delay_seconds: Decimal | None = None
    reset: bool = False
    truncate_bytes: int | None = None
    stall_seconds: Decimal | None = None
    after_bytes: int | None = None
    malformed_json: bool = False
    html: int | None = None
    rate_limited: bool = False
    empty: bool = field(default=False, repr=False)
    error: bool = field(default=False, repr=False)
    chunked: bool = field(default=False, repr=False)
    cut_after_bytes: int | None = field(default=None, repr=False)
    gzip: bool = field(default=False, repr=False)
    close_idle: bool = field(default=False, repr=False)

    def __repr__(self) -> str:
        """The fields of the first release, and later ones where they are set, because rules draw by this text."""
        shown = (each.name for each in fields(self) if each.repr or each.name in self.names)
        return f"FaultEffect({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    @property
    def corrupts(self) -> bool:
        """Whether a body arrives that is not the answer's, or not at once."""
        return self.malformed_json or self.stall_seconds is not None or self.end is not None

    @property
    def end(self) -> int | None:
        """After how many bytes the body ends early; None where it does not."""
        return self.truncate_bytes if self.cut_after_bytes is None else self.cut_after_bytes

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields that are set."""
        return frozenset(each.name for each in fields(self) if getattr(self, each.name) != each.default)


@dataclass(frozen=True, slots=True)
class MatchInput:
    """What rules match on; `values` gives the values of a query parameter."""

    vendor: str
    operation: str | None
    method: str
    path: str
    values: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Which requests get an effect: those that match every field, after `skip` of them, at most `times`.

    `path` may contain `*` for any characters. A fraction `share` of the matching requests is drawn; None draws all.
    """

    effect: FaultEffect
    vendor: str | None = None
    operation: str | None = None
    path: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    times: int | None = None
    skip: int = 0
    share: Decimal | None = None
    phase: FaultPhase = FaultPhase.BEFORE

    def matches(self, request: MatchInput) -> bool:
        """Whether a request matches every field; an effect on bodies does not match a HEAD."""
        return (
            self.may_match(request.vendor, request.operation, request.path)
            and all(value in request.values(name) for name, value in self.query)
            and not (self.effect.corrupts and request.method == "HEAD")
        )

    def may_match(self, vendor: str, operation: str | None, path: str) -> bool:
        """Whether a request matches every field but those that concern its query string and method."""
        return (
            self.vendor in (None, vendor)
            and self.operation in (None, operation)
            and (self.path is None or matches_glob(self.path, path))
        )

    def draws(self, key: int, index: int) -> bool:
        """Whether the matching request with an index is in the share: exact, and the same for the same key."""
        if self.share is None:
            return True
        part, whole = self.share.as_integer_ratio()
        return hashing.scalar(key, index) * whole < part * _DRAWS


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

    def fires(self, request: MatchInput) -> bool:
        """Count a request, unless the rule is used up, and return whether it gets the effect."""
        if self.hits == self.rule.times or not self.rule.matches(request):
            return False
        self.seen += 1
        if self.seen <= self.rule.skip or not self.rule.draws(self.key, self.seen - 1):
            return False
        self.hits += 1
        return True


_GLANCE_MAXIMUM = 16
"""Of how many rules `may_fire` looks at each: it must take no longer than a few microseconds."""


class FaultRules:
    """The rules of one sandbox. Everything but `armed` and `may_fire` needs the sandbox registry's lock."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.armed: tuple[ArmedRule, ...] = ()
        self.reset()

    def reset(self, rules: Iterable[FaultRule] = ()) -> None:
        """Restart the ids, and arm these rules and no others."""
        self._ids = count(1)
        self.replace(rules)

    def replace(self, rules: Iterable[FaultRule]) -> None:
        """Arm these rules and no others."""
        before, self.armed = self.armed, tuple(self._armed(rule) for rule in rules)
        for each in before:
            each.disarmed.set()

    def add(self, rule: FaultRule) -> ArmedRule:
        """Arm one more rule, after the others."""
        added = self._armed(rule)
        self.armed = (*self.armed, added)
        return added

    def remove(self, fault_id: str) -> bool:
        """Disarm a rule; False for an unknown id."""
        removed = [each for each in self.armed if each.id == fault_id]
        self.armed = tuple(each for each in self.armed if each.id != fault_id)
        for each in removed:
            each.disarmed.set()
        return bool(removed)

    def match(self, request: MatchInput, phase: FaultPhase) -> ArmedRule | None:
        """The first rule of a phase that fires; later rules do not count the request."""
        return next((each for each in self.armed if each.rule.phase is phase and each.fires(request)), None)

    def may_fire(self, vendor: str, operation: str | None, path: str) -> bool:
        """Whether a rule may count or meet a request. In doubt, it may: of many rules, none is looked at."""
        armed = self.armed
        return len(armed) > _GLANCE_MAXIMUM or any(
            each.hits != each.rule.times and each.rule.may_match(vendor, operation, path) for each in armed
        )

    def _armed(self, rule: FaultRule) -> ArmedRule:
        return ArmedRule(f"fault-{next(self._ids)}", rule, hashing.key(self._seed, "fault", _draw_text(rule)))


def _draw_text(rule: FaultRule) -> str:
    """The text that a rule draws by: its repr, but with the class names of the first release, so draws stay equal."""
    head, _, phase = repr(rule).rpartition("<FaultPhase.")
    return f"{head}<Phase.{phase}".replace("FaultRule(effect=FaultEffect(", "Rule(effect=Effect(", 1)


def matches_glob(pattern: str, path: str) -> bool:
    """Whether a path matches a pattern, in which `*` stands for any characters; in linear time."""
    first, *others = pattern.split("*")
    if not others:
        return path == first
    *inner, last = others
    at, end = len(first), len(path) - len(last)
    if at > end or not path.startswith(first) or not path.endswith(last):
        return False
    for part in inner:
        found = path.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True

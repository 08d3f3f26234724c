"""Answers which armed rule a request meets: rules in order, of which the first that fires is the only one.

What a fault then does to the answer stays out (`effects`), and so does whether a rule can match at all (`admin.reach`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import count
from threading import Event

from mockserver.gateway import socket_features
from mockserver.simulation import hashing

RULES_MAXIMUM = 1000
"""How many rules a sandbox can have armed."""

_DRAWS = 1 << 64


class Phase(StrEnum):
    """Where a rule stands: between authentication and the limiter, or behind the view."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to a request; at most one of `status`, `html`, `rate_limited` and `reset` takes the answer's place.

    Seconds are of the wall clock, bytes of the body. `code`, `message` and `headers` belong to that answer.
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

    @property
    def corrupts(self) -> bool:
        """Whether it does something to a body."""
        return self.malformed_json or self.truncate_bytes is not None or self.stall_seconds is not None

    @property
    def needs(self) -> frozenset[str]:
        """What the server must be able to do with its socket."""
        needed = {
            socket_features.RESET: self.reset,
            socket_features.TRUNCATE: self.truncate_bytes is not None,
            socket_features.STALL: self.stall_seconds is not None,
        }
        return frozenset(name for name, need in needed.items() if need)


@dataclass(frozen=True, slots=True)
class MatchInput:
    """What rules look at of a request; `values` gives those of a query parameter."""

    vendor: str
    operation: str | None
    method: str
    path: str
    values: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which requests meet an effect: those with everything that is stated, after `skip` of them, at most `times`.

    `path` may hold `*`, which stands for any characters. `share` of them are drawn; None draws all.
    """

    effect: Effect
    vendor: str | None = None
    operation: str | None = None
    path: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    times: int | None = None
    skip: int = 0
    share: Decimal | None = None
    phase: Phase = Phase.BEFORE

    def matches(self, asked: MatchInput) -> bool:
        """Whether a request has everything that is stated; one without a body has nothing to spoil."""
        return (
            self.vendor in (None, asked.vendor)
            and self.operation in (None, asked.operation)
            and (self.path is None or matches_glob(self.path, asked.path))
            and all(value in asked.values(name) for name, value in self.query)
            and not (self.effect.corrupts and asked.method == "HEAD")
        )

    def draws(self, key: int, place: int) -> bool:
        """Whether the request at a place, counted from 0, is in the share: exact, and the same for the same key."""
        if self.share is None:
            return True
        part, whole = self.share.as_integer_ratio()
        return hashing.scalar(key, place) * whole < part * _DRAWS


@dataclass(slots=True)
class ArmedRule:
    """A rule at work: how many requests it has `seen`, and how many `hits` of them met its effect.

    Its draws come from `key`.
    """

    id: str
    rule: Rule
    key: int
    seen: int = 0
    hits: int = 0

    def fires(self, asked: MatchInput) -> bool:
        """Look at a request, unless the rule is spent, and tell whether it meets the effect."""
        if self.hits == self.rule.times or not self.rule.matches(asked):
            return False
        self.seen += 1
        if self.seen <= self.rule.skip or not self.rule.draws(self.key, self.seen - 1):
            return False
        self.hits += 1
        return True


class Faults:
    """The rules of one sandbox. All of it is for the lock of the app's state, but for reading `armed` and `released`.

    `released` is set once those who wait need wait no longer.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._ids = count(1)
        self.armed: tuple[ArmedRule, ...] = ()
        self.released = Event()

    def clear(self) -> None:
        """Disarm every rule, release those who wait, and begin to count anew."""
        self.released.set()
        self.released = Event()
        self.armed = ()
        self._ids = count(1)

    def replace(self, rules: Iterable[Rule]) -> None:
        """Arm these rules, and no others."""
        self.armed = tuple(self._armed(rule) for rule in rules)

    def add(self, rule: Rule) -> ArmedRule:
        """Arm one more rule, behind the others."""
        added = self._armed(rule)
        self.armed = (*self.armed, added)
        return added

    def remove(self, fault_id: str) -> bool:
        """Disarm a rule; False where there is none with this id."""
        kept = tuple(each for each in self.armed if each.id != fault_id)
        found = len(kept) < len(self.armed)
        self.armed = kept
        return found

    def match(self, asked: MatchInput, phase: Phase) -> ArmedRule | None:
        """The first rule of a phase that fires; those behind it do not see the request."""
        return next((each for each in self.armed if each.rule.phase is phase and each.fires(asked)), None)

    def _armed(self, rule: Rule) -> ArmedRule:
        return ArmedRule(f"fault-{next(self._ids)}", rule, hashing.key(self._seed, "fault", repr(rule)))


def matches_glob(pattern: str, path: str) -> bool:
    """Whether a path is as the pattern has it, in which `*` stands for any characters; in linear time."""
    first, *rest = pattern.split("*")
    if not rest:
        return path == pattern
    if not path.startswith(first):
        return False
    *inner, last = rest
    at = len(first)
    for piece in inner:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return path.endswith(last) and len(path) - len(last) >= at

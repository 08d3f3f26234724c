"""Fault rules as records: which requests get which effect.

`armed_faults` has the rules that are armed in a sandbox; `effects` produces an effect; `admin` checks whether a rule
can match at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from mockserver.simulation import hashing

_DRAWS = 1 << 64


class FaultPhase(StrEnum):
    """When a rule applies: between authentication and the limiter, or after the view."""

    BEFORE = "before"
    AFTER = "after"


class AfterSteps(StrEnum):
    """What a rule does after the last step of its sequence: begin again, fire no more, or stay at the last step."""

    REPEAT = "repeat"
    PASS = "pass"  # noqa: S105 (not a password)
    LAST = "last"


class ShareBy(StrEnum):
    """What a share is drawn for: each request, or each client, whose requests then all get the effect or none."""

    REQUEST = "request"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class FaultEffect:
    """What happens to a request; at most one of `status`, `html`, `rate_limited` and `reset` replaces the answer.

    Without any field, the request gets its genuine answer. Seconds are of the wall clock, bytes of the body as it is
    sent: with `gzip`, of the compressed one. `code`, `message`, `error` and `empty` belong to `status`, and `headers`
    to any answer, with each name as often as it is there. `retry_after_date` is in seconds after the time in the
    answer's Date.
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
    byte_order_mark: bool = field(default=False, repr=False)
    drip_seconds: Decimal | None = field(default=None, repr=False)
    retry_after_date: int | None = field(default=None, repr=False)
    short_length: int | None = field(default=None, repr=False)
    json_nan: bool = field(default=False, repr=False)
    json_duplicate_key: bool = field(default=False, repr=False)

    def __repr__(self) -> str:
        """The fields of the first release, and later ones where they are set, because rules draw by this text."""
        shown = (each.name for each in fields(self) if each.repr or each.name in self.names)
        return f"FaultEffect({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    @property
    def corrupts(self) -> bool:
        """Whether a body arrives that is not the answer's, or not at once."""
        is_late = self.stall_seconds is not None or self.drip_seconds is not None
        has_other_end = self.end is not None or self.short_length is not None
        return self.changes_json or self.byte_order_mark or is_late or has_other_end

    @property
    def changes_json(self) -> bool:
        """Whether a body is not the JSON that it should be."""
        return self.malformed_json or self.json_nan or self.json_duplicate_key

    @property
    def end(self) -> int | None:
        """After how many bytes the body ends early; None where it does not."""
        return self.truncate_bytes if self.cut_after_bytes is None else self.cut_after_bytes

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields that are set."""
        return frozenset(each.name for each in fields(self) if getattr(self, each.name) != each.default)


GENUINE = FaultEffect()
"""The effect of a step that lets a request pass to its genuine answer."""


@dataclass(frozen=True, slots=True)
class MatchInput:
    """What rules match on; `values` gives the values of a query parameter, and `now` is the time in the sandbox.

    `header` gives the value of a header, None where it was not sent. `client` identifies the client: the id of its
    token, and its User-Agent.
    """

    vendor: str
    operation: str | None
    method: str
    path: str
    values: Callable[[str], Sequence[str]]
    now: datetime
    client: tuple[str, str]
    header: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Which requests get an effect, or the effects of a sequence of `steps` in turn.

    A rule counts the requests that match every field, from `since` until before `until` on the sandbox's clock. It
    fires for those after the first `skip`, if they are in its `share`, at most `times`. `path`, and the values of
    `request_headers`, may contain `*` for any characters. The first request that it fires for gets the first step, and
    so on; `then` is what follows the last.
    """

    effect: FaultEffect = GENUINE
    vendor: str | None = None
    operation: str | None = None
    path: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    times: int | None = None
    skip: int = 0
    share: Decimal | None = None
    phase: FaultPhase = FaultPhase.BEFORE
    steps: tuple[FaultEffect, ...] = ()
    then: AfterSteps = AfterSteps.PASS
    since: datetime | None = None
    until: datetime | None = None
    share_by: ShareBy = ShareBy.REQUEST
    request_headers: tuple[tuple[str, str], ...] = ()

    @property
    def effects(self) -> tuple[FaultEffect, ...]:
        """Its effect, or those of its steps."""
        return self.steps or (self.effect,)

    @property
    def hits_maximum(self) -> int | None:
        """For how many requests it fires at most; None for any number."""
        steps = len(self.steps) if self.steps and self.then is AfterSteps.PASS else None
        return min((each for each in (self.times, steps) if each is not None), default=None)

    def step_at(self, hit: int) -> int:
        """The index of the step for the request that it fires for, counted from 0; 0 without steps."""
        length = len(self.effects)
        return hit % length if self.then is AfterSteps.REPEAT else min(hit, length - 1)

    def matches(self, request: MatchInput, *, at_any_time: bool = False) -> bool:
        """Whether a request matches every field; a rule with an effect on bodies does not match a HEAD."""
        return (
            self.concerns(request.vendor, request.operation, request.path)
            and (at_any_time or self.is_in_force(request.now))
            and all(value in request.values(name) for name, value in self.query)
            and all(matches_value(pattern, request.header(name)) for name, pattern in self.request_headers)
            and not (request.method == "HEAD" and any(effect.corrupts for effect in self.effects))
        )

    def concerns(self, vendor: str, operation: str | None, path: str) -> bool:
        """Whether a request matches every field but those for its query string, its method and its time."""
        return (
            self.vendor in (None, vendor)
            and self.operation in (None, operation)
            and (self.path is None or matches_glob(self.path, path))
        )

    def is_in_force(self, now: datetime) -> bool:
        """Whether a time lies in its period, which ends before `until`."""
        return (self.since is None or self.since <= now) and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Whether its period has ended."""
        return self.until is not None and now >= self.until

    def draws(self, key: int, index: int, client: tuple[str, str]) -> bool:
        """Whether the matching request with an index is in the share: exact, and the same for the same key."""
        if self.share is None:
            return True
        if self.share_by is ShareBy.CLIENT:
            key, index = hashing.key(key, "client", *client), 0
        part, whole = self.share.as_integer_ratio()
        return hashing.scalar(key, index) * whole < part * _DRAWS


def matches_value(pattern: str, value: str | None) -> bool:
    """Whether a header was sent, with a value that matches a pattern."""
    return value is not None and matches_glob(pattern, value)


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

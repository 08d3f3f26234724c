"""Token buckets that run on the sandbox's clock, in whole numbers. The vendor decides which requests share a bucket."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from mockserver.simulation.clock import nanoseconds

_MINUTE = 60_000_000
"""Microseconds in a minute; also the units of one request, so that `per_minute` units are refilled each microsecond."""


class LimitMode(StrEnum):
    """A limit without numbers of its own: the vendor's documented one, or none."""

    DOCUMENTED = "documented"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests are refilled in a minute, and how many can be saved up."""

    per_minute: int
    burst: int


Limit = LimitMode | Allowance


class LimitScope(StrEnum):
    """Which requests share a bucket: all of the organization's, or those with the same token."""

    ORGANIZATION = "organization"
    TOKEN = "token"  # noqa: S105 (no secret)


class LimitBlock(StrEnum):
    """What an empty bucket does: refuse until a request is refilled, or refuse everything for a minute."""

    REFILL = "refill"
    MINUTE = "minute"


@dataclass(slots=True)
class TokenBucket:
    """Units left, when they were counted, and until when nothing passes; times are in microseconds."""

    units: int
    at: int
    blocked_until: int = 0

    def take(self) -> bool:
        """Take the units of one request, if they are there."""
        if self.units < _MINUTE:
            return False
        self.units -= _MINUTE
        return True


@dataclass(frozen=True, slots=True)
class BucketState:
    """A bucket now: whole requests left, and seconds until it is full again."""

    scope: str
    remaining: int
    full_in_seconds: int


@dataclass(slots=True)
class Limiter:
    """The buckets of one vendor in one sandbox, by scope."""

    buckets: dict[str, TokenBucket] = field(default_factory=dict)

    def take(self, scope: str, allowance: Allowance, at: int, block: LimitBlock) -> int | None:
        """Let one request through (None), or refuse it at no cost: the microseconds until one would pass.

        `at` is the time, in microseconds since 1970.
        """
        bucket = self.filled(scope, allowance, at, block)
        if at < bucket.blocked_until:
            return bucket.blocked_until - at
        if bucket.take():
            return None
        if block is LimitBlock.MINUTE:
            bucket.blocked_until = at + _MINUTE
            return _MINUTE
        return -(-(_MINUTE - bucket.units) // allowance.per_minute)

    def filled(self, scope: str, allowance: Allowance, at: int, block: LimitBlock) -> TokenBucket:
        """The bucket of a scope, refilled up to a time; who takes from it looks first whether it is blocked."""
        bucket = self.buckets.get(scope)
        if bucket is None:
            bucket = self.buckets[scope] = TokenBucket(allowance.burst * _MINUTE, at)
        _fill(bucket, allowance, at)
        if block is LimitBlock.REFILL:
            bucket.blocked_until = at
        return bucket

    def states(self, allowance: Allowance, now: datetime) -> list[BucketState]:
        """Every bucket at `now`, by scope. To look changes none: a clock may be set back afterwards."""
        at = microseconds(now)
        states = []
        for scope in sorted(self.buckets):
            bucket = replace(self.buckets[scope])
            _fill(bucket, allowance, at)
            blocked = max(bucket.blocked_until - at, 0)
            wait = -(-(allowance.burst * _MINUTE - bucket.units) // allowance.per_minute)
            remaining = 0 if blocked else bucket.units // _MINUTE
            states.append(BucketState(scope, remaining, seconds(max(blocked, wait))))
        return states


def _fill(bucket: TokenBucket, allowance: Allowance, at: int) -> None:
    """Refill a bucket up to now; if the clock was set back, a block moves back with it."""
    elapsed = at - bucket.at
    if elapsed < 0:
        bucket.blocked_until += elapsed
        elapsed = 0
    bucket.units = min(bucket.units + elapsed * allowance.per_minute, allowance.burst * _MINUTE)
    bucket.at = at


def seconds(microseconds: int) -> int:
    """Whole seconds, rounded up, so that a client that waits this long passes."""
    return -(-microseconds // 1_000_000)


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return nanoseconds(moment) // 1000

"""Answers whether a request may pass: token buckets on the sandbox's clock, in whole numbers.

Which requests are counted together stays out (the vendor's switches say), and so do the words of a 429.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000
"""Microseconds in a minute; also the units of one token, so that `per_minute` units come back each microsecond."""


class LimitMode(StrEnum):
    """A limit that is not given as numbers: the vendor's documented one, or none."""

    DOCUMENTED = "documented"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests come back in a minute, and how many may be saved up."""

    per_minute: int
    burst: int


Limit = LimitMode | Allowance


class Scope(StrEnum):
    """Which requests share a bucket: all of the organization's, or those with the same token."""

    ORGANIZATION = "organization"
    TOKEN = "token"  # noqa: S105 (no secret)


class Block(StrEnum):
    """What an empty bucket does: refuse until a request is back, or refuse everything for a minute."""

    REFILL = "refill"
    MINUTE = "minute"


@dataclass(slots=True)
class TokenBucket:
    """Units left (a token is a minute's microseconds), when that was counted, and until when nothing passes."""

    units: int
    at: int
    blocked_until: int = 0


@dataclass(frozen=True, slots=True)
class BucketState:
    """A bucket as it stands: whole requests left, and seconds until it is full again."""

    scope: str
    remaining: int
    full_in_seconds: int


@dataclass(slots=True)
class Limiter:
    """The buckets of one vendor in one sandbox, by scope."""

    buckets: dict[str, TokenBucket] = field(default_factory=dict)

    def take(self, scope: str, allowance: Allowance, now: datetime, block: Block) -> int | None:
        """Let one request through (None), or refuse it at no cost: the microseconds until one would pass."""
        instant = _microseconds(now)
        bucket = self._filled(scope, allowance, instant)
        if block is Block.REFILL:
            bucket.blocked_until = instant
        if instant < bucket.blocked_until:
            return bucket.blocked_until - instant
        if bucket.units >= _MINUTE:
            bucket.units -= _MINUTE
            return None
        if block is Block.MINUTE:
            bucket.blocked_until = instant + _MINUTE
            return _MINUTE
        return -(-(_MINUTE - bucket.units) // allowance.per_minute)

    def _filled(self, scope: str, allowance: Allowance, instant: int) -> TokenBucket:
        full = allowance.burst * _MINUTE
        bucket = self.buckets.setdefault(scope, TokenBucket(full, instant))
        if instant < bucket.at:
            bucket.blocked_until -= bucket.at - instant
        elapsed = max(instant - bucket.at, 0)
        bucket.units = min(bucket.units + elapsed * allowance.per_minute, full)
        bucket.at = instant
        return bucket

    def states(self, allowance: Allowance, now: datetime) -> list[BucketState]:
        """Every bucket as it stands at `now`, by scope."""
        instant = _microseconds(now)
        filled = {scope: self._filled(scope, allowance, instant) for scope in sorted(self.buckets)}
        return [self._state(scope, bucket, allowance, instant) for scope, bucket in filled.items()]

    @staticmethod
    def _state(scope: str, bucket: TokenBucket, allowance: Allowance, instant: int) -> BucketState:
        blocked = max(bucket.blocked_until - instant, 0)
        wait = -(-(allowance.burst * _MINUTE - bucket.units) // allowance.per_minute)
        remaining = 0 if blocked else bucket.units // _MINUTE
        return BucketState(scope, remaining, seconds(max(blocked, wait)))


def seconds(microseconds: int) -> int:
    """Whole seconds, rounded up, so that a client who waits that long is let through."""
    return -(-microseconds // 1_000_000)


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def effective_allowance(limit: Limit, documented: Allowance | None) -> Allowance | None:
    """The allowance that a setting means for a vendor; None where nothing is limited."""
    if isinstance(limit, Allowance):
        return limit
    return documented if limit is LimitMode.DOCUMENTED else None

"""Promises about the limiter: never more than was saved up and came back, free refusals, exact waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gateway import limits
from mockserver.gateway.limits import Allowance, BucketState, LimitBlock, Limiter

START = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
DOCUMENTED = Allowance(per_minute=10, burst=20)
ALLOWANCES = st.builds(Allowance, st.integers(1, 1000), st.integers(1, 50))
PAUSES = st.lists(st.integers(0, 90_000_000), min_size=1, max_size=120)


def _take(
    limiter: Limiter, at: datetime, allowance: Allowance = DOCUMENTED, block: LimitBlock = LimitBlock.REFILL
) -> int | None:
    return limiter.take("all", allowance, limits.microseconds(at), block)


def _emptied(allowance: Allowance = DOCUMENTED) -> Limiter:
    limiter = Limiter()
    assert [_take(limiter, START, allowance) for _ in range(allowance.burst)] == [None] * allowance.burst
    return limiter


def _passed(allowance: Allowance, pauses: list[int], block: LimitBlock) -> list[int]:
    """The microseconds at which requests pass, one being sent after each pause."""
    limiter, now, passed = Limiter(), 0, []
    for pause in pauses:
        now += pause
        if _take(limiter, START + now * MICROSECOND, allowance, block) is None:
            passed.append(now)
    return passed


@given(ALLOWANCES, PAUSES, st.sampled_from(LimitBlock))
def test_no_window_exceeds_burst_and_refill(allowance: Allowance, pauses: list[int], block: LimitBlock) -> None:
    passed = _passed(allowance, pauses, block)
    for first, since in enumerate(passed):
        for count, until in enumerate(passed[first:], start=1):
            assert (count - allowance.burst) * 60_000_000 <= allowance.per_minute * (until - since)


@given(ALLOWANCES, st.integers(0, 30))
def test_refusal_costs_nothing(allowance: Allowance, refusals: int) -> None:
    patient, pushy = _emptied(allowance), _emptied(allowance)
    for index in range(refusals):
        _take(pushy, START + index * MICROSECOND, allowance)
    later = START + 17 * MINUTE
    assert pushy.states(allowance, later) == patient.states(allowance, later)


@given(ALLOWANCES, st.integers(0, 59_999))
def test_wait_is_exact_to_the_microsecond(allowance: Allowance, after: int) -> None:
    now = START + after * MICROSECOND
    wait = _take(_emptied(allowance), now, allowance)
    assert wait is not None
    assert wait > 0
    early, punctual, whole = (_emptied(allowance) for _ in range(3))
    assert _take(early, now + (wait - 1) * MICROSECOND, allowance) == 1
    assert _take(punctual, now + wait * MICROSECOND, allowance) is None
    assert _take(whole, now + timedelta(seconds=limits.seconds(wait)), allowance) is None


def test_ten_a_minute_refill_every_six_seconds() -> None:
    limiter = _emptied()
    assert _take(limiter, START) == 6_000_000
    assert _take(limiter, START + timedelta(seconds=6)) is None
    assert _take(limiter, START + timedelta(seconds=6)) == 6_000_000


def test_burst_is_the_maximum() -> None:
    limiter = _emptied()
    much_later = START + timedelta(days=400)
    assert [_take(limiter, much_later) for _ in range(21)] == [None] * 20 + [6_000_000]


def test_each_scope_has_its_own_bucket() -> None:
    limiter = _emptied()
    assert limiter.take("another", DOCUMENTED, limits.microseconds(START), LimitBlock.REFILL) is None
    assert _take(limiter, START) is not None


def test_clock_moved_back_neither_fills_nor_blocks() -> None:
    limiter = _emptied()
    earlier = START - timedelta(days=3)
    assert _take(limiter, earlier) == 6_000_000
    assert _take(limiter, earlier + timedelta(seconds=6)) is None


def test_block_ends_after_exactly_a_minute() -> None:
    limiter = _emptied()
    assert _take(limiter, START, block=LimitBlock.MINUTE) == 60_000_000
    assert _take(limiter, START + MINUTE - MICROSECOND, block=LimitBlock.MINUTE) == 1
    assert [_take(limiter, START + MINUTE, block=LimitBlock.MINUTE) for _ in range(11)] == [None] * 10 + [60_000_000]


def test_requests_do_not_extend_a_block() -> None:
    limiter = _emptied()
    for second in range(60):
        assert _take(limiter, START + timedelta(seconds=second), block=LimitBlock.MINUTE) == (60 - second) * 1_000_000
    assert _take(limiter, START + MINUTE, block=LimitBlock.MINUTE) is None


def test_block_moves_with_a_clock_moved_back() -> None:
    limiter = _emptied()
    _take(limiter, START, block=LimitBlock.MINUTE)
    _take(limiter, START + timedelta(seconds=20), block=LimitBlock.MINUTE)
    earlier = START - timedelta(days=1)
    assert _take(limiter, earlier, block=LimitBlock.MINUTE) == 40_000_000
    assert _take(limiter, earlier + timedelta(seconds=40), block=LimitBlock.MINUTE) is None


@pytest.mark.parametrize(
    ("taken", "after", "state"),
    [
        (0, 0, (20, 0)),
        (1, 0, (19, 6)),
        (20, 0, (0, 120)),
        (20, 5.999999, (0, 115)),
        (20, 6, (1, 114)),
        (20, 119.5, (19, 1)),
        (20, 120, (20, 0)),
    ],
)
def test_bucket_state_has_rest_and_refill_time(taken: int, after: float, state: tuple[int, int]) -> None:
    limiter = Limiter()
    limiter.states(DOCUMENTED, START)
    limiter.take("b", DOCUMENTED, limits.microseconds(START), LimitBlock.REFILL)
    for _ in range(taken):
        limiter.take("a", DOCUMENTED, limits.microseconds(START), LimitBlock.REFILL)
    result = {each.scope: (each.remaining, each.full_in_seconds) for each in _states(limiter, after)}
    assert result.get("a", (20, 0)) == state


def _states(limiter: Limiter, after: float) -> list[BucketState]:
    return limiter.states(DOCUMENTED, START + timedelta(seconds=after))


def test_buckets_are_listed_by_scope() -> None:
    limiter = Limiter()
    for scope in ("token b", "organization", "token a"):
        limiter.take(scope, DOCUMENTED, limits.microseconds(START), LimitBlock.REFILL)
    assert [each.scope for each in _states(limiter, 0)] == ["organization", "token a", "token b"]


def test_blocked_bucket_has_nothing_left() -> None:
    limiter = _emptied()
    _take(limiter, START, block=LimitBlock.MINUTE)
    assert _states(limiter, 30) == [BucketState("all", 0, 90)]
    assert _states(limiter, 59.5) == [BucketState("all", 0, 61)]
    quick = Allowance(per_minute=600, burst=1)
    full = _emptied(quick)
    _take(full, START, quick, LimitBlock.MINUTE)
    assert full.states(quick, START + timedelta(seconds=30)) == [BucketState("all", 0, 30)]


def test_listing_buckets_changes_nothing() -> None:
    limiter, untouched = _emptied(), _emptied()
    for second in range(0, 60, 7):
        _states(limiter, second)
    assert _states(limiter, 60) == _states(untouched, 60)


@pytest.mark.parametrize(("microseconds", "whole"), [(0, 0), (1, 1), (1_000_000, 1), (1_000_001, 2)])
def test_seconds_are_rounded_up(microseconds: int, whole: int) -> None:
    assert limits.seconds(microseconds) == whole


def test_block_ends_when_the_switch_changes() -> None:
    limiter = _emptied()
    assert _take(limiter, START, block=LimitBlock.MINUTE) == 60_000_000
    assert _take(limiter, START + timedelta(seconds=6), block=LimitBlock.MINUTE) == 54_000_000
    assert _take(limiter, START + timedelta(seconds=6), block=LimitBlock.REFILL) is None


def test_looking_at_a_bucket_does_not_change_it() -> None:
    limiter = _emptied()
    assert _states(limiter, 3600) == [BucketState("all", 20, 0)]
    assert _states(limiter, 0) == [BucketState("all", 0, 120)]

"""Promises about sequences of effects, about the time when a rule is in force, and about shares of clients."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockserver.gateway.armed_faults import FaultHit, FaultRules
from mockserver.gateway.faults import GENUINE, AfterSteps, FaultEffect, FaultPhase, FaultRule, MatchInput, ShareBy
from tests.gateway.parrot import NOW, UNLIMITED, WHOLE, Aviary
from tests.gateway.test_faults import REQUEST, armed

LIMITED, DOWN, PAGE = FaultEffect(rate_limited=True), FaultEffect(status=503), FaultEffect(html=502)
STEPS = (LIMITED, DOWN, GENUINE, PAGE)
SECOND = timedelta(seconds=1)


def hits(faults: FaultRules, times: int, request: MatchInput = REQUEST) -> list[FaultHit | None]:
    """What so many equal requests get."""
    return [faults.match(request, FaultPhase.BEFORE) for _ in range(times)]


def effects(found: Iterable[FaultHit | None]) -> list[FaultEffect | None]:
    return [None if each is None else each.effect for each in found]


def labels(found: Iterable[FaultHit | None]) -> list[str | None]:
    return [None if each is None else each.label for each in found]


AFTER: dict[AfterSteps, list[FaultEffect | None]] = {
    AfterSteps.REPEAT: [*STEPS, *STEPS, LIMITED],
    AfterSteps.PASS: [*STEPS, None, None, None, None, None],
    AfterSteps.LAST: [*STEPS, PAGE, PAGE, PAGE, PAGE, PAGE],
}


@pytest.mark.parametrize(("then", "expected"), AFTER.items(), ids=AFTER)
def test_nth_request_gets_the_nth_step(then: AfterSteps, expected: list[FaultEffect | None]) -> None:
    faults = armed(FaultRule(steps=STEPS, then=then))
    assert effects(hits(faults, 9)) == expected
    assert faults.armed[0].hits == 9 - expected.count(None)


def test_hit_names_its_step() -> None:
    faults = armed(FaultRule(steps=STEPS, then=AfterSteps.REPEAT), FaultRule(DOWN))
    steps = [f"fault-1 step {number}" for number in (1, 2, 3, 4, 1)]
    assert labels(hits(faults, 5)) == steps
    assert labels(hits(armed(FaultRule(DOWN)), 1)) == ["fault-1"]


def test_rule_after_a_sequence_gets_the_requests_that_follow_it() -> None:
    faults = armed(FaultRule(steps=(DOWN, GENUINE)), FaultRule(PAGE))
    assert labels(hits(faults, 4)) == ["fault-1 step 1", "fault-1 step 2", "fault-2", "fault-2"]
    assert [each.seen for each in faults.armed] == [2, 2]


@pytest.mark.parametrize(
    ("times", "then", "expected"), [(2, AfterSteps.REPEAT, 2), (9, AfterSteps.PASS, 4), (6, AfterSteps.LAST, 6)]
)
def test_times_counts_the_requests_that_get_a_step(times: int, then: AfterSteps, expected: int) -> None:
    faults = armed(FaultRule(steps=STEPS, then=then, times=times))
    hits(faults, 12)
    assert (faults.armed[0].hits, faults.armed[0].is_spent) == (expected, True)


def test_skipped_requests_get_no_step() -> None:
    assert effects(hits(armed(FaultRule(steps=STEPS, skip=2)), 4)) == [None, None, LIMITED, DOWN]


def test_only_requests_in_the_share_get_a_step() -> None:
    half = FaultRule(steps=STEPS, then=AfterSteps.REPEAT, share=Decimal("0.5"))
    found = effects(hits(armed(half), 100))
    drawn = [each for each in found if each is not None]
    assert 30 <= len(drawn) <= 70
    assert drawn == (list(STEPS) * 25)[: len(drawn)]


@given(some.integers(0, 4), some.integers(1, 9), some.sampled_from(AfterSteps), some.sampled_from(["0.3", "0.9", None]))
def test_sequence_begins_again_after_a_reset(skip: int, times: int, then: AfterSteps, share: str | None) -> None:
    rule = FaultRule(steps=STEPS, skip=skip, times=times, then=then, share=Decimal(share) if share else None)
    faults = armed(rule)
    first = labels(hits(faults, 30))
    faults.reset([rule])
    assert labels(hits(faults, 30)) == first
    assert faults.armed[0].hits <= times


def test_sequence_draws_its_share_independently_of_other_sequences() -> None:
    half = FaultRule(steps=STEPS, then=AfterSteps.REPEAT, share=Decimal("0.5"))
    others = [
        half,
        replace(half, steps=(DOWN, PAGE)),
        replace(half, then=AfterSteps.LAST),
        replace(half, until=NOW + SECOND),
    ]
    drawn = {tuple(each is None for each in hits(armed(rule), 64)) for rule in others}
    assert len(drawn) == len(others)


@pytest.mark.parametrize(
    ("rule", "expected"), [(FaultRule(steps=(DOWN, FaultEffect(malformed_json=True))), 0), (FaultRule(steps=STEPS), 4)]
)
def test_sequence_with_an_effect_on_bodies_does_not_match_head(rule: FaultRule, expected: int) -> None:
    faults = armed(rule)
    hits(faults, 5, replace(REQUEST, method="HEAD"))
    assert faults.armed[0].hits == expected


PERIODS = [
    (NOW, None, True),
    (NOW + SECOND, None, False),
    (None, NOW + SECOND, True),
    (None, NOW, False),
    (NOW - SECOND, NOW, False),
    (NOW, NOW + SECOND, True),
]


@pytest.mark.parametrize(("since", "until", "fires"), PERIODS)
def test_rule_is_in_force_from_its_start_until_before_its_end(since: object, until: object, fires: bool) -> None:  # noqa: FBT001
    rule = FaultRule(DOWN, since=since, until=until)  # type: ignore[arg-type]
    faults = armed(rule)
    assert (hits(faults, 1) != [None]) is fires
    assert faults.armed[0].seen == fires
    assert armed(rule).may_fire(REQUEST.vendor, REQUEST.operation, REQUEST.path, NOW) is fires


def test_requests_outside_the_period_get_no_step() -> None:
    faults = armed(FaultRule(steps=STEPS, since=NOW, until=NOW + 2 * SECOND))
    at = [faults.match(replace(REQUEST, now=NOW + offset * SECOND), FaultPhase.BEFORE) for offset in (-1, 0, 1, 2, 1)]
    assert effects(at) == [None, LIMITED, DOWN, None, GENUINE]


BY_CLIENT = FaultRule(DOWN, share=Decimal("0.5"), share_by=ShareBy.CLIENT)


def drawn_clients(faults: FaultRules, rounds: int = 1) -> list[str]:
    """For each of 40 clients, whether its requests are hit, as in "xx" or ".."."""
    clients = [replace(REQUEST, client=(f"parrot-{number % 2}", f"agent-{number // 2}")) for number in range(40)]
    return ["".join(".x"[hits(faults, 1, each) != [None]] for _ in range(rounds)) for each in clients]


def test_share_of_clients_hits_all_requests_of_a_client_or_none() -> None:
    drawn = Counter(drawn_clients(armed(BY_CLIENT), 3))
    assert drawn.keys() == {"xxx", "..."}
    assert 10 <= drawn["xxx"] <= 30


def test_share_of_clients_repeats_after_a_reset_and_in_any_order() -> None:
    faults = armed(BY_CLIENT)
    first = drawn_clients(faults)
    hits(faults, 5)
    assert drawn_clients(faults) == first
    faults.reset([BY_CLIENT])
    assert drawn_clients(faults) == first == drawn_clients(armed(BY_CLIENT))
    assert first != drawn_clients(armed(BY_CLIENT, seed=8))


GOLDEN_CLIENTS = "xx..x.x.xx.x.x.x.x.xxxxxx.x.xx.xx...x.x."
"""Which of the 40 clients BY_CLIENT hits."""


def test_share_of_clients_is_the_same_in_every_release() -> None:
    assert "".join(drawn_clients(armed(BY_CLIENT))) == GOLDEN_CLIENTS


def sent(aviary: Aviary, times: int) -> list[int]:
    return [aviary.send().status_code for _ in range(times)]


def test_journal_names_the_step_of_each_request() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.registry.default.faults.add(FaultRule(steps=(LIMITED, GENUINE, PAGE)))
    assert sent(aviary, 4) == [429, 200, 502, 200]
    entries = [*aviary.registry.default.journal]
    assert [entry.fault for entry in entries] == ["fault-1 step 1", "fault-1 step 2", "fault-1 step 3", None]
    assert [entry.passed for entry in entries] == [False, True, False, False]


def test_step_that_passes_leaves_the_answer_as_it_is() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.registry.default.faults.add(FaultRule(steps=(GENUINE, DOWN), phase=FaultPhase.AFTER))
    answer = aviary.send()
    assert (answer.status_code, answer.data) == (200, WHOLE)
    assert sent(aviary, 2) == [503, 200]


def test_request_that_passes_by_a_step_meets_no_other_rule() -> None:
    aviary = Aviary(UNLIMITED)
    aviary.registry.default.faults.add(FaultRule(steps=(GENUINE,)))
    aviary.registry.default.faults.add(FaultRule(DOWN, phase=FaultPhase.AFTER))
    assert sent(aviary, 2) == [200, 503]


@pytest.mark.parametrize("times", [None, 250])
def test_threads_get_each_step_exactly_once(times: int | None) -> None:
    """Of 400 requests by 16 threads, each of the steps in turn is met equally often, and `times` is exact."""
    aviary = Aviary(UNLIMITED)
    rule = FaultRule(steps=(DOWN, GENUINE, PAGE, LIMITED), then=AfterSteps.REPEAT, times=times)
    aviary.registry.default.faults.add(rule)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: aviary.send(), range(400)))
    met = Counter(entry.fault for entry in aviary.registry.default.journal)
    assert aviary.registry.default.faults.armed[0].hits == (times or 400)
    del met[None]
    expected = Counter(islice((f"fault-1 step {1 + number % 4}" for number in range(400)), times))
    assert met == expected

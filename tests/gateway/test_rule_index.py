"""The index of armed rules: it says of every request what a look at each rule would say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockserver.gateway import rule_index
from mockserver.gateway.armed_faults import FaultRules
from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule, MatchInput
from tests.gateway.parrot import NOW
from tests.gateway.test_faults import REQUEST, armed

DOWN = FaultEffect(status=503)
TIMES = some.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))
RULES = some.builds(
    FaultRule,
    effect=some.just(DOWN),
    vendor=some.sampled_from([None, "parrot", "owl"]),
    operation=some.sampled_from([None, "speak", "learn"]),
    path=some.sampled_from([None, "/parrot/*", "/parrot/learn"]),
    times=some.none() | some.integers(1, 2),
    since=some.none() | TIMES,
    until=some.none() | TIMES,
)
REQUESTS = some.builds(
    replace,
    some.just(REQUEST),
    vendor=some.sampled_from(["parrot", "owl"]),
    operation=some.sampled_from([None, "speak"]),
    path=some.sampled_from(["/parrot/speak", "/parrot/learn"]),
    now=TIMES,
)


@given(some.lists(RULES, max_size=40), some.lists(REQUESTS, min_size=1, max_size=30))
def test_rule_may_fire_for_exactly_the_requests_that_a_live_rule_matches(
    rules: list[FaultRule], requests: list[MatchInput]
) -> None:
    faults = armed(*rules)
    for request in requests:
        expected = any(not each.is_spent and each.rule.matches(request) for each in faults.armed)
        assert may_fire(faults, request) is expected
        faults.match(request, FaultPhase.BEFORE)


def may_fire(faults: FaultRules, request: MatchInput) -> bool:
    return faults.may_fire(request.vendor, request.operation, request.path, request.now)


def test_changed_rules_are_noticed_at_once() -> None:
    faults = armed()
    assert not may_fire(faults, REQUEST)
    added = faults.add(FaultRule(DOWN))
    assert may_fire(faults, REQUEST)
    faults.remove(added.id)
    assert not may_fire(faults, REQUEST)
    faults.replace([FaultRule(DOWN)])
    assert may_fire(faults, REQUEST)
    faults.reset()
    assert not may_fire(faults, REQUEST)


def test_rules_are_kept_for_so_many_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_index, "TARGETS_MAXIMUM", 3)
    index = rule_index.RuleIndex(armed(FaultRule(DOWN, path="/7")).armed)
    for number in (*range(9), 7):
        assert index.has_live(("parrot", None, f"/{number}"), NOW) is (number == 7)
        assert len(index._live) <= 3  # noqa: SLF001 (its size is what the memory depends on)


def test_rule_that_does_not_concern_a_target_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, concerns = [], FaultRule.concerns

    def counted(rule: FaultRule, vendor: str, operation: str | None, path: str) -> bool:
        looks.append(rule)
        return concerns(rule, vendor, operation, path)

    monkeypatch.setattr(FaultRule, "concerns", counted)
    faults = armed(*[FaultRule(DOWN, vendor="owl")] * 100)
    assert [may_fire(faults, REQUEST) for _ in range(5)] == [False] * 5
    assert len(looks) == 100

"""Promises about fault rules: which requests they match, which of these they hit, and that both repeat."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockserver.gateway.armed_faults import FaultRules
from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule, MatchInput, matches_glob
from tests.gateway.parrot import NOW

DOWN = FaultEffect(status=503)
REQUEST = MatchInput(
    "parrot",
    "speak",
    "GET",
    "/parrot/speak",
    lambda name: {"say": ["hi", "ho"], "n": ["1"]}.get(name, []),
    NOW,
    ("parrot", "curl"),
    {"If-None-Match": '"a"'}.get,
)

GLOBS = [
    ("/a", "/a", True),
    ("/a", "/a/", False),
    ("/a", "/ab", False),
    ("*", "", True),
    ("*", "/a/b", True),
    ("/a*", "/a", True),
    ("/a*", "/b/a", False),
    ("*/a", "/b/a", True),
    ("*/a", "/a/b", False),
    ("/a/*/c", "/a/b/c", True),
    ("/a/*/c", "/a/b/b/c", True),
    ("/a/*/c", "/a/c", False),
    ("a*a", "a", False),
    ("a*b*c", "abc", True),
    ("a*b*c", "acb", False),
    ("*b*b*", "abab", True),
    ("*b*b*", "ab", False),
    ("a**b", "ab", True),
    ("/a?[b].", "/a?[b].", True),
    ("/a?[b].", "/axb.", False),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), GLOBS)
def test_star_matches_any_characters(
    pattern: str,
    path: str,
    matches: bool,  # noqa: FBT001
) -> None:
    assert matches_glob(pattern, path) is matches


@given(some.lists(some.text("ab/", max_size=3), min_size=1, max_size=4), some.text("ab/", max_size=3))
def test_path_matches_whatever_the_stars_replace(pieces: list[str], between: str) -> None:
    assert matches_glob("*".join(pieces), between.join(pieces))


MATCHES: dict[str, tuple[dict[str, Any], bool]] = {
    "no field": ({}, True),
    "the vendor": ({"vendor": "parrot"}, True),
    "another vendor": ({"vendor": "owl"}, False),
    "the operation": ({"operation": "speak"}, True),
    "another operation": ({"operation": "learn"}, False),
    "the path": ({"path": "/parrot/*"}, True),
    "another path": ({"path": "/parrot"}, False),
    "a parameter": ({"query": (("n", "1"),)}, True),
    "two parameters": ({"query": (("n", "1"), ("say", "hi"))}, True),
    "the second of a repeated parameter": ({"query": (("say", "ho"),)}, True),
    "a parameter with another value": ({"query": (("n", "1"), ("say", "ha"))}, False),
    "a parameter that is not there": ({"query": (("m", ""),)}, False),
    "a header": ({"request_headers": (("If-None-Match", "*"),)}, True),
    "a header by its start": ({"request_headers": (("If-None-Match", '"a*'),)}, True),
    "a header with another value": ({"request_headers": (("If-None-Match", '"b"'),)}, False),
    "one header of two": ({"request_headers": (("If-None-Match", "*"), ("Accept", "*"))}, False),
    "all of it": ({"vendor": "parrot", "operation": "speak", "path": "*", "query": (("n", "1"),)}, True),
}


@pytest.mark.parametrize(("given", "matches"), MATCHES.values(), ids=MATCHES)
def test_request_matches_every_given_field(given: dict[str, Any], matches: bool) -> None:  # noqa: FBT001
    assert FaultRule(DOWN, **given).matches(REQUEST) is matches


@pytest.mark.parametrize(
    ("effect", "matches"),
    [
        (FaultEffect(truncate_bytes=0), False),
        (FaultEffect(stall_seconds=Decimal(1), after_bytes=0), False),
        (FaultEffect(malformed_json=True), False),
        (FaultEffect(json_nan=True), False),
        (FaultEffect(short_length=1), False),
        (FaultEffect(json_duplicate_key=True), False),
        (FaultEffect(status=500, malformed_json=True), False),
        (FaultEffect(status=500), True),
        (FaultEffect(reset=True), True),
        (FaultEffect(delay_seconds=Decimal(1)), True),
    ],
)
def test_effect_on_bodies_does_not_match_head(effect: FaultEffect, matches: bool) -> None:  # noqa: FBT001
    assert FaultRule(effect).matches(replace(REQUEST, method="HEAD")) is matches


def _fired(faults: FaultRules, times: int, phase: FaultPhase = FaultPhase.BEFORE) -> list[str | None]:
    """The ids of the rules that fire for so many equal requests."""
    found = [faults.match(REQUEST, phase) for _ in range(times)]
    return [each.id if each else None for each in found]


def armed(*rules: FaultRule, seed: int = 7) -> FaultRules:
    """A sandbox's faults with these rules."""
    faults = FaultRules(seed)
    for rule in rules:
        faults.add(rule)
    return faults


def test_rule_skips_and_then_hits_so_many_times() -> None:
    faults = armed(FaultRule(DOWN, skip=2, times=3))
    assert _fired(faults, 7) == [None, None, "fault-1", "fault-1", "fault-1", None, None]
    (spent,) = faults.armed
    assert (spent.hits, spent.seen) == (3, 5)


def test_only_the_first_rule_that_fires_counts() -> None:
    faults = armed(
        FaultRule(DOWN, times=1), FaultRule(DOWN, skip=1, times=1), FaultRule(DOWN, vendor="owl"), FaultRule(DOWN)
    )
    assert _fired(faults, 4) == ["fault-1", "fault-4", "fault-2", "fault-4"]
    assert [(each.seen, each.hits) for each in faults.armed] == [(1, 1), (2, 1), (0, 0), (2, 2)]


def test_rule_applies_only_in_its_phase() -> None:
    faults = armed(FaultRule(DOWN), FaultRule(DOWN, phase=FaultPhase.AFTER))
    assert (_fired(faults, 1), _fired(faults, 1, FaultPhase.AFTER)) == (["fault-1"], ["fault-2"])


def test_other_requests_are_not_counted() -> None:
    faults = armed(FaultRule(DOWN, operation="learn", skip=1))
    _fired(faults, 3)
    assert faults.armed[0].seen == 0


HALF = FaultRule(DOWN, share=Decimal("0.5"))
GOLDEN = ".x.x..xxxx.....xx....x...x.xxxx...xx...x"
"""The requests that HALF hits, out of 40."""


def test_share_repeats_after_a_reset() -> None:
    faults = armed(HALF)
    first = _fired(faults, 200)
    faults.reset([HALF])
    assert _fired(faults, 200) == first == _fired(armed(HALF), 200)
    assert 80 <= faults.armed[0].hits <= 120


def test_other_seed_or_rule_draws_differently() -> None:
    draws = [armed(HALF, seed=7), armed(HALF, seed=8), armed(replace(HALF, vendor="parrot"))]
    assert len({tuple(_fired(each, 64)) for each in draws}) == 3


def test_draws_are_the_same_in_every_release() -> None:
    assert "".join("x" if rule else "." for rule in _fired(armed(HALF), 40)) == GOLDEN


@pytest.mark.parametrize(
    ("share", "least", "most"),
    [("1", 5000, 5000), ("0.999", 4970, 4999), ("0.25", 1150, 1350), ("0.001", 1, 15), ("0.000000001", 0, 0)],
)
def test_share_is_hit_about_as_often_as_given(share: str, least: int, most: int) -> None:
    faults = armed(FaultRule(DOWN, share=Decimal(share)))
    _fired(faults, 5000)
    assert least <= faults.armed[0].hits <= most


def test_share_is_compared_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draw that equals a quarter of all draws is the first one out; no floating point is used."""
    for draw, drawn in (((1 << 62) - 1, True), (1 << 62, False)):
        monkeypatch.setattr("mockserver.simulation.hashing.scalar", lambda *_, draw=draw: draw)
        assert FaultRule(DOWN, share=Decimal("0.25")).draws(1, 0, REQUEST.client) is drawn


def test_skipped_requests_count_towards_the_share() -> None:
    plain, skipping = _fired(armed(HALF), 50), armed(replace(HALF, skip=10))
    assert _fired(skipping, 10) == [None] * 10
    assert plain.count("fault-1") > 0
    assert skipping.armed[0].seen == 10


def test_new_rules_have_new_ids_and_no_hits() -> None:
    faults = armed(FaultRule(DOWN), FaultRule(DOWN))
    _fired(faults, 2)
    faults.replace([FaultRule(DOWN)])
    assert [(each.id, each.hits) for each in faults.armed] == [("fault-3", 0)]


def test_reset_disarms_rules_and_restarts_ids() -> None:
    faults = armed(FaultRule(DOWN))
    [before] = faults.armed
    faults.reset()
    assert len(faults.armed) == 0
    added = faults.add(FaultRule(DOWN))
    assert (added.id, before.disarmed.is_set(), added.disarmed.is_set()) == ("fault-1", True, False)


def test_rule_is_removed_by_its_id() -> None:
    faults = armed(FaultRule(DOWN), FaultRule(DOWN))
    assert [faults.remove(name) for name in ("fault-1", "fault-1", "fault-9")] == [True, False, False]
    assert [each.id for each in faults.armed] == ["fault-2"]

"""Which values of an answer contradict those that are possible: formats and orders, of one field by itself."""

import pytest

from mockserver.app import create_app
from mockserver.comparison import matching
from mockserver.comparison.facts import FALLS, RISES, Aspect, Fact, Facts
from mockserver.comparison.simulator import Simulator
from mockserver.learning.shape import EMPTY, LARGE, NUMERIC, TEXT, Kind
from mockserver.organizations import files
from mockserver.settings import Settings
from tests.comparison.conftest import NOW, PLANS, answers
from tests.learning.conftest import ours as ours_of


def answer(aspect: Aspect, *values: str) -> Facts:
    """An answer whose field has these values."""
    field = ("data", "field")
    kinds = Fact(field[:1], Aspect.KIND, Kind.OBJECT.value), Fact(field, Aspect.KIND, Kind.STRING.value)
    return frozenset((Fact((), Aspect.STATUS, "200"), *kinds, *(Fact(field, aspect, value) for value in values)))


def contradicts(aspect: Aspect, live: str, *possible: str) -> bool:
    """Whether a value contradicts those that are possible."""
    found = matching.contradictions(answer(aspect, live), [answer(aspect, *possible)])
    assert all((each.fact.aspect, each.fact.value) == (aspect, live) for each in found)
    return bool(found)


@pytest.mark.parametrize(
    ("live", "possible", "is_other"),
    [
        (EMPTY, [TEXT], True),
        (LARGE, [TEXT], True),
        ("uuid", [TEXT], True),
        ("uuid", ["uuid"], False),
        ("uuid", [], False),
        ("decimals:2", ["decimals:4"], False),
        ("decimals:4", ["decimals:2", "decimals:3"], True),
        ("decimals:4", [NUMERIC], False),
        ("digits:3", ["digits:6"], True),
        ("digits:3", ["digits:6", TEXT], False),
        ("digits:3", [], False),
        (NUMERIC, ["digits:6"], True),
        (NUMERIC, [EMPTY], True),
        (NUMERIC, [TEXT], False),
        (TEXT, ["uuid"], True),
        (TEXT, [EMPTY], False),
        (TEXT, [], False),
    ],
)
def test_format_that_contradicts_others(live: str, possible: list[str], is_other: bool) -> None:  # noqa: FBT001
    assert contradicts(Aspect.FORMAT, live, *possible) is is_other


@pytest.mark.parametrize(
    ("live", "possible", "is_other"),
    [(RISES, [FALLS], True), (FALLS, [RISES], True), (RISES, [RISES, FALLS], False), (RISES, [], False)],
)
def test_order_that_contradicts_others(live: str, possible: list[str], is_other: bool) -> None:  # noqa: FBT001
    assert contradicts(Aspect.ORDER, live, *possible) is is_other


@pytest.mark.parametrize(
    ("live", "possible", "is_other"),
    [
        (Kind.INTEGER, [Kind.NUMBER], False),
        (Kind.NUMBER, [Kind.INTEGER], True),
        (Kind.NULL, [Kind.STRING], True),
        (Kind.STRING, [Kind.NULL], False),
        (Kind.STRING, [Kind.NULL, Kind.INTEGER], True),
    ],
)
def test_kind_that_contradicts_others(live: Kind, possible: list[Kind], is_other: bool) -> None:  # noqa: FBT001
    def answer(*kinds: Kind) -> Facts:
        return frozenset((Fact((), Aspect.STATUS, "200"), *(Fact(("id",), Aspect.KIND, each.value) for each in kinds)))

    assert bool(matching.contradictions(answer(live), [answer(*possible)])) is is_other


@pytest.mark.parametrize(
    ("costs", "found"),
    [
        ([], None),
        ([("1.10", "0.20", None)], None),
        ([("1.10", "0.20", "1.30"), ("0", "0", "0")], "adds up"),
        ([("1.10", "0.20", "1.30"), ("1", "1", "3")], "does not add up"),
    ],
)
def test_billed_amounts_are_added_up(costs: list[tuple[str | None, ...]], found: str | None) -> None:
    names = "base_cost_usd", "surcharge_usd", "billed_amount_usd"
    rows = [{name: cost for name, cost in zip(names, row, strict=True) if cost is not None} for row in costs]
    marks = {name: mark for question in PLANS["augment"].questions for name, mark in question.marks.items()}
    body = {"data_points": [{"cost_metrics": each} for each in rows]}
    assert marks["the billed amount"](body, {}) == found


@pytest.mark.parametrize(
    ("new", "old", "found"),
    [
        (3, 3, "as in v1"),
        (0, 0, None),
        (3, 0, "none in v1"),
        (0, 3, "none in v2"),
        (3, 4, "other than in v1"),
    ],
)
def test_messages_of_v2_are_compared_with_those_of_v1(new: int, old: int, found: str | None) -> None:
    question = next(each for each in PLANS["tabnine"].questions if "the chat's messages" in each.marks)
    body, kept = {"usage": {"data": [{"chat": {"messages": new}}]}}, {"chat": {"interactions": old}}
    assert question.marks["the chat's messages"](body, dict.fromkeys(question.uses, kept)) == found


def test_own_answers_contradict_nothing() -> None:
    for found in answers("jetbrains-console", {}).values():
        assert matching.contradictions(found, [found]) == frozenset()


@pytest.mark.parametrize(("other", "tells"), [(["9 digits"], True), (["3 digits"], False), ([], False)])
def test_clock_tells_answers_apart_only_if_it_ran_in_both(other: list[str], tells: bool) -> None:  # noqa: FBT001
    ours = answer(Aspect.CLOCK, "3 digits")
    assert matching.tells(ours, ours, answer(Aspect.CLOCK, *other)) is tells


@pytest.mark.parametrize("vendor", PLANS)
def test_facts_do_not_depend_on_what_was_asked_before(vendor: str) -> None:
    questions = PLANS[vendor].questions
    forwards, backwards = (
        Simulator(create_app(Settings()), ours_of(vendor), PLANS[vendor], NOW, [files.named("acme")]) for _ in range(2)
    )
    found = [forwards.facts(each, {}) for each in questions]
    assert [backwards.facts(each, {}) for each in reversed(questions)] == found[::-1]

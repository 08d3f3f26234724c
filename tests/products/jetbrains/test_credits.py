"""Tests of spending credits: quota, then top-up, licence by licence, renewed every month; in whole hundredths."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.jetbrains.credits import CreditLedger, Credits
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, Raise
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import SpecialPerson
from mockserver.simulation.people import Block
from tests.products.jetbrains.spending import (
    AMOUNTS,
    FIRST,
    DaySpending,
    days_of,
    histories,
    people_with,
    span_from,
    spend_by_hand,
)
from tests.simulation import worlds

HIT = True


def _spent(licences: Sequence[Allotment], span: Days, demand: Sequence[int]) -> list[DaySpending]:
    people = people_with(licences)
    return days_of(Credits(people).spend(people.block(0), span, np.array([demand], dtype=np.int64)), 0)


def _raised(day: str, top_up: int) -> Raise:
    return Raise(date.fromisoformat(f"2025-{day}"), top_up)


CaseDay = tuple[str, int, DaySpending]
"""Month and day, the demand, and the expected spending."""

CASES: dict[str, tuple[tuple[Allotment, ...], list[CaseDay]]] = {
    "demand is met as long as the quota lasts": (
        (Allotment(10, 5),),
        [("10-01", 3, (3, 0, False)), ("10-09", 6, (6, 0, False))],
    ),
    "top-up is spent only after the quota": (
        (Allotment(10, 5),),
        [("10-01", 8, (8, 0, False)), ("10-02", 4, (2, 2, False)), ("10-31", 1, (0, 1, False))],
    ),
    "with top-up the limit is hit when both are spent": (
        (Allotment(10, 5),),
        [("10-01", 10, (10, 0, False)), ("10-02", 2, (0, 2, False)), ("10-03", 3, (0, 3, HIT))],
    ),
    "without top-up the limit is hit when the quota is spent": (
        (Allotment(10),),
        [("10-02", 4, (4, 0, False)), ("10-03", 6, (6, 0, HIT)), ("10-04", 1, (0, 0, False))],
    ),
    "no more is spent than is available": (
        (Allotment(10, 5),),
        [("10-06", 1_000, (10, 5, HIT)), ("10-07", 1_000, (0, 0, False)), ("10-31", 1, (0, 0, False))],
    ),
    "demand beyond the quota stays unspent": (
        (Allotment(10),),
        [("10-06", 9, (9, 0, False)), ("10-07", 2, (1, 0, HIT))],
    ),
    "unmet demand is not made up for after a raise": (
        (Allotment(10, 0, (_raised("10-08", 9),)),),
        [("10-07", 50, (10, 0, HIT)), ("10-08", 0, (0, 0, False)), ("10-09", 2, (0, 2, False))],
    ),
    "the quota is renewed every month": (
        (Allotment(10, 5),),
        [
            ("10-30", 8, (8, 0, False)),
            ("10-31", 4, (2, 2, False)),
            ("11-01", 3, (3, 0, False)),
            ("11-30", 9, (7, 2, False)),
            ("12-01", 15, (10, 5, HIT)),
        ],
    ),
    "the limit can be hit in each month": (
        (Allotment(10),),
        [("10-31", 10, (10, 0, HIT)), ("11-01", 10, (10, 0, HIT)), ("12-31", 99, (10, 0, HIT))],
    ),
    "a quota that is not exhausted is never hit": (
        (Allotment(10),),
        [(f"{month}-15", 9, (9, 0, False)) for month in (10, 11, 12)],
    ),
    "a raise before the limit delays the hit": (
        (Allotment(10, 0, (_raised("10-02", 5),)),),
        [
            ("10-01", 4, (4, 0, False)),
            ("10-02", 6, (6, 0, False)),
            ("10-03", 4, (0, 4, False)),
            ("10-04", 4, (0, 1, HIT)),
        ],
    ),
    "a raise counts on its own day": (
        (Allotment(10, 0, (_raised("10-02", 5),)),),
        [("10-01", 9, (9, 0, False)), ("10-02", 3, (1, 2, False)), ("10-03", 3, (0, 3, HIT))],
    ),
    "a raise on the first day of a month counts from the beginning": (
        (Allotment(10, 1, (_raised("11-01", 5),)),),
        [("11-01", 16, (10, 6, HIT))],
    ),
    "a raise after the hit can be spent, without a second hit": (
        (Allotment(10, 5, (_raised("10-21", 7),)),),
        [
            ("10-16", 15, (10, 5, HIT)),
            ("10-20", 3, (0, 0, False)),
            ("10-21", 4, (0, 4, False)),
            ("10-22", 9, (0, 3, False)),
        ],
    ),
    "a raise lasts to the end of its month": (
        (Allotment(10, 0, (_raised("10-31", 5),)),),
        [("10-31", 12, (10, 2, False)), ("11-01", 12, (10, 0, HIT))],
    ),
    "a month can have several raises": (
        (Allotment(10, 1, (_raised("10-03", 2), _raised("10-05", 3), _raised("10-05", 4))),),
        [("10-02", 11, (10, 1, HIT)), ("10-03", 9, (0, 2, False)), ("10-05", 9, (0, 7, False))],
    ),
    "raises in other months do not count": (
        (Allotment(10, 0, (Raise(date(2025, 9, 30), 5), Raise(date(2026, 1, 1), 5))),),
        [("10-01", 12, (10, 0, HIT)), ("12-31", 12, (10, 0, HIT))],
    ),
    "a second licence is spent after the first one, which is the hit": (
        (Allotment(10, 2), Allotment(20)),
        [("10-01", 8, (8, 0, False)), ("10-02", 8, (6, 2, HIT)), ("10-03", 8, (8, 0, False))],
    ),
    "the top-up of the first licence is spent before the quota of the second": (
        (Allotment(10, 5), Allotment(20)),
        [("10-01", 12, (10, 2, False)), ("10-02", 4, (1, 3, HIT))],
    ),
    "each licence can be exhausted on a day of its own": (
        (Allotment(10), Allotment(20)),
        [("10-01", 10, (10, 0, HIT)), ("10-02", 19, (19, 0, False)), ("10-03", 9, (1, 0, HIT))],
    ),
    "two licences exhausted on one day are one hit": (
        (Allotment(10), Allotment(20, 1)),
        [("10-01", 99, (30, 1, HIT)), ("10-02", 1, (0, 0, False))],
    ),
    "a raise of the first licence is spent before the rest of the second": (
        (Allotment(10, 0, (_raised("10-03", 4),)), Allotment(20)),
        [("10-02", 15, (15, 0, HIT)), ("10-03", 6, (2, 4, False)), ("10-04", 13, (13, 0, HIT))],
    ),
    "three licences are spent in their order": (
        (Allotment(1), Allotment(0, 2), Allotment(3)),
        [("10-01", 1, (1, 0, HIT)), ("10-02", 2, (0, 2, HIT)), ("10-03", 3, (3, 0, HIT))],
    ),
    "all licences are renewed every month": (
        (Allotment(10), Allotment(20)),
        [("10-31", 15, (15, 0, HIT)), ("11-01", 15, (15, 0, HIT))],
    ),
    "an empty licence is not hit": (
        (Allotment(0), Allotment(5)),
        [("10-01", 3, (3, 0, False)), ("10-02", 2, (2, 0, HIT))],
    ),
    "a licence without quota has only its top-up": ((Allotment(0, 5),), [("10-01", 9, (0, 5, HIT))]),
    "an empty licence with a raise is hit when the raise is spent": (
        (Allotment(0, 0, (_raised("10-03", 5),)),),
        [("10-01", 9, (0, 0, False)), ("10-03", 4, (0, 4, False)), ("10-04", 4, (0, 1, HIT))],
    ),
    "without a licence nothing is spent and no limit is hit": ((), [("10-01", 9, (0, 0, False))]),
}


@pytest.mark.parametrize(("licences", "days"), CASES.values(), ids=CASES)
def test_credits_are_spent_by_the_rules(licences: tuple[Allotment, ...], days: list[CaseDay]) -> None:
    span = span_from(92)
    columns = {(date.fromisoformat(f"2025-{day}") - FIRST).days: (amount, spent) for day, amount, spent in days}
    demand = [columns.get(column, (0,))[0] for column in range(len(span))]
    expected = [columns[column][1] if column in columns else (0, 0, False) for column in range(len(span))]
    assert _spent(licences, span, demand) == expected
    assert list(spend_by_hand(span, demand, licences)) == expected, "the computation by hand must be right as well"


@settings(max_examples=25)
@given(histories())
def test_credits_are_spent_as_by_hand(history: tuple[Days, list[list[Allotment]], list[list[int]]]) -> None:
    span, licences, demands = history
    people = people_with(*licences)
    ledger = Credits(people).spend(people.block(0), span, np.array(demands, dtype=np.int64))
    for row, (held, demand) in enumerate(zip(licences, demands, strict=True)):
        assert days_of(ledger, row) == list(spend_by_hand(span, demand, held))


@settings(max_examples=25)
@given(histories())
def test_spending_stays_within_demand(history: tuple[Days, list[list[Allotment]], list[list[int]]]) -> None:
    span, licences, demands = history
    people = people_with(*licences)
    demand = np.array(demands, dtype=np.int64)
    before = demand.copy()
    ledger = Credits(people).spend(people.block(0), span, demand)
    assert np.array_equal(demand, before), "the demand is not changed"
    assert (ledger.built_in >= 0).all()
    assert (ledger.top_up >= 0).all()
    assert (ledger.spent <= demand).all()
    assert not (ledger.hit & (ledger.spent == 0)).any(), "a limit is hit on a day on which something was spent"
    for month in np.unique(span.month):
        there = span.month == month
        for row, held in enumerate(licences):
            assert ledger.built_in[row, there].sum() <= sum(each.quota for each in held)
            assert ledger.hit[row, there].sum() <= len(held), "at most once for each licence and month"


@settings(max_examples=25)
@given(histories(), st.data())
def test_later_credits_and_demand_do_not_change_earlier_days(
    history: tuple[Days, list[list[Allotment]], list[list[int]]], data: st.DataObject
) -> None:
    """Neither later credits nor later demand undo a limit hit."""
    span, (held, *_), (demand, *_) = history
    day = data.draw(st.integers(0, len(span) - 1))
    more = Raise(date.fromordinal(span.first + day), data.draw(AMOUNTS))
    raised = [Allotment(each.quota, each.top_up, (*each.raises, more)) for each in held]
    plain, changed = (_spent(licences, span, demand)[:day] for licences in (held, raised))
    assert plain == changed
    assert plain == _spent(held, span, [*demand[:day], *[0] * (len(span) - day)])[:day]


GENERATED = worlds.world(people=1_200, service_accounts=()).people
EVERYTHING = 1_000_000


def _generated(span: Days, demand: I64, number: int = 0) -> CreditLedger:
    return Credits(GENERATED).spend(GENERATED.block(number), span, demand)


def _generated_licences(span: Days) -> list[list[list[Allotment]]]:
    """The generated licences of each member in each month, found with an unlimited demand on every day."""
    demand = np.full((len(GENERATED.block(0)), len(span)), EVERYTHING, dtype=np.int64)
    ledger = _generated(span, demand)
    return [
        [_licences(span, np.flatnonzero(span.month == month), ledger, row) for month in np.unique(span.month)]
        for row in range(len(demand))
    ]


def _licences(span: Days, days: I64, ledger: CreditLedger, row: int) -> list[Allotment]:
    top_up, *more = ledger.top_up[row, days].tolist()
    raises = [
        Raise(date.fromordinal(span.first + int(days[0]) + day), each) for day, each in enumerate(more, 1) if each
    ]
    quota, second = {1_000: (1_000, 0), 3_500: (3_500, 0), 2_000: (1_000, 1_000), 4_500: (3_500, 1_000)}[
        int(ledger.built_in[row, days].sum())
    ]
    return [Allotment(quota, top_up, tuple(raises)), *([Allotment(second)] if second else [])]


def test_generated_credits_are_spent_as_by_hand() -> None:
    span = span_from(61)
    held = _generated_licences(span)
    width = np.arange(len(span))
    demand = np.array([(width * (row * 7 + 3) + row) % (row % 9 * 60 + 1) for row in range(len(held))], dtype=np.int64)
    ledger = _generated(span, demand)
    october = int((span.month == span.month[0]).sum())
    for row, (first, second) in enumerate(held):
        for licences, month in ((first, slice(0, october)), (second, slice(october, None))):
            days = span_from(len(width[month]), date.fromordinal(int(span.ordinals[month][0])))
            assert days_of(ledger, row)[month] == list(spend_by_hand(days, demand[row, month].tolist(), licences))
    hits = ledger.hit.sum(axis=1)
    assert set(hits.tolist()) >= {0, 1, 2}, "some hit their limit in each month, some in one, some never"


def test_generated_licences_vary_and_stay_the_same_every_month() -> None:
    held = _generated_licences(span_from(92))
    kinds = [[[(each.quota, each.top_up) for each in licences] for licences in months] for months in held]
    assert all(first == second == third for first, second, third in kinds)
    firsts = [first[0] for first, *_ in kinds]
    assert {quota for quota, _ in firsts} == {1_000, 3_500}
    assert {top_up for _, top_up in firsts} == {0, 500, 1_000, 2_000}
    assert 10 <= sum(len(first) == 2 for first, *_ in kinds) <= 60, "some three in a hundred have a second licence"
    raised = [licences[0].raises for months in held for licences in months if licences[0].raises]
    assert 0.03 < len(raised) / (len(held) * 3) < 0.09
    assert {len(raises) for raises in raised} == {1}
    assert {raises[0].top_up for raises in raised} == {500}
    days = {raises[0].day.day for raises in raised}
    assert (min(days), max(days)) == (10, 25)


def test_person_with_given_credits_has_no_other() -> None:
    people = people_with(*[[Allotment(7)]] * 400)
    demand = np.full((400, 61), EVERYTHING, dtype=np.int64)
    ledger = Credits(people).spend(people.block(0), span_from(61), demand)
    assert ledger.spent.sum(axis=1).tolist() == [14] * 400
    assert not ledger.top_up.any()


def test_given_credits_leave_other_people_alone() -> None:
    special = tuple(
        SpecialPerson(
            f"{position}@small.example",
            options={"jetbrains": JetBrainsPerson(credits=(Allotment(1),) if position == 3 else None)},
        )
        for position in range(5)
    )
    plain, changed = (
        worlds.world(people=90, special=people, service_accounts=()).people for people in (special[:0], special)
    )
    demand = np.full((90, 31), EVERYTHING, dtype=np.int64)
    one, other = (Credits(people).spend(people.block(0), span_from(31), demand) for people in (plain, changed))
    others = np.arange(90) != 3
    assert days_of(other, 3)[:2] == [(1, 0, True), (0, 0, False)]
    for part in ("built_in", "top_up", "hit"):
        assert np.array_equal(getattr(one, part)[others], getattr(other, part)[others])


def _demand(block: Block, span: Days) -> I64:
    return (block.index[:, None] * 31 + span.ordinals[None, :] * 17) % 300


@settings(max_examples=25)
@given(st.sets(st.integers(0, 1_023), min_size=1, max_size=40).map(sorted), st.integers(1, 92))
def test_spending_does_not_depend_on_the_block_or_the_span(rows: list[int], length: int) -> None:
    block, whole, part = GENERATED.block(0), span_from(92), span_from(length)
    some = block.take(np.array(rows))
    one = Credits(GENERATED).spend(some, part, _demand(some, part))
    other = Credits(GENERATED).spend(block, whole, _demand(block, whole))
    for name in ("built_in", "top_up", "hit"):
        assert np.array_equal(getattr(one, name), getattr(other, name)[rows, :length])


def test_months_are_the_same_alone_and_together() -> None:
    block, whole = GENERATED.block(0), span_from(92)
    lengths = [31, 30, 31]
    starts = [FIRST + timedelta(days=days) for days in accumulate(lengths, initial=0)][:-1]
    spans = [span_from(length, start) for length, start in zip(lengths, starts, strict=True)]
    alone = [Credits(GENERATED).spend(block, span, _demand(block, span)) for span in spans]
    together = Credits(GENERATED).spend(block, whole, _demand(block, whole))
    for name in ("built_in", "top_up", "hit"):
        assert np.array_equal(np.hstack([getattr(each, name) for each in alone]), getattr(together, name))


def test_empty_block_spends_nothing() -> None:
    block = GENERATED.block(1).take(np.array([], dtype=np.int64))
    ledger = Credits(GENERATED).spend(block, span_from(31), np.zeros((0, 31), dtype=np.int64))
    assert ledger.spent.shape == ledger.hit.shape == (0, 31)

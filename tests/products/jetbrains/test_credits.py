"""Tests of spending credits: quota, then top-up, licence by licence, renewed every month; in whole hundredths."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.jetbrains.credits import CreditLedger, Credits
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, Raise
from mockserver.simulation import calendar
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import SpecialPerson
from mockserver.simulation.people import Block, People
from tests.simulation import worlds

Told = tuple[int, int, bool]
"""A day: what went out of quotas, what out of top-ups, and whether a limit was hit."""

FIRST = date(2025, 10, 1)
HIT = True


def _people(*licences: Sequence[Allotment]) -> People:
    """An organization of people who have these licences."""
    special = tuple(
        SpecialPerson(f"p{place}@small.example", options={"jetbrains": JetBrainsPerson(credits=tuple(each))})
        for place, each in enumerate(licences)
    )
    return worlds.world(people=len(licences), service_accounts=(), special=special).people


def _span(length: int, first: date = FIRST) -> Days:
    return calendar.days(worlds.BASE, first.toordinal(), first.toordinal() + length - 1)


def _told(ledger: CreditLedger, row: int) -> list[Told]:
    parts = (ledger.built_in, ledger.top_up, ledger.hit)
    return list(zip(*(part[row].tolist() for part in parts), strict=True))


def _spent(licences: Sequence[Allotment], span: Days, wanted: Sequence[int]) -> list[Told]:
    people = _people(licences)
    return _told(Credits(people).spend(people.block(0), span, np.array([wanted], dtype=np.int64)), 0)


def _by_hand(span: Days, wanted: Sequence[int], licences: Sequence[Allotment]) -> Iterator[Told]:
    """The same as a person would reckon it: day by day, each licence with what is left of it."""
    quotas, top_ups, counted = [0], [0], [False]
    for day, want in zip(map(date.fromordinal, span.ordinals.tolist()), wanted, strict=True):
        if day.day == 1:
            quotas, top_ups = [each.quota for each in licences], [each.top_up for each in licences]
            counted = [False] * len(licences)
        built_in, top_up, hit = 0, 0, False
        for place, licence in enumerate(licences):
            top_ups[place] += sum(more.top_up for more in licence.raises if more.day == day)
            out_of_quota = min(want - built_in - top_up, quotas[place])
            quotas[place] -= out_of_quota
            built_in += out_of_quota
            out_of_top_up = min(want - built_in - top_up, top_ups[place])
            top_ups[place] -= out_of_top_up
            top_up += out_of_top_up
            if out_of_quota + out_of_top_up and not quotas[place] + top_ups[place] and not counted[place]:
                hit = counted[place] = True
        yield built_in, top_up, hit


def _raised(day: str, top_up: int) -> Raise:
    return Raise(date.fromisoformat(f"2025-{day}"), top_up)


RolledUpDay = tuple[str, int, Told]
"""Month and day, what is wanted, and what is told of it."""

CASES: dict[str, tuple[tuple[Allotment, ...], list[RolledUpDay]]] = {
    "what is wanted is spent as long as the quota lasts": (
        (Allotment(10, 5),),
        [("10-01", 3, (3, 0, False)), ("10-09", 6, (6, 0, False))],
    ),
    "top-up is spent only when the quota is gone": (
        (Allotment(10, 5),),
        [("10-01", 8, (8, 0, False)), ("10-02", 4, (2, 2, False)), ("10-31", 1, (0, 1, False))],
    ),
    "with top-up the limit is hit when that is gone too": (
        (Allotment(10, 5),),
        [("10-01", 10, (10, 0, False)), ("10-02", 2, (0, 2, False)), ("10-03", 3, (0, 3, HIT))],
    ),
    "without top-up the limit is hit on the day on which the quota runs out": (
        (Allotment(10),),
        [("10-02", 4, (4, 0, False)), ("10-03", 6, (6, 0, HIT)), ("10-04", 1, (0, 0, False))],
    ),
    "nothing is spent beyond what is there": (
        (Allotment(10, 5),),
        [("10-06", 1_000, (10, 5, HIT)), ("10-07", 1_000, (0, 0, False)), ("10-31", 1, (0, 0, False))],
    ),
    "one more than is there stays unspent": (
        (Allotment(10),),
        [("10-06", 9, (9, 0, False)), ("10-07", 2, (1, 0, HIT))],
    ),
    "what a day could not spend is not caught up on when more comes": (
        (Allotment(10, 0, (_raised("10-08", 9),)),),
        [("10-07", 50, (10, 0, HIT)), ("10-08", 0, (0, 0, False)), ("10-09", 2, (0, 2, False))],
    ),
    "the quota is whole again with each month": (
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
    "whoever uses nothing up hits no limit, however many months": (
        (Allotment(10),),
        [(f"{month}-15", 9, (9, 0, False)) for month in (10, 11, 12)],
    ),
    "what comes before the limit is hit puts it off": (
        (Allotment(10, 0, (_raised("10-02", 5),)),),
        [
            ("10-01", 4, (4, 0, False)),
            ("10-02", 6, (6, 0, False)),
            ("10-03", 4, (0, 4, False)),
            ("10-04", 4, (0, 1, HIT)),
        ],
    ),
    "what comes on a day helps that day": (
        (Allotment(10, 0, (_raised("10-02", 5),)),),
        [("10-01", 9, (9, 0, False)), ("10-02", 3, (1, 2, False)), ("10-03", 3, (0, 3, HIT))],
    ),
    "what comes on the first of a month is there from the beginning": (
        (Allotment(10, 1, (_raised("11-01", 5),)),),
        [("11-01", 16, (10, 6, HIT))],
    ),
    "what comes after the limit was hit can be spent, and there is no second hit": (
        (Allotment(10, 5, (_raised("10-21", 7),)),),
        [
            ("10-16", 15, (10, 5, HIT)),
            ("10-20", 3, (0, 0, False)),
            ("10-21", 4, (0, 4, False)),
            ("10-22", 9, (0, 3, False)),
        ],
    ),
    "what comes lasts to the end of its month": (
        (Allotment(10, 0, (_raised("10-31", 5),)),),
        [("10-31", 12, (10, 2, False)), ("11-01", 12, (10, 0, HIT))],
    ),
    "more can come more than once": (
        (Allotment(10, 1, (_raised("10-03", 2), _raised("10-05", 3), _raised("10-05", 4))),),
        [("10-02", 11, (10, 1, HIT)), ("10-03", 9, (0, 2, False)), ("10-05", 9, (0, 7, False))],
    ),
    "what comes in a month that nobody asks about is no matter": (
        (Allotment(10, 0, (Raise(date(2025, 9, 30), 5), Raise(date(2026, 1, 1), 5))),),
        [("10-01", 12, (10, 0, HIT)), ("12-31", 12, (10, 0, HIT))],
    ),
    "a second licence is spent when the first one is gone, which is the hit": (
        (Allotment(10, 2), Allotment(20)),
        [("10-01", 8, (8, 0, False)), ("10-02", 8, (6, 2, HIT)), ("10-03", 8, (8, 0, False))],
    ),
    "the first licence's top-up goes before the second one's quota": (
        (Allotment(10, 5), Allotment(20)),
        [("10-01", 12, (10, 2, False)), ("10-02", 4, (1, 3, HIT))],
    ),
    "each licence can be used up once, each on a day of its own": (
        (Allotment(10), Allotment(20)),
        [("10-01", 10, (10, 0, HIT)), ("10-02", 19, (19, 0, False)), ("10-03", 9, (1, 0, HIT))],
    ),
    "two licences that are used up on one day are one hit of that day": (
        (Allotment(10), Allotment(20, 1)),
        [("10-01", 99, (30, 1, HIT)), ("10-02", 1, (0, 0, False))],
    ),
    "what comes for the first licence is spent before the second one goes on": (
        (Allotment(10, 0, (_raised("10-03", 4),)), Allotment(20)),
        [("10-02", 15, (15, 0, HIT)), ("10-03", 6, (2, 4, False)), ("10-04", 13, (13, 0, HIT))],
    ),
    "three licences go in their order": (
        (Allotment(1), Allotment(0, 2), Allotment(3)),
        [("10-01", 1, (1, 0, HIT)), ("10-02", 2, (0, 2, HIT)), ("10-03", 3, (3, 0, HIT))],
    ),
    "all licences are whole again with each month": (
        (Allotment(10), Allotment(20)),
        [("10-31", 15, (15, 0, HIT)), ("11-01", 15, (15, 0, HIT))],
    ),
    "a licence that holds nothing is not hit": (
        (Allotment(0), Allotment(5)),
        [("10-01", 3, (3, 0, False)), ("10-02", 2, (2, 0, HIT))],
    ),
    "a licence without quota has its top-up": ((Allotment(0, 5),), [("10-01", 9, (0, 5, HIT))]),
    "a licence that holds nothing until more comes is hit when that is gone": (
        (Allotment(0, 0, (_raised("10-03", 5),)),),
        [("10-01", 9, (0, 0, False)), ("10-03", 4, (0, 4, False)), ("10-04", 4, (0, 1, HIT))],
    ),
    "whoever has no licence spends nothing and hits nothing": ((), [("10-01", 9, (0, 0, False))]),
}


@pytest.mark.parametrize(("licences", "days"), CASES.values(), ids=CASES)
def test_credits_are_spent_by_the_rules(licences: tuple[Allotment, ...], days: list[RolledUpDay]) -> None:
    span = _span(92)
    columns = {(date.fromisoformat(f"2025-{day}") - FIRST).days: (want, told) for day, want, told in days}
    wanted = [columns.get(column, (0,))[0] for column in range(len(span))]
    expected = [columns[column][1] if column in columns else (0, 0, False) for column in range(len(span))]
    assert _spent(licences, span, wanted) == expected
    assert list(_by_hand(span, wanted, licences)) == expected, "the reckoning by hand must be right as well"


AMOUNTS = st.one_of(st.integers(0, 12), st.integers(0, 400))
MONTHS = st.sampled_from([date(2025, 10, 1), date(2024, 2, 1), date(2023, 12, 1), date(2100, 2, 1)])
LENGTHS = st.one_of(st.integers(1, 70), st.sampled_from([28, 29, 30, 31, 32, 59, 60, 61, 62]))


@st.composite
def _allotments(draw: st.DrawFn, first: date) -> Allotment:
    days = st.integers(-40, 75).map(lambda day: first + timedelta(days=day))
    raises = draw(st.lists(st.builds(Raise, days, AMOUNTS), max_size=4))
    return Allotment(draw(AMOUNTS), draw(AMOUNTS), tuple(raises))


@st.composite
def _histories(draw: st.DrawFn) -> tuple[Days, list[list[Allotment]], list[list[int]]]:
    """Some days, and some people's licences and wishes on them."""
    first = draw(MONTHS)
    span = _span(draw(LENGTHS), first)
    licences = draw(st.lists(st.lists(_allotments(first), max_size=3), min_size=1, max_size=4))
    some = st.dictionaries(st.integers(0, len(span) - 1), AMOUNTS, max_size=20)
    wishes = [[wants.get(day, 0) for day in range(len(span))] for wants in (draw(some) for _ in licences)]
    return span, licences, wishes


@settings(max_examples=25)
@given(_histories())
def test_credits_are_spent_as_by_hand(history: tuple[Days, list[list[Allotment]], list[list[int]]]) -> None:
    span, licences, wishes = history
    people = _people(*licences)
    ledger = Credits(people).spend(people.block(0), span, np.array(wishes, dtype=np.int64))
    for row, (held, wanted) in enumerate(zip(licences, wishes, strict=True)):
        assert _told(ledger, row) == list(_by_hand(span, wanted, held))


@settings(max_examples=25)
@given(_histories())
def test_no_law_of_spending_is_ever_broken(history: tuple[Days, list[list[Allotment]], list[list[int]]]) -> None:
    span, licences, wishes = history
    people = _people(*licences)
    wanted = np.array(wishes, dtype=np.int64)
    before = wanted.copy()
    ledger = Credits(people).spend(people.block(0), span, wanted)
    assert np.array_equal(wanted, before), "the wishes are left alone"
    assert (ledger.built_in >= 0).all()
    assert (ledger.top_up >= 0).all()
    assert (ledger.spent <= wanted).all()
    assert not (ledger.hit & (ledger.spent == 0)).any(), "a limit is hit on a day on which something was spent"
    for month in np.unique(span.month):
        there = span.month == month
        for row, held in enumerate(licences):
            assert ledger.built_in[row, there].sum() <= sum(each.quota for each in held)
            assert ledger.hit[row, there].sum() <= len(held), "once at most for a licence and a month"


@settings(max_examples=25)
@given(_histories(), st.data())
def test_what_comes_later_changes_nothing_before_it(
    history: tuple[Days, list[list[Allotment]], list[list[int]]], data: st.DataObject
) -> None:
    """Credits that are granted later do not take a hit back, and neither do later wishes."""
    span, (held, *_), (wanted, *_) = history
    day = data.draw(st.integers(0, len(span) - 1))
    more = Raise(date.fromordinal(span.first + day), data.draw(AMOUNTS))
    raised = [Allotment(each.quota, each.top_up, (*each.raises, more)) for each in held]
    plain, changed = (_spent(licences, span, wanted)[:day] for licences in (held, raised))
    assert plain == changed
    assert plain == _spent(held, span, [*wanted[:day], *[0] * (len(span) - day)])[:day]


GENERATED = worlds.world(people=1_200, service_accounts=()).people
EVERYTHING = 1_000_000


def _generated(span: Days, wanted: I64, number: int = 0) -> CreditLedger:
    return Credits(GENERATED).spend(GENERATED.block(number), span, wanted)


def _probed(span: Days) -> list[list[list[Allotment]]]:
    """The generated licences of each member in each month, found by wanting everything on every day."""
    wanted = np.full((len(GENERATED.block(0)), len(span)), EVERYTHING, dtype=np.int64)
    ledger = _generated(span, wanted)
    return [
        [_licences(span, np.flatnonzero(span.month == month), ledger, row) for month in np.unique(span.month)]
        for row in range(len(wanted))
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
    span = _span(61)
    held = _probed(span)
    width = np.arange(len(span))
    wanted = np.array([(width * (row * 7 + 3) + row) % (row % 9 * 60 + 1) for row in range(len(held))], dtype=np.int64)
    ledger = _generated(span, wanted)
    october = int((span.month == span.month[0]).sum())
    for row, (first, second) in enumerate(held):
        for licences, month in ((first, slice(0, october)), (second, slice(october, None))):
            days = _span(len(width[month]), date.fromordinal(int(span.ordinals[month][0])))
            assert _told(ledger, row)[month] == list(_by_hand(days, wanted[row, month].tolist(), licences))
    hits = ledger.hit.sum(axis=1)
    assert set(hits.tolist()) >= {0, 1, 2}, "some hit their limit in each month, some in one, some never"


def test_generated_licences_are_of_several_kinds_and_the_same_each_month_but_for_what_comes_later() -> None:
    held = _probed(_span(92))
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
    people = _people(*[[Allotment(7)]] * 400)
    wanted = np.full((400, 61), EVERYTHING, dtype=np.int64)
    ledger = Credits(people).spend(people.block(0), _span(61), wanted)
    assert ledger.spent.sum(axis=1).tolist() == [14] * 400
    assert not ledger.top_up.any()


def test_given_credits_leave_other_people_alone() -> None:
    special = tuple(
        SpecialPerson(
            f"{place}@small.example",
            options={"jetbrains": JetBrainsPerson(credits=(Allotment(1),) if place == 3 else None)},
        )
        for place in range(5)
    )
    plain, stated = (
        worlds.world(people=90, special=people, service_accounts=()).people for people in (special[:0], special)
    )
    wanted = np.full((90, 31), EVERYTHING, dtype=np.int64)
    one, other = (Credits(people).spend(people.block(0), _span(31), wanted) for people in (plain, stated))
    others = np.arange(90) != 3
    assert _told(other, 3)[:2] == [(1, 0, True), (0, 0, False)]
    for part in ("built_in", "top_up", "hit"):
        assert np.array_equal(getattr(one, part)[others], getattr(other, part)[others])


def _wishes(block: Block, span: Days) -> I64:
    return (block.index[:, None] * 31 + span.ordinals[None, :] * 17) % 300


@settings(max_examples=25)
@given(st.sets(st.integers(0, 1_023), min_size=1, max_size=40).map(sorted), st.integers(1, 92))
def test_some_members_and_fewer_days_are_as_among_all_and_in_more(rows: list[int], length: int) -> None:
    block, whole, part = GENERATED.block(0), _span(92), _span(length)
    some = block.take(np.array(rows))
    one = Credits(GENERATED).spend(some, part, _wishes(some, part))
    other = Credits(GENERATED).spend(block, whole, _wishes(block, whole))
    for name in ("built_in", "top_up", "hit"):
        assert np.array_equal(getattr(one, name), getattr(other, name)[rows, :length])


def test_months_are_the_same_alone_and_together() -> None:
    block, whole = GENERATED.block(0), _span(92)
    lengths = [31, 30, 31]
    starts = [FIRST + timedelta(days=days) for days in accumulate(lengths, initial=0)][:-1]
    spans = [_span(length, start) for length, start in zip(lengths, starts, strict=True)]
    alone = [Credits(GENERATED).spend(block, span, _wishes(block, span)) for span in spans]
    together = Credits(GENERATED).spend(block, whole, _wishes(block, whole))
    for name in ("built_in", "top_up", "hit"):
        assert np.array_equal(np.hstack([getattr(each, name) for each in alone]), getattr(together, name))


def test_nobody_spends_nothing() -> None:
    block = GENERATED.block(1).take(np.array([], dtype=np.int64))
    ledger = Credits(GENERATED).spend(block, _span(31), np.zeros((0, 31), dtype=np.int64))
    assert ledger.spent.shape == ledger.hit.shape == (0, 31)

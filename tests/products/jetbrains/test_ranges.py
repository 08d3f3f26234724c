"""Buckets of JetBrains AI: each is the sum of its days, and nobody counts twice in one."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.jetbrains.credits import CreditLedger, QuotaPeriod
from mockserver.products.jetbrains.facts import COUNTERS, CREDITS, MEASURES, TOOLS
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, JetBrainsProgram, Raise
from mockserver.products.jetbrains.programs import IDES, ReportingGate
from mockserver.products.jetbrains.ranges import DistinctUsers, Spending, SpentCredits
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.calendar import Days
from mockserver.simulation.organization import NEVER, ScriptedFact, SpecialPerson
from mockserver.simulation.people import BLOCK, Block
from mockserver.simulation.presence import Mask
from tests.products.built import jetbrains
from tests.simulation import worlds

START = worlds.ordinal("2025-09-20")
LENGTH = 50
"""The days from START on between which ranges are cut."""

INDEX = worlds.PRODUCTS.index("jetbrains")
ADOPTED = worlds.SPREAD.starts.toordinal()
NOTHING = SpentCredits(0, 0, 0, 0)
ALL = ReportingGate(assistant=True, codex=0)
HONEST = ReportingGate(released=START + 10, assistant=False, codex=START + 12)


def _person(index: int, **jetbrains: object) -> SpecialPerson:
    return SpecialPerson(f"{index}@small.example", options={"jetbrains": JetBrainsPerson(**jetbrains)})  # type: ignore[arg-type]


def _fact(member: int, day: str, spent: int) -> ScriptedFact:
    counters = {"junie_invocations": 1, "junie_credits": spent}
    return ScriptedFact(member, "jetbrains", date.fromisoformat(f"2025-{day}"), (), counters)


SMALL = worlds.world()
SCRIPTED = worlds.world(
    turnover=worlds.STAYING,
    generated=False,
    special=(
        _person(0, credits=(Allotment(1_000),)),
        _person(1, credits=(Allotment(1_000, 500, (Raise(date(2025, 10, 21), 750),)),)),
        _person(2, credits=(Allotment(1_000), Allotment(1_000))),
        _person(3, credits=(Allotment(1_000), Allotment(1_000))),
        _person(4, credits=(), old_clients=(JetBrainsProgram.JUNIE,)),
    ),
    facts=(
        _fact(0, "10-06", 900),
        _fact(0, "10-07", 900),
        _fact(1, "10-07", 1_500),
        _fact(1, "10-22", 800),
        _fact(2, "10-07", 1_000),
        _fact(2, "10-09", 1_000),
        _fact(3, "10-09", 2_000),
        _fact(4, "10-09", 5),
        _fact(0, "11-03", 1_000),
    ),
)
WORLDS = {"generated": SMALL, "scripted": SCRIPTED}
BLOCKS = worlds.world(people=BLOCK + 60)


@st.composite
def bucket_edges(draw: st.DrawFn, least: int = 2, most: int = 7) -> list[int]:
    """Ascending days, equal ones among them."""
    return sorted(draw(st.lists(st.integers(START, START + LENGTH), min_size=least, max_size=most)))


def masks(world: World) -> st.SearchStrategy[Mask | None]:
    """Masks of any members, or no mask."""
    members = world.organization.members
    some = st.sets(st.integers(0, members - 1)).map(lambda chosen: np.isin(np.arange(members), list(chosen)))
    return st.one_of(st.none(), some)


COUNTED = st.fixed_dictionaries({"service_accounts": st.booleans(), "period": st.sampled_from(QuotaPeriod)})
CHOICES = st.one_of(st.none(), st.sets(st.integers(0, len(IDES) - 1), max_size=4))


@dataclass(slots=True)
class Part:
    """A bucket, counted cell by cell; `hits` are the members who hit their limit, by day."""

    enabled: set[int] = field(default_factory=set)
    active: set[int] = field(default_factory=set)
    spenders: set[int] = field(default_factory=set)
    hits: dict[int, set[int]] = field(default_factory=dict)
    built_in: int = 0
    top_up: int = 0

    @property
    def hit(self) -> set[int]:
        """Who hit a limit on any day."""
        return set[int]().union(*self.hits.values())

    @property
    def spent(self) -> SpentCredits:
        """The expected numbers of the bucket."""
        return SpentCredits(self.built_in, self.top_up, len(self.spenders), len(self.hit))


def _count_cells(
    world: World,
    first: int,
    end: int,
    mask: Mask | None,
    ides: set[int] | None = None,
    *,
    service_accounts: bool = False,
    period: QuotaPeriod = QuotaPeriod.CALENDAR_MONTH,
) -> Part:
    """A bucket, cell by cell; `ides` None is any."""
    part = Part()
    for block in world.people.blocks() if first < end else ():
        span = calendar.days(world.organization, first, end - 1)
        chosen = np.ones(len(block), dtype=bool) if mask is None else mask[block.index]
        chosen = chosen & (~block.service | (service_accounts and ides is None))
        part.active |= _members_of(block, jetbrains(world).facts.facts(block, span).active & chosen[:, None])
        since = np.where(block.service, ADOPTED, np.maximum(block.licensed[INDEX], block.joined))
        there = since[:, None] <= span.ordinals
        there &= (span.ordinals < block.left[:, None]) & chosen[:, None]
        cells = np.ones(there.shape, dtype=bool) & chosen[:, None]
        if ides is not None:
            there &= jetbrains(world).programs.has(block, ides)[:, None]
            cells &= np.isin(jetbrains(world).programs.ide_on(block, span.ordinals), list(ides))
        part.enabled |= _members_of(block, there)
        ledger = jetbrains(world).facts.spending(block, span, period, service_accounts=service_accounts)
        _add_spending(part, block, span, ledger, cells)
    return part


def _members_of(block: Block, cells: Mask) -> set[int]:
    """The members with any cell set."""
    return set(block.index[cells.any(axis=1)].tolist())


def _add_spending(part: Part, block: Block, span: Days, ledger: CreditLedger, cells: Mask) -> None:
    """Add what was spent in some cells to a bucket."""
    part.built_in += int(ledger.built_in[cells].sum())
    part.top_up += int(ledger.top_up[cells].sum())
    part.spenders |= _members_of(block, (ledger.spent > 0) & cells)
    for row, column in np.argwhere(ledger.hit & cells).tolist():
        part.hits.setdefault(span.first + column, set()).add(int(block.index[row]))


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@settings(max_examples=25)
@given(edges=bucket_edges(), counted=COUNTED, data=st.data())
def test_bucket_counts_each_member_and_day_once(
    world: World, edges: list[int], counted: dict[str, Any], data: st.DataObject
) -> None:
    mask, accounts = data.draw(masks(world)), counted["service_accounts"]
    parts = [_count_cells(world, *bucket, mask, **counted) for bucket in pairwise(edges)]
    whole = _count_cells(world, edges[0], edges[-1], mask, **counted)
    ranges = jetbrains(world).ranges
    enabled = DistinctUsers([len(part.enabled) for part in parts], len(whole.enabled))
    assert ranges.enabled(edges, mask, service_accounts=accounts) == enabled
    assert ranges.active(edges, mask) == DistinctUsers([len(part.active) for part in parts], len(whole.active))
    peak = max((len(hit) for hit in whole.hits.values()), default=0)
    assert ranges.spending(edges, mask, **counted) == Spending([part.spent for part in parts], whole.spent, peak)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@settings(max_examples=25)
@given(edges=bucket_edges(), ides=CHOICES, counted=COUNTED, data=st.data())
def test_ides_restrict_buckets_to_days_in_those_ides(
    world: World, edges: list[int], ides: set[int] | None, counted: dict[str, Any], data: st.DataObject
) -> None:
    mask, accounts = data.draw(masks(world)), counted["service_accounts"]
    parts = [_count_cells(world, *bucket, mask, ides, **counted) for bucket in pairwise(edges)]
    whole = _count_cells(world, edges[0], edges[-1], mask, ides, **counted)
    ranges = jetbrains(world).ranges
    enabled = DistinctUsers([len(part.enabled) for part in parts], len(whole.enabled))
    assert ranges.enabled(edges, mask, ides, service_accounts=accounts) == enabled
    peak = max((len(hit) for hit in whole.hits.values()), default=0)
    assert ranges.spending(edges, mask, ides, **counted) == Spending([part.spent for part in parts], whole.spent, peak)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@settings(max_examples=25)
@given(edges=bucket_edges())
def test_peak_is_at_most_the_distinct_users_of_the_range(world: World, edges: list[int]) -> None:
    daily = jetbrains(world).ranges.spending(list(range(edges[0], edges[-1] + 1)) if edges[-1] > edges[0] else edges)
    spending = jetbrains(world).ranges.spending(edges)
    assert spending.total == daily.total
    assert spending.peak == daily.peak == max(day.hit for day in daily.buckets)
    assert spending.peak <= spending.total.hit <= sum(day.hit for day in daily.buckets)
    assert (
        max(part.users for part in spending.buckets)
        <= spending.total.users
        <= sum(part.users for part in spending.buckets)
    )


@settings(max_examples=25)
@given(bucket_edges())
def test_all_ides_add_up_to_the_whole(edges: list[int]) -> None:
    ranges = jetbrains(SMALL).ranges
    alone = [ranges.spending(edges, ides=[ide]) for ide in range(len(IDES))]
    whole = ranges.spending(edges)
    assert ranges.spending(edges, ides=range(len(IDES))) == whole
    assert ranges.enabled(edges, ides=range(len(IDES))) == ranges.enabled(edges)
    for kind in ("built_in", "top_up"):
        assert sum(getattr(each.total, kind) for each in alone) == getattr(whole.total, kind)
    for users in ("users", "hit"):
        counts = [getattr(each.total, users) for each in alone]
        assert max(counts) <= getattr(whole.total, users) <= sum(counts)


@settings(max_examples=25)
@given(bucket_edges(), st.data())
def test_spenders_are_active_and_active_users_are_enabled(edges: list[int], data: st.DataObject) -> None:
    mask, ranges = data.draw(masks(SMALL)), jetbrains(SMALL).ranges
    enabled, active, spending = ranges.enabled(edges, mask), ranges.active(edges, mask), ranges.spending(edges, mask)
    for part, used, has in zip(spending.buckets, active.buckets, enabled.buckets, strict=True):
        assert part.hit <= part.users <= used <= has
    assert spending.total.users <= active.total <= enabled.total


@settings(max_examples=20)
@given(bucket_edges(), st.data())
def test_members_inside_and_outside_a_mask_add_up(edges: list[int], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.integers(0, BLOCK + 61), max_size=600))
    mask = np.isin(np.arange(BLOCK + 62), list(chosen))
    ranges = jetbrains(BLOCKS).ranges
    for count in (ranges.enabled, ranges.active):
        some, others, everybody = count(edges, mask), count(edges, ~mask), count(edges)
        assert np.add(some.buckets, others.buckets).tolist() == everybody.buckets
        assert some.total + others.total == everybody.total
    spent = [ranges.spending(edges, each).total for each in (mask, ~mask, None)]
    for name in ("built_in", "top_up", "users", "hit"):
        one, other, both = (getattr(each, name) for each in spent)
        assert one + other == both


def _spent_in_buckets(*days: str, who: int | None = None) -> list[tuple[int, int, int, int]]:
    edges = [worlds.ordinal(f"2025-{day}") for day in days]
    mask = None if who is None else np.arange(SCRIPTED.organization.members) == who
    spending = jetbrains(SCRIPTED).ranges.spending(edges, mask).buckets
    return [(each.built_in, each.top_up, each.users, each.hit) for each in spending]


def test_peak_is_the_day_with_the_most_limit_hits() -> None:
    edges = [worlds.ordinal(f"2025-{day}") for day in ("10-01", "11-01", "12-01")]
    spending = jetbrains(SCRIPTED).ranges.spending(edges)
    assert [each.hit for each in spending.buckets] == [4, 1]
    assert (spending.total.hit, spending.peak) == (4, 3), "three on the seventh; one of them again in November"


def test_two_exhausted_licences_count_once_in_their_month() -> None:
    days = _spent_in_buckets("10-07", "10-08", "10-09", "10-10", who=2)
    assert days == [(1_000, 0, 1, 1), (0, 0, 0, 0), (1_000, 0, 1, 1)]
    assert _spent_in_buckets("10-01", "11-01", who=2) == [(2_000, 0, 1, 1)]


def test_later_credits_do_not_undo_a_limit_hit() -> None:
    assert _spent_in_buckets("10-01", "10-21", "11-01", who=1) == [(1_000, 500, 1, 1), (0, 750, 1, 0)]
    assert _spent_in_buckets("10-01", "11-01", who=1) == [(1_000, 1_250, 1, 1)]


def test_people_without_credits_are_active_and_spend_nothing() -> None:
    edges = [worlds.ordinal("2025-10-09"), worlds.ordinal("2025-10-10")]
    mask = np.arange(SCRIPTED.organization.members) == 4
    assert jetbrains(SCRIPTED).ranges.active(edges, mask) == DistinctUsers([1], 1)
    assert jetbrains(SCRIPTED).ranges.spending(edges, mask) == Spending([NOTHING], NOTHING, 0)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("gate", [ALL, HONEST, ReportingGate(assistant=False)], ids=["all", "honest", "lenient"])
@settings(max_examples=10)
@given(edges=bucket_edges())
def test_reported_facts_come_from_new_enough_clients(world: World, gate: ReportingGate, edges: list[int]) -> None:
    expected = np.zeros((len(edges) - 1, len(TOOLS), len(MEASURES)), dtype=np.int64)
    span = calendar.days(world.organization, START, START + LENGTH)
    for block in world.people.blocks():
        facts, (junie, others) = (
            jetbrains(world).facts.facts(block, span),
            jetbrains(world).programs.sending(block, gate),
        )
        measures = facts.counters[: CREDITS.start].reshape(len(TOOLS), len(MEASURES), len(facts.rows))
        for tool, name in enumerate(TOOLS):
            since = junie if name == "junie" else others
            for part, (first, end) in enumerate(pairwise(edges)):
                day = span.ordinals[facts.columns]
                counts = (day >= np.maximum(since[facts.rows], first)) & (day < end)
                if name == "codex":
                    counts &= day >= gate.codex
                expected[part, tool] += measures[tool][:, counts].sum(axis=1)
    assert np.array_equal(jetbrains(world).ranges.reported(edges, gate), expected)


def test_reports_are_incomplete_and_begin_at_an_honest_release() -> None:
    edges = [START, START + 10, START + LENGTH]
    span = calendar.days(BLOCKS.organization, START, START + LENGTH - 1)
    done = sum(jetbrains(BLOCKS).facts.facts(block, span).by_member.sum(axis=1) for block in BLOCKS.people.blocks())
    reported = jetbrains(BLOCKS).ranges.reported(edges, ALL)
    assert 0.8 < int(reported.sum()) / int(np.sum(done[: CREDITS.start])) < 1
    assert not jetbrains(BLOCKS).ranges.reported(edges, HONEST)[0].any()
    assert jetbrains(BLOCKS).ranges.reported(edges, HONEST)[1].any()
    assert len(COUNTERS) == CREDITS.stop


FIRST = worlds.BASE.first_day.toordinal()
OUTSIDE = {
    "long before the history": [1, 40, FIRST - 400],
    "up to the first day": [FIRST - 7, FIRST],
    "one day twice": [START, START],
    "one day several times": [START, START, START],
    "the first day of all": [FIRST, FIRST + 1],
}


@pytest.mark.parametrize("edges", OUTSIDE.values(), ids=OUTSIDE)
@pytest.mark.parametrize("mask", [None, np.ones(42, dtype=bool), np.zeros(42, dtype=bool)], ids=["any", "all", "none"])
def test_range_outside_the_history_is_empty(edges: list[int], mask: Mask | None) -> None:
    parts, ranges = len(edges) - 1, jetbrains(SMALL).ranges
    assert ranges.enabled(edges, mask) == ranges.active(edges, mask) == DistinctUsers([0] * parts, 0)
    assert ranges.spending(edges, mask) == Spending([NOTHING] * parts, NOTHING, 0)
    assert ranges.spending(edges, mask, [0]) == Spending([NOTHING] * parts, NOTHING, 0)
    assert np.array_equal(ranges.reported(edges, ALL), np.zeros((parts, len(TOOLS), len(MEASURES))))


@pytest.mark.parametrize("first", [1, FIRST - 400, FIRST - 1])
def test_range_from_before_the_history_equals_the_history(first: int) -> None:
    ranges = jetbrains(SMALL).ranges
    early, late = ([start, FIRST + 300, FIRST + 400] for start in (first, FIRST))
    assert ranges.enabled(early) == ranges.enabled(late)
    assert ranges.active(early) == ranges.active(late)
    assert ranges.spending(early) == ranges.spending(late)
    assert np.array_equal(ranges.reported(early, ALL), ranges.reported(late, ALL))


def test_empty_bucket_between_others_is_zero() -> None:
    edges = [START, START + 7, START + 7, START + 14]
    ranges = jetbrains(SMALL).ranges
    for users in (ranges.enabled(edges), ranges.active(edges)):
        assert users.buckets[1] == 0
        assert min(users.buckets[0], users.buckets[2]) > 0
    assert ranges.spending(edges).buckets[1] == NOTHING
    assert not ranges.reported(edges, ALL)[1].any()
    assert ranges.active(edges).total == ranges.active([START, START + 14]).total


def test_nobody_is_enabled_before_the_licence_or_after_leaving() -> None:
    stay = [START, NEVER]
    people = SMALL.people.block(0)
    licensed = np.maximum(people.licensed[INDEX], people.joined)
    assert jetbrains(SMALL).ranges.enabled(stay).total == int(((people.left > START) & (licensed < people.left)).sum())
    for row in range(42):
        only, days = np.arange(42) == row, [int(licensed[row]), int(people.left[row])]
        if days[0] < days[1] < NEVER:
            around = [days[0] - 1, days[0], days[0] + 1, days[1] - 1, days[1], days[1] + 1]
            assert jetbrains(SMALL).ranges.enabled(around, only).buckets == [0, 1, 1, 1, 0]


def test_service_accounts_are_never_counted() -> None:
    mask = np.arange(42) >= 40
    edges = [START, START + LENGTH]
    assert jetbrains(SMALL).ranges.enabled(edges, mask).total == 0
    assert jetbrains(SMALL).ranges.active(edges, mask).total == 0


def test_licence_counts_only_while_its_person_is_employed() -> None:
    joined, left = date(2025, 3, 3), date(2025, 6, 2)
    licences = (date(2025, 1, 6), date(2025, 4, 7), date(2025, 6, 2), date(2025, 7, 7), None)
    special = tuple(
        SpecialPerson(f"{index}@small.example", joined=joined, left=left, licences={"jetbrains": day})
        for index, day in enumerate(licences)
    )
    world = worlds.world(people=len(licences), service_accounts=(), special=special)
    edges = [worlds.ordinal(day) for day in ("2025-01-01", "2025-03-03", "2025-04-07", "2025-06-02", "2025-12-31")]
    for index, expected in enumerate(([0, 1, 1, 0], [0, 0, 1, 0], *[[0] * 4] * 3)):
        mask = np.arange(len(licences)) == index
        assert jetbrains(world).ranges.enabled(edges, mask) == DistinctUsers(expected, max(expected))

"""Laws for every organization, seed, range and grouping: totals, parts and bounds of the three reports."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries, worlds
from tests.vendors.jetbrains_console.queries import ADOPTION, CREDITS, HITS, Row
from tests.vendors.jetbrains_console.worlds import Span

any_world = st.sampled_from(worlds.WORLDS)
any_grouping = st.sampled_from(queries.GROUPINGS)
USERS = ("enabledUsers", "activeUsers", "usersHitLimit")
SPENT = ("builtInQuota", "topUpCredits", "totalCredits")

Of = Callable[[str, int | None], Client]


@pytest.fixture(name="of", scope="module")
def clients(opened: Callable[[str], Client]) -> Of:
    return cache(lambda organization, seed: worlds.seeded(opened(organization), seed))


def _numbers(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "date"}


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(400), group_by=any_grouping)
def test_total_counts_each_user_once_and_all_credits(
    of: Of, world: tuple[str, int | None], span: Span, group_by: str
) -> None:
    client = of(*world)
    for path in queries.REPORTS:
        rows, total = queries.report(client, path, *span.texts, groupBy=group_by)
        for name in set(USERS) & total.keys():
            assert max(row[name] for row in rows) <= total[name] <= sum(row[name] for row in rows)
        for name in set(SPENT) & total.keys():
            assert sum(queries.hundredths(row[name] for row in rows)) == queries.hundredths([total[name]])[0]


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(120), group_by=any_grouping)
def test_no_part_exceeds_its_whole(of: Of, world: tuple[str, int | None], span: Span, group_by: str) -> None:
    client = of(*world)
    result = [queries.report(client, path, *span.texts, groupBy=group_by) for path in queries.REPORTS]
    together = [
        {name: value for row in rows for name, value in row.items()}
        for rows in zip(*([*rows, total] for rows, total in result), strict=True)
    ]
    for row in together:
        assert row["usersHitLimit"] <= row["activeUsers"] <= row["enabledUsers"]
        built_in, top_up, total = queries.hundredths(row[name] for name in SPENT)
        assert built_in + top_up == total
        assert bool(total) == bool(row["activeUsers"]), "whoever spends is active, and whoever is active spends"


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(120))
def test_peak_is_the_highest_of_the_days(of: Of, world: tuple[str, int | None], span: Span) -> None:
    """Peak <= distinct users of the range <= sum over its days."""
    rows, total = queries.report(of(*world), HITS, *span.texts)
    days = [row["usersHitLimit"] for row in rows]
    assert total["peakDailyUsers"] == max(days)
    assert total["peakDailyUsers"] <= total["usersHitLimit"] <= sum(days)


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(200), group_by=any_grouping)
def test_total_does_not_depend_on_the_grouping(
    of: Of, world: tuple[str, int | None], span: Span, group_by: str
) -> None:
    client = of(*world)
    for path in queries.REPORTS:
        assert queries.total(client, path, *span.texts, groupBy=group_by) == queries.total(client, path, *span.texts)


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(60), more=st.integers(1, 40))
def test_longer_range_keeps_every_day(of: Of, world: tuple[str, int | None], span: Span, more: int) -> None:
    client, longer = of(*world), Span(span.first, span.last + timedelta(days=more))
    for path in queries.REPORTS:
        rows, total = queries.report(client, path, *span.texts)
        further, greater = queries.report(client, path, *longer.texts)
        assert further[: len(rows)] == rows
        assert all(greater[name] >= value for name, value in total.items())


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(200), cut=st.integers(0, 200))
def test_range_is_the_sum_of_two_parts(of: Of, world: tuple[str, int | None], span: Span, cut: int) -> None:
    middle = min(span.first + timedelta(days=cut), span.last)
    if middle == span.last:
        return
    client = of(*world)
    halves = (Span(span.first, middle), Span(middle + timedelta(days=1), span.last))
    spent = [queries.total(client, CREDITS, *half.texts) for half in halves]
    for name, value in queries.total(client, CREDITS, *span.texts).items():
        assert sum(queries.hundredths(half[name] for half in spent)) == queries.hundredths([value])[0]
    for path, names in ((ADOPTION, USERS[:2]), (HITS, USERS[2:])):
        parts = [queries.total(client, path, *half.texts) for half in halves]
        whole = queries.total(client, path, *span.texts)
        for name in names:
            assert max(part[name] for part in parts) <= whole[name] <= sum(part[name] for part in parts)


@settings(max_examples=25)
@given(world=any_world, span=worlds.spans(90), group_by=any_grouping, codes=st.sets(st.sampled_from(queries.IDES)))
def test_some_ides_and_the_others_add_up_to_the_whole(
    of: Of, world: tuple[str, int | None], span: Span, group_by: str, codes: set[str]
) -> None:
    others = set(queries.IDES) - codes
    if not codes or not others:
        return
    client = of(*world)
    whole = queries.rows(client, CREDITS, *span.texts, groupBy=group_by)
    parts = [
        queries.rows(client, CREDITS, *span.texts, groupBy=group_by, ide=",".join(sorted(chosen)))
        for chosen in (codes, others)
    ]
    for row, one, other in zip(whole, *parts, strict=True):
        for name in SPENT:
            assert queries.hundredths([row[name]])[0] == sum(queries.hundredths([one[name], other[name]]))


@settings(max_examples=25)
@given(world=any_world, day=st.dates(date(2022, 12, 1), date(2025, 11, 10)))
def test_single_day_is_the_same_in_a_longer_range(of: Of, world: tuple[str, int | None], day: date) -> None:
    client = of(*world)
    around = Span(day - timedelta(days=9), day + timedelta(days=9))
    for path in queries.REPORTS:
        [alone], total = queries.report(client, path, str(day), str(day))
        assert queries.rows(client, path, *around.texts)[9] == alone
        assert {name: value for name, value in total.items() if name != "peakDailyUsers"} == _numbers(alone)

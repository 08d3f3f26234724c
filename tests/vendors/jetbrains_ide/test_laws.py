"""Laws across endpoints, for any organization, seed, range, tools and page size (contract, section 3)."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation import calendar
from tests.contract.client import Client
from tests.products.built import jetbrains
from tests.vendors.jetbrains_ide import queries, worlds
from tests.vendors.jetbrains_ide.queries import Row
from tests.vendors.jetbrains_ide.worlds import Span

World = Callable[[str, int | None], Client]
Which = tuple[str, int | None]

some_world = st.sampled_from(worlds.WORLDS)
some_group = st.sampled_from(worlds.GROUPS)
some_tools = st.sets(st.sampled_from(queries.TOOLS), min_size=1).map(lambda chosen: ",".join(sorted(chosen)))


@pytest.fixture(scope="session")
def world(jetbrains_ide_of: Callable[..., Client]) -> World:
    """The client of an organization under a seed, with a frozen clock."""
    still = cache(jetbrains_ide_of)
    return cache(lambda organization, seed: worlds.seeded(still(organization), seed))


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(30), group=some_group, tools=some_tools)
def test_totals_are_the_sums_of_metrics_features_and_users(
    world: World, which: Which, span: Span, group: str, tools: str
) -> None:
    client = world(*which)
    totals = queries.totals(client, *span.texts, tool=tools)
    for path in (queries.METRICS, queries.BY_FEATURE):
        assert queries.added(queries.items(client, path, *span.texts, tool=tools, groupBy=group)) == totals
    assert queries.added(queries.paginate(client, *span.texts, tool=tools)) == totals


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(800), group=some_group, tools=some_tools)
def test_metrics_are_the_sum_of_their_features(world: World, which: Which, span: Span, group: str, tools: str) -> None:
    client = world(*which)
    merged = queries.items(client, queries.METRICS, *span.texts, tool=tools, groupBy=group)
    apart = queries.items(client, queries.BY_FEATURE, *span.texts, tool=tools, groupBy=group)
    by_date = {day: queries.added(rows) for day, rows in groupby(apart, key=lambda row: row["date"])}
    assert [{"date": day, **sums} for day, sums in by_date.items()] == merged
    every = queries.items(client, queries.BY_FEATURE, *span.texts, groupBy=group)
    assert apart == [row for row in every if row["tool"] in tools.split(",")]


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(20), tools=some_tools)
def test_feature_metrics_are_the_sum_of_their_users(world: World, which: Which, span: Span, tools: str) -> None:
    client = world(*which)
    rows = queries.paginate(client, *span.texts, tool=tools)
    for result in queries.items(client, queries.BY_FEATURE, *span.texts, tool=tools, groupBy="DAY"):
        mine = [row for row in rows if (row["tool"], row["date"]) == (result["tool"], result["date"])]
        assert queries.added(mine) == queries.added([result])


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(400), group=some_group)
def test_acceptances_and_active_users_stay_within_bounds(world: World, which: Which, span: Span, group: str) -> None:
    client = world(*which)
    rows = queries.items(client, queries.BY_FEATURE, *span.texts, groupBy=group)
    rows += queries.page(client, *span.texts, limit=1000).json["items"]
    assert all(row["acceptances"] <= row["suggestions"] for row in rows)
    people = queries.items(client, queries.ADOPTION, *span.texts, groupBy=group)
    assert all(row["activeUsers"] <= row["enabledUsers"] for row in people)


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(400), data=st.data())
def test_range_is_the_sum_of_its_parts(world: World, which: Which, span: Span, data: st.DataObject) -> None:
    client = world(*which)
    cut = data.draw(st.dates(span.first, span.last))
    parts = [queries.totals(client, *Span(span.first, cut).texts)]
    if cut < span.last:
        parts.append(queries.totals(client, *Span(cut + timedelta(days=1), span.last).texts))
    assert queries.added(parts) == queries.totals(client, *span.texts)


def _calendar(span: Span, group: str) -> Iterator[Span]:
    """The buckets of a range, cut day by day."""
    days = [span.first + timedelta(days=index) for index in range((span.last - span.first).days + 1)]
    keys: dict[str, Callable[[Any], Any]] = {
        "DAY": lambda day: day,
        "WEEK": lambda day: day.isocalendar()[:2],
        "MONTH": lambda day: (day.year, day.month),
        "YEAR": lambda day: day.year,
    }
    for _, within in groupby(days, key=keys[group]):
        listed = list(within)
        yield Span(listed[0], listed[-1])


def _active(client: Client, span: Span) -> int:
    """Everybody who made a request on any day of a range, counted one by one."""
    shown = queries.sandbox(client).world
    last = min(span.last.toordinal(), queries.sandbox(client).clock.now().toordinal())
    if last < span.first.toordinal():
        return 0
    days = calendar.days(shown.organization, span.first.toordinal(), last)
    return sum(int(jetbrains(shown).facts.active(block, days).any(axis=1).sum()) for block in shown.people.blocks())


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(120), group=some_group)
def test_user_counts_once_in_each_bucket(world: World, which: Which, span: Span, group: str) -> None:
    client = world(*which)
    result = queries.items(client, queries.ADOPTION, *span.texts, groupBy=group)
    buckets = list(_calendar(span, group))
    assert [row["activeUsers"] for row in result] == [_active(client, bucket) for bucket in buckets]
    for row, bucket in zip(result, buckets, strict=True):
        [alone] = queries.items(client, queries.ADOPTION, *bucket.texts, groupBy=group)
        assert (row["enabledUsers"], row["activeUsers"]) == (alone["enabledUsers"], alone["activeUsers"])


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(60))
def test_users_with_rows_were_active_on_that_day(world: World, which: Which, span: Span) -> None:
    """The reverse does not hold: some clients are too old to send data."""
    client = world(*which)
    rows = queries.page(client, *span.texts, limit=1000, tool="aia").json["items"]
    shown = queries.sandbox(client).world
    for row in rows[:: max(len(rows) // 20, 1)]:
        index = shown.identities.index_of(row["userId"])
        assert index is not None
        block = shown.people.block(index // 1024).take(np.array([index % 1024]))
        day = date.fromisoformat(row["date"]).toordinal()
        assert jetbrains(shown).facts.active(block, calendar.days(shown.organization, day, day)).all()


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(400), group=some_group)
def test_everybody_is_in_exactly_one_profile(world: World, which: Which, span: Span, group: str) -> None:
    client = world(*which)
    whole = queries.items(client, queries.ADOPTION, *span.texts, groupBy=group)
    parts = [
        queries.items(client, queries.ADOPTION, *span.texts, groupBy=group, profileId=profile["id"])
        for profile in client.got(queries.PROFILES)["items"]
    ]
    for row, *alone in zip(whole, *parts, strict=True):
        for name in ("enabledUsers", "activeUsers"):
            assert row[name] == sum(each[name] for each in alone)


def _chain(client: Client, span: Span, limits: list[int], **more: str) -> list[Row]:
    """The rows of all pages, whose sizes cycle through the limits."""
    rows: list[Row] = []
    cursor: dict[str, str] = {}
    for index in range(100_000):
        limit = limits[index % len(limits)]
        page = client.got(queries.USERS, **queries.span(*span.texts, limit=limit), **cursor, **more)
        rows += page["items"]
        if page["nextCursor"] is None:
            break
        assert len(page["items"]) == limit
        cursor = {"cursor": page["nextCursor"]}
    return rows


@settings(max_examples=25)
@given(
    which=some_world,
    span=worlds.spans(6),
    limits=st.lists(st.integers(20, 1000), min_size=1, max_size=4),
    order=st.sampled_from(("ASC", "DESC")),
    tools=some_tools,
)
def test_pages_of_any_sizes_add_up_in_both_orders(
    world: World, which: Which, span: Span, limits: list[int], order: str, tools: str
) -> None:
    client = world(*which)
    whole = queries.paginate(client, *span.texts, tool=tools)
    assert [queries.key(row) for row in whole] == sorted({queries.key(row) for row in whole})
    assert all(any(row[name] for name in queries.MEASURES) for row in whole)
    expected = whole if order == "ASC" else whole[::-1]
    assert _chain(client, span, limits, sortOrder=order, tool=tools) == expected


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(10), data=st.data())
def test_rows_of_some_users_are_a_subset_of_all_rows(
    world: World, which: Which, span: Span, data: st.DataObject
) -> None:
    client = world(*which)
    whole = queries.paginate(client, *span.texts)
    ids = sorted({row["userId"] for row in whole} | {queries.UNKNOWN})
    chosen = data.draw(st.sets(st.sampled_from(ids), min_size=1, max_size=40))
    order = data.draw(st.sampled_from(("ASC", "DESC")))
    mine = queries.paginate(client, *span.texts, query=",".join(chosen), sortOrder=order)
    expected = [row for row in whole if row["userId"] in chosen]
    assert mine == (expected if order == "ASC" else expected[::-1])


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(60), assistant=st.sampled_from(("all_but_junie", "everything")))
def test_reports_agree_under_every_option_of_the_gates(world: World, which: Which, span: Span, assistant: str) -> None:
    client = world(*which)
    opened = queries.sandbox(client)
    for released in ("ignored", "honest"):
        opened.set_policy({"jetbrains-ide": {"release_dates": released, "old_assistant": assistant}})
        totals = queries.totals(client, *span.texts, tool="junie")
        assert queries.added(queries.paginate(client, *span.texts, tool="junie")) == totals
    opened.set_policy({})

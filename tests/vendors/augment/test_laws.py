"""Laws that hold across the endpoints for any organization, seed and days (contract, sections 7 and 8)."""

from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.client import Client
from tests.vendors.augment import worlds
from tests.vendors.augment.worlds import Span

RECORDS = "/daily-user-activity-by-editor-language"
LINES = ("completions", "remote_agent", "ide_agent", "cli_agent_interactive", "cli_agent_non_interactive")
MESSAGES = ("chat", "remote_agent", "ide_agent", "cli_agent_interactive", "cli_agent_non_interactive")
World = Callable[[str, int | None], Client]

some_world = st.sampled_from(worlds.WORLDS)


@pytest.fixture(scope="session")
def world(opened: Callable[[str], Client]) -> World:
    """The client of an organization under a seed."""
    return cache(lambda organization, seed: worlds.seeded(opened(organization), seed))


@settings(max_examples=25)
@given(which=some_world, day=worlds.days())
def test_daily_count_agrees_with_users_and_records(world: World, which: tuple[str, int | None], day: date) -> None:
    client, text = world(*which), day.isoformat()
    [counted] = client.got("/dau-count", start_date=text, end_date=text)["daily_active_user_counts"]
    users = [worlds.name(row) for row in client.paginate("/dau", date=text, page_size=250)]
    records = client.paginate(RECORDS, date=text, page_size=100)
    assert counted == {"date": text, "user_count": len(users)}
    assert len(set(users)) == len(users)
    assert [user for user, _ in groupby(records, worlds.name)] == users


@settings(max_examples=25)
@given(which=some_world, day=worlds.days())
def test_records_of_a_user_add_up_to_their_activity(world: World, which: tuple[str, int | None], day: date) -> None:
    client, text = world(*which), day.isoformat()
    activity = client.paginate("/user-activity", start_date=text, end_date=text, page_size=100)
    records = client.paginate(RECORDS, date=text, page_size=100)
    by_user = {user: [row["metrics"] for row in rows] for user, rows in groupby(records, worlds.name)}
    assert {row["active_days"] for row in activity} <= {1}
    assert [worlds.name(row) for row in activity] == list(by_user)
    assert {worlds.name(row): worlds.added([row["metrics"]]) for row in activity} == {
        user: worlds.added(metrics) for user, metrics in by_user.items()
    }


@settings(max_examples=25)
@given(which=some_world, day=worlds.days())
def test_records_are_ordered_without_repetition(world: World, which: tuple[str, int | None], day: date) -> None:
    records = world(*which).paginate(RECORDS, date=day.isoformat(), page_size=100)
    for _, rows in groupby(records, worlds.name):
        labels = [(row["language"], row["editor"]) for row in rows]
        assert labels == sorted(set(labels))


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(30))
def test_sum_over_users_is_the_sum_over_days(world: World, which: tuple[str, int | None], span: Span) -> None:
    client = world(*which)
    users = client.paginate("/user-activity", **span.query, page_size=100)
    used = client.got("/daily-usage", **span.query)["daily_usage"]
    assert worlds.added([row["metrics"] for row in users]) == worlds.added([row["metrics"] for row in used])


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(5))
def test_active_days_count_the_days_in_dau(world: World, which: tuple[str, int | None], span: Span) -> None:
    client = world(*which)
    present = [worlds.name(row) for day in span.days for row in client.paginate("/dau", date=day, page_size=250)]
    users = client.paginate("/user-activity", **span.query, page_size=100)
    assert {worlds.name(row): row["active_days"] for row in users} == {
        user: present.count(user) for user in set(present)
    }


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(90))
def test_daily_usage_has_the_days_with_active_users(world: World, which: tuple[str, int | None], span: Span) -> None:
    client = world(*which)
    counts = client.got("/dau-count", **span.query)
    usage = client.got("/daily-usage", **span.query)
    rows = counts["daily_active_user_counts"]
    assert [row["date"] for row in rows] == span.days
    assert counts["metadata"]["total_days"] == len(span.days)
    assert [row["date"] for row in usage["daily_usage"]] == [row["date"] for row in rows if row["user_count"]]
    assert usage["metadata"]["total_days"] == len(usage["daily_usage"])


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(20))
def test_totals_are_the_sums_of_their_parts(world: World, which: tuple[str, int | None], span: Span) -> None:
    client = world(*which)
    users = client.paginate("/user-activity", **span.query, page_size=100)
    usage = client.got("/daily-usage", **span.query)["daily_usage"]
    records = client.paginate(RECORDS, date=span.last.isoformat(), page_size=100)
    for metrics in [row["metrics"] for row in (*users, *usage, *records)]:
        assert len(metrics) == 16
        assert metrics["total_modified_lines_of_code"] == sum(metrics[f"{part}_lines_of_code"] for part in LINES)
        assert metrics["total_messages"] == sum(metrics[f"{part}_messages"] for part in MESSAGES)
        assert metrics["completions_accepted"] <= metrics["completions_count"]
        assert metrics["completions_lines_of_code"] <= metrics["completions_suggested_lines_of_code"]
        assert any(metrics.values())


@settings(max_examples=25)
@given(which=some_world, day=worlds.days(), data=st.data())
def test_pages_of_any_sizes_add_up_to_the_whole_list(
    world: World, which: tuple[str, int | None], day: date, data: st.DataObject
) -> None:
    client = world(*which)
    path, key = data.draw(st.sampled_from([("/dau", "users"), ("/user-activity", "users"), (RECORDS, "records")]))
    query = Span(day, day).query if path == "/user-activity" else {"date": day.isoformat()}
    whole, index, cursor = client.paginate(path, **query, page_size=100), 0, ""
    for size in data.draw(st.lists(st.integers(1, 60), min_size=1, max_size=8)):
        page = client.got(path, **query, page_size=size, **({"cursor": cursor} if cursor else {}))
        assert page[key] == whole[index : index + size]
        index += size
        assert page["pagination"]["has_more"] is (index < len(whole))
        cursor = page["pagination"]["next_cursor"]
        if not cursor:
            break


@settings(max_examples=25)
@given(which=some_world, long=worlds.spans(60), data=st.data())
def test_longer_range_loses_no_day_and_no_user(
    world: World, which: tuple[str, int | None], long: Span, data: st.DataObject
) -> None:
    client = world(*which)
    short = Span(*sorted(data.draw(st.tuples(st.dates(long.first, long.last), st.dates(long.first, long.last)))))
    for path, key in (("/dau-count", "daily_active_user_counts"), ("/daily-usage", "daily_usage")):
        within = [row for row in client.got(path, **long.query)[key] if row["date"] in short.days]
        assert client.got(path, **short.query)[key] == within
    more = {worlds.name(row): row for row in client.paginate("/user-activity", **long.query, page_size=100)}
    for row in client.paginate("/user-activity", **short.query, page_size=100):
        whole = more[worlds.name(row)]
        assert row["active_days"] <= whole["active_days"]
        assert all(row["metrics"][each] <= whole["metrics"][each] for each in whole["metrics"])


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(90))
def test_people_come_before_service_accounts(world: World, which: tuple[str, int | None], span: Span) -> None:
    kinds = ["user_email" in row for row in world(*which).paginate("/user-activity", **span.query, page_size=100)]
    assert kinds == sorted(kinds, reverse=True)


@settings(max_examples=25)
@given(which=some_world.filter(lambda which: which[0] != "documented"), span=worlds.spans(30))
def test_service_accounts_only_use_the_unattended_cli(world: World, which: tuple[str, int | None], span: Span) -> None:
    """Scripted facts may say otherwise, and those of the documentation have to."""
    for row in world(*which).paginate("/user-activity", **span.query, page_size=100):
        if "service_account_name" in row:
            metrics = row["metrics"]
            assert metrics["total_messages"] == metrics["cli_agent_non_interactive_messages"] > 0
            assert metrics["total_modified_lines_of_code"] == metrics["cli_agent_non_interactive_lines_of_code"]

"""Augment's charts have the numbers of its API, and its words where it refuses a period."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.charts import reading
from tests.contract import defects
from tests.contract.client import Client

BY_EDITOR_LANGUAGE = "/daily-user-activity-by-editor-language"
CREDITS = "/credit-usage-by-user"
SUMS = ("total_messages", "total_tool_calls", "completions_accepted", "total_modified_lines_of_code")
PERIODS = (("2025-09-21", "2025-10-20"), ("2025-10-15", "2025-10-15"), ("2025-03-01", "2025-08-31"))
WEEK = ("2025-10-14", "2025-10-20")


@pytest.mark.parametrize("organization", reading.ORGANIZATIONS)
@pytest.mark.parametrize("period", PERIODS)
def test_active_users_are_those_of_dau_count(
    opened: Callable[[str], Client], organization: str, period: tuple[str, str]
) -> None:
    client = opened(organization)
    shown = reading.chart(client.app, "augment-active-users", from_=period[0], to=period[1])
    expected = {}
    for day in reading.days(*period):
        [row] = client.got("/dau-count", start_date=day, end_date=day)["daily_active_user_counts"]
        expected[day,] = {"user_count": row["user_count"]}
    assert reading.numbers(shown) == expected
    assert (shown["note"], shown["totals"], shown["headline"]) == (None, {}, None)


@pytest.mark.parametrize(
    ("organization", "period"),
    [
        (organization, period)
        for organization in reading.ORGANIZATIONS
        for period in (WEEK if organization == "hooli" else PERIODS[0], PERIODS[1], ("2025-10-20", "2025-10-21"))
    ],
)
def test_credits_are_the_sums_over_all_users(
    opened: Callable[[str], Client], organization: str, period: tuple[str, str]
) -> None:
    """A month of acme has more rows than a page, and a day of hooli too; a week of hooli has about 250 pages."""
    client = opened(organization)
    shown = reading.chart(client.app, "augment-credits", from_=period[0], to=period[1])
    expected = dict.fromkeys(((day,) for day in reading.days(*period)), 0)
    for row in client.paginate(CREDITS, start_date=period[0], end_date=period[1], by_date="true", page_size=500):
        expected[row["date"],] += row["credits_consumed"]
    assert reading.numbers(shown) == {day: {"credits_consumed": value} for day, value in expected.items()}
    assert any(expected.values()) == (organization != "empty")
    assert shown["note"] is None


def test_credits_of_today_grow_with_the_clock(augment: Client) -> None:
    today = {"from_": "2025-10-21", "to": "2025-10-21"}
    morning = reading.chart(augment.app, "augment-credits", **today)["rows"][0]["credits_consumed"]
    later = augment.at("2025-10-21T23:00:00Z")
    assert reading.chart(later.app, "augment-credits", **today)["rows"][0]["credits_consumed"] > morning


def test_credits_are_read_page_by_page_while_a_defect_is_armed(augment: Client) -> None:
    period = {"from_": PERIODS[0][0], "to": PERIODS[0][1]}
    plain = reading.chart(augment.app, "augment-credits", **period)["rows"]
    augment.sandbox.set_defects((defects.armed("user-credits-gap"),))
    shown = reading.chart(augment.app, "augment-credits", **period)["rows"]
    pages = -(-len(augment.paginate(CREDITS, start_date=PERIODS[0][0], end_date=PERIODS[0][1], by_date="true")) // 500)
    assert pages > 1
    assert sum(row["credits_consumed"] for row in shown) - sum(row["credits_consumed"] for row in plain) == pages


def records(client: Client, day: str) -> list[Any]:
    """All records of a day."""
    return client.paginate(BY_EDITOR_LANGUAGE, date=day)


def summed(found: list[Any]) -> dict[str, int]:
    """The numbers of a chart's row, of some records."""
    users = {(record.get("user_email"), record.get("service_account_name")) for record in found}
    return {"users": len(users), **{name: sum(record["metrics"][name] for record in found) for name in SUMS}}


@pytest.mark.parametrize("field", ["editor", "language"])
@pytest.mark.parametrize(
    ("organization", "first", "last"),
    [
        ("acme", "2025-10-13", "2025-10-19"),
        ("initech", "2025-10-16", "2025-10-17"),
        ("documented", "2025-10-14", "2025-10-20"),
        ("empty", "2025-10-20", "2025-10-20"),
        ("hooli", "2025-10-19", "2025-10-19"),
    ],
)
def test_usage_is_the_sum_of_the_records_of_each_day(
    opened: Callable[[str], Client], field: str, organization: str, first: str, last: str
) -> None:
    client = opened(organization)
    shown = reading.chart(client.app, f"augment-usage-by-{field}", from_=first, to=last)
    by_day = {day: records(client, day) for day in reading.days(first, last)}
    labels = {record[field] for found in by_day.values() for record in found}
    nothing = dict.fromkeys(("users", *SUMS))
    assert reading.numbers(shown) == {
        (day, label): summed(chosen) if chosen else nothing
        for day, found in by_day.items()
        for label in labels
        for chosen in [[record for record in found if record[field] == label]]
    }
    assert bool(shown["note"]) == (not labels)


def test_long_periods_are_read_in_the_ranges_that_the_api_allows(augment: Client) -> None:
    shown = reading.chart(augment.app, "augment-active-users", from_="2025-01-01", to="2025-07-31")
    assert [each["path"] for each in shown["requests"]] == [
        "/analytics/v0/dau-count?start_date=2025-01-01&end_date=2025-03-31",
        "/analytics/v0/dau-count?start_date=2025-04-01&end_date=2025-06-29",
        "/analytics/v0/dau-count?start_date=2025-06-30&end_date=2025-07-31",
    ]
    assert shown["request"] == shown["requests"][0]
    assert len(shown["rows"]) == 212


@pytest.mark.parametrize(
    ("first", "last", "rule"),
    [
        ("2025-10-15", "2025-10-25", "end_date cannot be later than yesterday (UTC)"),
        ("2023-10-15", "2023-10-25", "start_date cannot be earlier than 2023-10-20, 2 years before yesterday (UTC)"),
        ("2025-10-21", "2025-10-25", "start_date cannot be later than yesterday (UTC)"),
    ],
)
def test_refused_days_have_no_numbers_and_a_note(augment: Client, first: str, last: str, rule: str) -> None:
    shown = reading.chart(augment.app, "augment-active-users", from_=first, to=last)
    assert shown["note"] == rule
    found = reading.numbers(shown)
    assert list(found) == [(day,) for day in reading.days(first, last)]
    for (day,), row in found.items():
        in_data = "2023-10-20" <= day <= "2025-10-20"
        assert (row["user_count"] is not None) == in_data


def test_request_is_one_that_the_api_answers(augment: Client) -> None:
    shown = reading.chart(augment.app, "augment-active-users", from_="2025-10-15", to="2025-10-25")
    assert [each["path"] for each in shown["requests"]] == [
        "/analytics/v0/dau-count?start_date=2025-10-15&end_date=2025-10-20"
    ]


def test_unpublished_day_is_shown_as_the_api_has_it(augment: Client) -> None:
    client = augment.at("2025-10-21T01:00:00Z")
    assert reading.listed(client.app)["augment-active-users"]["last_day"] == "2025-10-19"
    shown = reading.chart(client.app, "augment-active-users", from_="2025-10-17", to="2025-10-20")
    assert [row["user_count"] > 0 for row in shown["rows"]] == [True, True, True, False]
    assert shown["note"] is None
    client.switched(before_publication="reject")
    shown = reading.chart(client.app, "augment-active-users", from_="2025-10-17", to="2025-10-20")
    assert [row["user_count"] is None for row in shown["rows"]] == [False, False, False, True]
    assert shown["note"] == "end_date cannot be later than 2025-10-19: yesterday's data arrive at 02:00 (UTC)"

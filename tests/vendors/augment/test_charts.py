"""Augment's charts have the numbers of its API, and its words where it refuses a period."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.charts import reading
from tests.contract.client import Client

BY_EDITOR_LANGUAGE = "/daily-user-activity-by-editor-language"
SUMS = ("total_messages", "total_tool_calls", "completions_accepted", "total_modified_lines_of_code")
PERIODS = (("2025-09-21", "2025-10-20"), ("2025-10-15", "2025-10-15"), ("2025-03-01", "2025-08-31"))


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

"""The Console's charts have the numbers of its three reports."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.charts import reading
from tests.contract import defects
from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries

CHARTS = {
    "active-users": ("/v1/adoption/users-adoption/group-by/date", ("activeUsers",)),
    "credits": ("/v2/adoption/quota-consumption/group-by/date", ("builtInQuota", "topUpCredits", "totalCredits")),
    "limit-hits": (queries.HITS, ("usersHitLimit",)),
}
PERIODS = (("2025-09-21", "2025-10-20"), ("2025-02-12", "2025-10-22"), ("2024-12-30", "2025-01-05"))


def shown_chart(client: Client, name: str, period: tuple[str, str], bucket: str) -> Any:
    """A chart in a period."""
    return reading.chart(client.app, f"jetbrains-console-{name}", from_=period[0], to=period[1], bucket=bucket)


@pytest.mark.parametrize("organization", reading.ORGANIZATIONS)
@pytest.mark.parametrize("bucket", queries.GROUPINGS)
@pytest.mark.parametrize("name", CHARTS)
def test_rows_and_totals_are_those_of_the_report(
    opened: Callable[[str], Client], organization: str, bucket: str, name: str
) -> None:
    client = opened(organization)
    path, series = CHARTS[name]
    for period in PERIODS:
        rows, total = queries.report(client, path, *period, groupBy=bucket)
        shown = shown_chart(client, name, period, bucket)
        found = {key: {each: row[each] for each in series} for key, row in reading.numbers(shown).items()}
        assert found == {(row["date"],): {each: row[each] for each in series} for row in rows}
        assert {each: shown["totals"][each] for each in series} == {each: total[each] for each in series}
        assert shown["note"] is None


@pytest.mark.parametrize("organization", ["acme", "initech", "empty"])
@pytest.mark.parametrize("bucket", queries.GROUPINGS)
@pytest.mark.parametrize("period", PERIODS)
def test_peak_stands_in_the_bucket_of_its_day(
    opened: Callable[[str], Client], organization: str, bucket: str, period: tuple[str, str]
) -> None:
    client = opened(organization)
    days, total = queries.report(client, queries.HITS, *period)
    peak = total["peakDailyUsers"]
    peak_days = [row["date"] for row in days if peak and row["usersHitLimit"] == peak]
    shown = shown_chart(client, "limit-hits", period, bucket)
    starts = [row["date"] for row in shown["rows"]]
    expected = {max(start for start in starts if start <= day) for day in peak_days}
    assert {row["date"]: row["peakDailyUsers"] for row in shown["rows"]} == {
        start: peak if start in expected else None for start in starts
    }
    assert shown["totals"]["peakDailyUsers"] == peak
    assert len(shown["requests"]) == (1 if bucket == "day" else 2)


def test_credits_are_numbers_where_the_api_has_text(jetbrains_console: Client) -> None:
    plain = shown_chart(jetbrains_console, "credits", PERIODS[0], "day")
    jetbrains_console.switched(credits_form="string")
    assert shown_chart(jetbrains_console, "credits", PERIODS[0], "day")["rows"] == plain["rows"]
    assert isinstance(plain["totals"]["totalCredits"], float)


def test_charts_of_v2_count_service_accounts_and_active_users_are_people(jetbrains_console: Client) -> None:
    def totals(principals: str) -> dict[str, Any]:
        jetbrains_console.switched(v2_principals=principals)
        return {name: shown_chart(jetbrains_console, name, PERIODS[0], "month")["totals"] for name in CHARTS}

    both, people = totals("people_and_service_accounts"), totals("people")
    assert both["active-users"] == people["active-users"]
    assert both["credits"]["builtInQuota"] == people["credits"]["builtInQuota"]
    assert both["credits"]["topUpCredits"] > people["credits"]["topUpCredits"]


def test_clipped_label_is_the_date_of_the_row(jetbrains_console: Client) -> None:
    period = ("2025-09-17", "2025-10-20")
    calendar = shown_chart(jetbrains_console, "active-users", period, "month")
    jetbrains_console.switched(bucket_label="clipped")
    clipped = shown_chart(jetbrains_console, "active-users", period, "month")
    assert [row["date"] for row in calendar["rows"]] == ["2025-09-01", "2025-10-01"]
    assert [row["date"] for row in clipped["rows"]] == ["2025-09-17", "2025-10-01"]


def test_omitted_bucket_is_a_row_of_nulls(jetbrains_console: Client) -> None:
    """People spend nothing on a weekend; service accounts would."""
    jetbrains_console.switched(v2_principals="people")
    zeros = reading.numbers(shown_chart(jetbrains_console, "credits", PERIODS[2], "day"))
    jetbrains_console.switched(v2_principals="people", empty_buckets="omitted")
    omitted = reading.numbers(shown_chart(jetbrains_console, "credits", PERIODS[2], "day"))
    assert list(zeros) == list(omitted)
    silent = {day for day, row in zeros.items() if not row["totalCredits"]}
    assert silent
    for day, row in omitted.items():
        assert row == (dict.fromkeys(row) if day in silent else zeros[day])


def test_peak_that_no_day_has_is_reported(jetbrains_console: Client) -> None:
    jetbrains_console.sandbox.set_defects((defects.armed("peak-above-unique"),))
    shown = shown_chart(jetbrains_console, "limit-hits", PERIODS[0], "day")
    peak = shown["totals"]["peakDailyUsers"]
    assert shown["note"] == f"no day of the report has the peakDailyUsers of its total, {peak}"
    assert {row["peakDailyUsers"] for row in shown["rows"]} == {None}


def test_built_in_and_top_up_credits_are_stacked(jetbrains_console: Client) -> None:
    chart = reading.listed(jetbrains_console.app)["jetbrains-console-credits"]
    assert chart["kind"] == "stacked-bars"
    assert [each["name"] for each in chart["series"] if each["stacked"]] == ["builtInQuota", "topUpCredits"]

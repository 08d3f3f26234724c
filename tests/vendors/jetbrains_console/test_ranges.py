"""Buckets: parts of the calendar, clipped to the range, and their dates."""

from datetime import date, timedelta

import pytest

from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import ADOPTION, CREDITS, HITS


def _dates(client: Client, first: str, last: str, **more: str) -> list[str]:
    return [row["date"] for row in queries.rows(client, CREDITS, first, last, **more)]


CUT = {
    "a day": ("day", "2025-10-14", "2025-10-14", ["2025-10-14"]),
    "days over a leap day": ("day", "2024-02-28", "2024-03-01", ["2024-02-28", "2024-02-29", "2024-03-01"]),
    "weeks begin on Monday": ("week", "2025-10-01", "2025-10-13", ["2025-09-29", "2025-10-06", "2025-10-13"]),
    "a Sunday alone": ("week", "2025-10-05", "2025-10-05", ["2025-09-29"]),
    "a week over the turn of the year": ("week", "2025-01-01", "2025-01-06", ["2024-12-30", "2025-01-06"]),
    "months": ("month", "2024-12-31", "2025-02-01", ["2024-12-01", "2025-01-01", "2025-02-01"]),
    "years": ("year", "2023-12-31", "2025-01-01", ["2023-01-01", "2024-01-01", "2025-01-01"]),
    "the first days there are": ("week", "0001-01-01", "0001-01-08", ["0001-01-01", "0001-01-08"]),
    "the last days there are": ("month", "9999-11-30", "9999-12-31", ["9999-11-01", "9999-12-01"]),
    "the last day there is": ("year", "9999-12-31", "9999-12-31", ["9999-01-01"]),
}


@pytest.mark.parametrize(("group_by", "first", "last", "dates"), CUT.values(), ids=CUT)
def test_bucket_is_dated_with_its_first_calendar_day(
    jetbrains_console: Client, group_by: str, first: str, last: str, dates: list[str]
) -> None:
    assert _dates(jetbrains_console, first, last, groupBy=group_by) == dates


def test_default_bucket_is_a_day(jetbrains_console: Client) -> None:
    assert _dates(jetbrains_console, "2025-10-01", "2025-10-03") == ["2025-10-01", "2025-10-02", "2025-10-03"]


@pytest.mark.parametrize("group_by", ["week", "month", "year"])
@pytest.mark.parametrize("path", queries.REPORTS)
def test_only_days_inside_the_range_count(jetbrains_console: Client, path: str, group_by: str) -> None:
    """Each bucket equals the report of its own days."""
    first, last = date(2025, 8, 13), date(2025, 10, 16)
    rows = queries.rows(jetbrains_console, path, str(first), str(last), groupBy=group_by)
    starts = [date.fromisoformat(row["date"]) for row in rows]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [last]
    assert len(rows) == {"week": 10, "month": 3, "year": 1}[group_by]
    for row, start, end in zip(rows, starts, ends, strict=True):
        alone = queries.total(jetbrains_console, path, str(max(start, first)), str(end))
        assert {name: value for name, value in row.items() if name != "date"} == {
            name: value for name, value in alone.items() if name in row
        }


def test_today_has_data_and_the_future_is_empty(jetbrains_console: Client) -> None:
    """It is Tuesday, 2025-10-21."""
    rows, total = queries.report(jetbrains_console, ADOPTION, "2025-10-21", "2025-10-23")
    assert [row["activeUsers"] > 0 for row in rows] == [True, False, False]
    assert [row["enabledUsers"] > 0 for row in rows] == [True, False, False]
    assert total == {name: value for name, value in rows[0].items() if name != "date"}
    later = jetbrains_console.at("2025-10-23T00:00:00Z")
    assert all(row["activeUsers"] for row in queries.rows(later, ADOPTION, "2025-10-21", "2025-10-23"))


@pytest.mark.parametrize("path", queries.REPORTS)
def test_days_never_change(jetbrains_console: Client, path: str) -> None:
    times = ("2025-10-21T00:00:00Z", "2025-10-22T00:00:00Z", "2025-10-29T12:00:00Z")
    found = [queries.total(jetbrains_console.at(now), path, "2025-09-01", "2025-10-21") for now in times]
    assert found[0] == found[1] == found[2]
    assert any(found[0].values())


def test_current_month_is_served_up_to_today(jetbrains_console: Client) -> None:
    [month] = queries.rows(jetbrains_console, CREDITS, "2025-10-01", "2025-10-31", groupBy="month")
    so_far = queries.total(jetbrains_console, CREDITS, "2025-10-01", "2025-10-21")
    assert {name: month[name] for name in so_far} == so_far


@pytest.mark.parametrize("path", queries.REPORTS)
def test_nothing_happens_before_the_first_day(jetbrains_console: Client, path: str) -> None:
    rows, total = queries.report(jetbrains_console, path, "2021-12-30", "2022-01-04")
    assert len(rows) == 6
    assert {value for row in [*rows, total] for name, value in row.items() if name != "date"} == {0}


def test_whole_calendar_by_year_counts_the_whole_history(jetbrains_console: Client) -> None:
    rows, total = queries.report(jetbrains_console, HITS, "0001-01-01", "9999-12-31", groupBy="year")
    assert len(rows) == 9999
    assert total == queries.total(jetbrains_console, HITS, "2022-01-03", "2025-10-21")
    assert [row["date"] for row in rows if row["usersHitLimit"]] == ["2023-01-01", "2024-01-01", "2025-01-01"]

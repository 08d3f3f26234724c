"""Buckets of a range: dates, clipped ends, empty buckets, future days, very long ranges (contract, section 3)."""

from datetime import date, timedelta

import pytest

from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries
from tests.vendors.jetbrains_ide.queries import Row

LABELS = {
    "days": ("DAY", "2025-08-30", "2025-09-02", ["2025-08-30", "2025-08-31", "2025-09-01", "2025-09-02"]),
    "one day": ("DAY", "2025-09-16", "2025-09-16", ["2025-09-16"]),
    "a leap day": ("DAY", "2024-02-28", "2024-03-01", ["2024-02-28", "2024-02-29", "2024-03-01"]),
    "weeks from Monday to Sunday": ("WEEK", "2025-09-01", "2025-09-14", ["2025-09-01", "2025-09-08"]),
    "weeks cut at both ends": ("WEEK", "2025-09-03", "2025-09-15", ["2025-09-01", "2025-09-08", "2025-09-15"]),
    "a Sunday": ("WEEK", "2025-09-07", "2025-09-07", ["2025-09-01"]),
    "a week over new year": ("WEEK", "2025-01-01", "2025-01-06", ["2024-12-30", "2025-01-06"]),
    "months": ("MONTH", "2024-12-31", "2025-02-01", ["2024-12-01", "2025-01-01", "2025-02-01"]),
    "half a month": ("MONTH", "2025-09-10", "2025-09-20", ["2025-09-01"]),
    "years": ("YEAR", "2023-12-31", "2025-01-01", ["2023-01-01", "2024-01-01", "2025-01-01"]),
    "the first days of all": ("WEEK", "0001-01-01", "0001-01-08", ["0001-01-01", "0001-01-08"]),
    "the last month of all": ("MONTH", "9999-11-30", "9999-12-31", ["9999-11-01", "9999-12-01"]),
    "the last days of all": ("WEEK", "9999-12-31", "9999-12-31", ["9999-12-27"]),
    "the last year of all": ("YEAR", "9999-12-31", "9999-12-31", ["9999-01-01"]),
}  # fmt: skip
every_label = pytest.mark.parametrize(("group", "first", "last", "labels"), LABELS.values(), ids=LABELS)


@every_label
def test_bucket_is_dated_with_its_first_calendar_day(
    jetbrains_ide: Client, group: str, first: str, last: str, labels: list[str]
) -> None:
    for path in (queries.ADOPTION, queries.METRICS):
        assert [row["date"] for row in queries.items(jetbrains_ide, path, first, last, groupBy=group)] == labels


@every_label
def test_metrics_by_feature_have_a_row_per_bucket_and_tool(
    jetbrains_ide: Client, group: str, first: str, last: str, labels: list[str]
) -> None:
    rows = queries.items(jetbrains_ide, queries.BY_FEATURE, first, last, groupBy=group)
    assert [(row["date"], row["tool"]) for row in rows] == [(label, tool) for label in labels for tool in queries.TOOLS]
    chosen = queries.items(jetbrains_ide, queries.BY_FEATURE, first, last, groupBy=group, tool="nes,junie")
    assert chosen == [row for row in rows if row["tool"] in {"nes", "junie"}]


@pytest.mark.parametrize("path", [queries.METRICS, queries.BY_FEATURE])
def test_missing_group_by_means_days_or_one_bucket(jetbrains_ide: Client, path: str) -> None:
    first, last = "2025-09-03", "2025-09-18"
    daily = queries.items(jetbrains_ide, path, first, last, groupBy="DAY")
    assert queries.items(jetbrains_ide, path, first, last) == daily
    jetbrains_ide.switched(default_group_by="NONE")
    whole = queries.items(jetbrains_ide, path, first, last)
    assert {row["date"] for row in whole} == {first}
    assert queries.added(whole) == queries.added(daily) == queries.totals(jetbrains_ide, first, last)
    assert len(whole) == (1 if path == queries.METRICS else len(queries.TOOLS))
    assert queries.items(jetbrains_ide, path, first, last, groupBy="DAY") == daily


@pytest.mark.parametrize("group", ["WEEK", "MONTH", "YEAR"])
def test_only_days_inside_the_range_count(jetbrains_ide: Client, group: str) -> None:
    """A range of two days that lie in one week, month and year."""
    first, last = "2025-09-17", "2025-09-18"
    [row] = queries.items(jetbrains_ide, queries.METRICS, first, last, groupBy=group)
    assert queries.added([row]) == queries.totals(jetbrains_ide, first, last)
    assert queries.added([row]) != queries.totals(jetbrains_ide, "2025-09-15", "2025-09-19")


def _zero(row: Row) -> bool:
    return not any(value for value in row.values() if isinstance(value, int))


def test_empty_buckets_are_zeros_or_omitted(initech: Client) -> None:
    """Nobody works at initech from 2025-08-11 to 2025-08-17."""
    silent = "2025-08-11"
    for path in (queries.METRICS, queries.BY_FEATURE):
        rows = queries.items(initech, path, "2025-08-04", "2025-08-24", groupBy="WEEK")
        assert all(_zero(row) for row in rows if row["date"] == silent)
        assert not any(_zero(row) for row in rows if row["date"] != silent)
        initech.switched(empty_buckets="omitted")
        kept = queries.items(initech, path, "2025-08-04", "2025-08-24", groupBy="WEEK")
        assert kept == [row for row in rows if row["date"] != silent]
        assert queries.items(initech, path, silent, "2025-08-17") == []
        initech.switched()
    assert queries.totals(initech, silent, "2025-08-17") == dict.fromkeys(queries.MEASURES, 0)
    assert queries.paginate(initech, silent, "2025-08-17") == []


def test_adoption_bucket_without_requests_is_not_empty(initech: Client) -> None:
    rows = queries.items(initech, queries.ADOPTION, "2025-08-11", "2025-08-17", groupBy="WEEK")
    assert rows[0]["enabledUsers"] > rows[0]["activeUsers"] == 0
    assert (
        queries.items(
            initech.switched(empty_buckets="omitted"), queries.ADOPTION, "2025-08-11", "2025-08-17", groupBy="WEEK"
        )
        == rows
    )
    assert queries.items(initech, queries.ADOPTION, "2020-01-01", "2020-01-31", groupBy="DAY") == []


def test_today_has_data_and_the_future_is_empty(jetbrains_ide: Client) -> None:
    today, tomorrow = "2025-10-21", "2025-10-22"
    assert not _zero(queries.totals(jetbrains_ide, today, today))
    for path in queries.BUCKETED:
        rows = queries.items(jetbrains_ide, path, "2025-10-20", "2025-10-24", groupBy="DAY")
        assert all(_zero(row) == (row["date"] > today) for row in rows if row.get("tool", "aia") == "aia")
        assert queries.items(jetbrains_ide, path, tomorrow, "2025-12-31", groupBy="MONTH")
    assert _zero(queries.totals(jetbrains_ide, tomorrow, "9999-12-31"))
    assert queries.totals(jetbrains_ide, today, "9999-12-31") == queries.totals(jetbrains_ide, today, today)
    assert queries.paginate(jetbrains_ide, tomorrow, "9999-12-31") == []
    assert queries.paginate(jetbrains_ide, today, "2025-12-31") == queries.paginate(jetbrains_ide, today, today)


def test_future_day_has_data_once_it_is_today(jetbrains_ide: Client) -> None:
    tomorrow = "2025-10-22"
    assert _zero(queries.totals(jetbrains_ide, tomorrow, tomorrow))
    jetbrains_ide.at("2025-10-21T23:59:59.999999Z")
    assert _zero(queries.totals(jetbrains_ide, tomorrow, tomorrow))
    jetbrains_ide.at("2025-10-22T00:00:00Z")
    assert not _zero(queries.totals(jetbrains_ide, tomorrow, tomorrow))


def test_day_never_changes(jetbrains_ide: Client) -> None:
    day = "2025-10-21"
    times = ("2025-10-21T00:00:00Z", "2025-10-22T00:00:00Z", "2025-10-29T12:00:00Z")
    found = [queries.paginate(jetbrains_ide.at(now), day, day) for now in times]
    assert found[0] == found[1] == found[2] != []


def test_nothing_happens_before_the_first_day(jetbrains_ide: Client) -> None:
    """The organization begins on 2022-01-03."""
    for path in queries.BUCKETED:
        assert all(map(_zero, queries.items(jetbrains_ide, path, "1990-01-01", "2022-01-02", groupBy="YEAR")))
    assert queries.paginate(jetbrains_ide, "0001-01-01", "2022-01-02") == []
    whole = queries.totals(jetbrains_ide, "0001-01-01", "9999-12-31")
    assert whole == queries.totals(jetbrains_ide, "2022-01-03", "2025-10-21") != dict.fromkeys(queries.MEASURES, 0)


LONG = {
    "days": ("DAY", "0001-01-01", "9999-12-31", "2022-01-03", "2025-10-21", 3_652_059),
    "weeks": ("WEEK", "0001-01-01", "9999-12-31", "2022-01-03", "2025-10-20", 521_723),
    "months": ("MONTH", "0001-01-01", "9999-12-31", "2022-01-01", "2025-10-01", 119_988),
    "days from within": ("DAY", "2025-01-01", "9999-12-31", "2025-01-01", "2025-10-21", 2_912_808),
    "one day too many": ("DAY", "1998-06-05", "2025-10-21", "2022-01-03", "2025-10-21", 10_001),
}


@pytest.mark.parametrize(("group", "first", "last", "oldest", "newest", "count"), LONG.values(), ids=LONG)
def test_very_long_range_is_cut_to_the_history_or_refused(
    jetbrains_ide: Client, group: str, first: str, last: str, oldest: str, newest: str, count: int
) -> None:
    for path in queries.BUCKETED:
        dates = [row["date"] for row in queries.items(jetbrains_ide, path, first, last, groupBy=group)]
        assert (dates[0], dates[-1]) == (oldest, newest)
        refused = jetbrains_ide.switched(longest_range="reject").get(path, queries.span(first, last, groupBy=group))
        assert refused.status == 400
        assert refused.message.startswith(f"toDate would make {count:,} buckets ({group}); at most 10,000 are told")
        jetbrains_ide.switched()
    result = queries.items(jetbrains_ide, queries.METRICS, first, last, groupBy=group)
    assert queries.added(result) == queries.totals(jetbrains_ide, first, last)


@pytest.mark.parametrize("option", ["history", "reject"])
def test_exactly_10000_buckets_are_served(jetbrains_ide: Client, option: str) -> None:
    jetbrains_ide.switched(longest_range=option, default_group_by="NONE")
    last = date(2025, 10, 21)
    first = last - timedelta(days=9_999)
    for path in (queries.ADOPTION, queries.METRICS):
        rows = queries.items(jetbrains_ide, path, str(first), str(last), groupBy="DAY")
        assert (len(rows), rows[0]["date"], rows[-1]["date"]) == (10_000, str(first), str(last))
    assert len(queries.items(jetbrains_ide, queries.ADOPTION, "0001-01-01", "9999-12-31", groupBy="YEAR")) == 9_999
    assert len(queries.items(jetbrains_ide, queries.METRICS, "0001-01-01", "9999-12-31")) == 1


def test_very_long_range_outside_the_history_has_no_buckets(jetbrains_ide: Client) -> None:
    for path in queries.BUCKETED:
        for first, last in (("0001-01-01", "2022-01-02"), ("2025-10-22", "9999-12-31")):
            assert queries.items(jetbrains_ide, path, first, last, groupBy="DAY") == []

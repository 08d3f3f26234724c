"""The Console's three charts of AI adoption and usage: active users, credits, and users who hit their limit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from mockserver.charts.chart import (
    Chart,
    ChartBucket,
    ChartData,
    ChartKind,
    ChartPeriod,
    ChartRow,
    Number,
    Preset,
    Read,
    Series,
)
from mockserver.charts.drawing import bucket_index
from mockserver.charts.report_reader import ReportReader
from mockserver.vendors.jetbrains_console import policy

_BUCKETS: Final = tuple(map(ChartBucket, policy.GROUPINGS))
_PRESETS: Final = (
    Preset("Last 7 days", 7),
    Preset("Last 30 days", 30),
    Preset("Last 3 months", 91, ChartBucket.WEEK),
    Preset("Last 12 months", 365, ChartBucket.MONTH),
    Preset("Last 3 years", 1096, ChartBucket.YEAR),
)
"""The page names no lengths of its predefined periods: these are assumed."""

_LIMIT_HITS: Final = "v2/adoption/limit-hits"
_HIT, _PEAK = "usersHitLimit", "peakDailyUsers"


def _report(reader: ReportReader, path: str, period: ChartPeriod) -> Any:
    address = f"{policy.REPORTS}/{path}/group-by/date"
    return reader.get(address, fromDate=str(period.first), toDate=str(period.last), groupBy=period.bucket.value)


def _rows(body: Any) -> list[ChartRow]:
    return [
        ChartRow(date.fromisoformat(row["date"]), {name: _number(row[name]) for name in row if name != "date"})
        for row in body["data"]
    ]


def _number(value: Any) -> Number:
    """A number; a switch writes credits as text."""
    return float(value) if isinstance(value, str) else value


def _totals(body: Any) -> dict[str, Number | None]:
    return {name: _number(value) for name, value in body["total"].items()}


def _reading(path: str) -> Callable[[ReportReader, ChartPeriod], ChartData]:
    def read(reader: ReportReader, period: ChartPeriod) -> ChartData:
        body = _report(reader, path, period)
        return ChartData(_rows(body), _totals(body))

    return read


def _limit_hits(reader: ReportReader, period: ChartPeriod) -> ChartData:
    """The peak of the total stands in the bucket of each day that has it; other buckets have no peak."""
    body = _report(reader, _LIMIT_HITS, period)
    rows, totals, starts = _rows(body), _totals(body), period.starts
    peak = totals[_PEAK]
    by_day = rows
    if period.bucket is not ChartBucket.DAY:
        by_day = _rows(_report(reader, _LIMIT_HITS, replace(period, bucket=ChartBucket.DAY)))
    peaks = {bucket_index(starts, row.date) for row in by_day if peak and row.numbers[_HIT] == peak}
    if peak and not peaks:
        reader.notes.append(f"no day of the report has the {_PEAK} of its total, {peak}")
    marked = [
        replace(row, numbers={**row.numbers, _PEAK: peak if bucket_index(starts, row.date) in peaks else None})
        for row in rows
    ]
    return ChartData(marked, totals)


def _chart(name: str, title: str, description: str, read: Read, *series: Series, users: str | None = None) -> Chart:
    stacked = any(each.stacked for each in series)
    return Chart(
        name=f"{policy.NAME}-{name}",
        title=title,
        description=description,
        kind=ChartKind.STACKED_BARS if stacked else ChartKind.BARS,
        series=series,
        read=read,
        buckets=_BUCKETS,
        presets=_PRESETS,
        users=users,
    )


CHARTS: Final = (
    _chart(
        "active-users",
        "Active AI users",
        "Unique people who made at least one request that spent AI Credits, once per bar (Console, AI adoption and "
        "usage; v1).",
        _reading("v1/adoption/users-adoption"),
        Series("activeUsers", "Active users", "users"),
        users="activeUsers",
    ),
    _chart(
        "credits",
        "AI Credits consumption",
        "AI Credits that people and service accounts spent out of built-in quotas and out of top-ups, and their sum "
        "(Console, AI adoption and usage; v2).",
        _reading("v2/adoption/quota-consumption"),
        Series("builtInQuota", "Built-in quota", "credits", stacked=True),
        Series("topUpCredits", "Top-up AI Credits", "credits", stacked=True),
        Series("totalCredits", "Total AI Credits spent", "credits"),
    ),
    _chart(
        "limit-hits",
        "Users who hit their monthly AI Credits limit",
        "Unique people and service accounts that used up all of their AI Credits; the peak stands in the bucket of the "
        "day with the most of them (Console, AI adoption and usage; v2).",
        _limit_hits,
        Series(_HIT, "Users who hit their limit", "users"),
        Series(_PEAK, "Peak daily users who hit their limit", "users"),
    ),
)

"""IDE Services' charts: who has AI and who uses it, and the suggestions and acceptances of each tool."""

from datetime import date
from typing import Any, Final

from mockserver.charts.chart import Chart, ChartBucket, ChartData, ChartKind, ChartPeriod, ChartRow, Series
from mockserver.charts.report_reader import ReportReader
from mockserver.vendors.jetbrains_ide import policy

_BUCKETS: Final = tuple(ChartBucket(group.lower()) for group in policy.GROUPS)
_ADOPTION: Final = (
    Series("activeUsers", "Active users", "users"),
    Series("enabledUsers", "Users with access to AI", "users"),
)
_BY_TOOL: Final = (
    Series("suggestions", "Suggestions", "suggestions"),
    Series("acceptances", "Acceptances", "acceptances"),
    Series("invocations", "Invocations", "invocations"),
)


def _adoption(reader: ReportReader, period: ChartPeriod) -> ChartData:
    return ChartData([_row(item, _ADOPTION) for item in _items(reader, "users-adoption", period)])


def _by_tool(reader: ReportReader, period: ChartPeriod) -> ChartData:
    items = _items(reader, "effectiveness/metrics-by-feature", period)
    return ChartData([_row(item, _BY_TOOL, item["tool"]) for item in items])


def _items(reader: ReportReader, path: str, period: ChartPeriod) -> Any:
    days = {"fromDate": str(period.first), "toDate": str(period.last)}
    return reader.get(f"{policy.MOUNTS[0]}/{path}", **days, groupBy=period.bucket.upper())["items"]


def _row(item: Any, series: tuple[Series, ...], label: str | None = None) -> ChartRow:
    return ChartRow(date.fromisoformat(item["date"]), {each.name: item[each.name] for each in series}, label)


CHARTS: Final = (
    Chart(
        name=f"{policy.NAME}-active-users",
        title="Users and adoption",
        description="Unique users who made at least one request to JetBrains AI, and those who had AI enabled "
        "(users-adoption).",
        kind=ChartKind.LINE,
        series=_ADOPTION,
        read=_adoption,
        buckets=_BUCKETS,
        users="activeUsers",
    ),
    Chart(
        name=f"{policy.NAME}-activity-by-tool",
        title="Suggestions and acceptances by tool",
        description="What clients of the required versions sent about each tool (metrics-by-feature).",
        kind=ChartKind.BARS,
        series=_BY_TOOL,
        read=_by_tool,
        buckets=_BUCKETS,
        label="tool",
    ),
)

"""Tabnine's charts: active users, the usage of each team with the page's ratios, and the agent's tokens by model."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from mockserver.charts.chart import Chart, ChartBucket, ChartData, ChartKind, ChartPeriod, ChartRow, Series
from mockserver.charts.report_reader import ReportReader
from mockserver.vendors.tabnine import policy

_MOUNT: Final = policy.MOUNTS[0]
_GRANULARITIES: Final = {
    ChartBucket.DAY: "daily",
    ChartBucket.WEEK: "weekly",
    ChartBucket.MONTH: "monthly",
    ChartBucket.ALL: "all",
}
_USERS: Final = Series("activeUsers", "Active users", "users")
_TEAM_SERIES: Final = (
    _USERS,
    Series("codeCompletions.completions", "Code completions", "completions"),
    Series("chat.interactions", "Chat interactions", "interactions"),
    Series("agent.interactions", "Agent interactions", "interactions"),
    Series("productivityFactor", "Productivity factor", "ratio"),
    Series("codeCompletions.automationFactor", "Automation factor", "ratio"),
    Series("chat.chatConsumptionRate", "Chat consumption rate", "ratio"),
)
_MODEL_SERIES: Final = (
    Series("tokensConsumed", "Tokens", "tokens"),
    Series("inputTokens", "Input tokens", "tokens"),
    Series("outputTokens", "Output tokens", "tokens"),
    Series("cost", "Cost", "dollars"),
)


def _active_users(reader: ReportReader, period: ChartPeriod) -> ChartData:
    body = reader.get(f"{_MOUNT}/organization/usage", **_query(reader, period))
    return ChartData([*_rows(body, (_USERS,))])


def _usage_by_team(reader: ReportReader, period: ChartPeriod) -> ChartData:
    """The usage of every team, each with a request of its own."""
    query, rows = _query(reader, period), list[ChartRow]()
    for team in reader.look_up(f"{_MOUNT}/organization/teams")["data"]:
        body = reader.get(f"{_MOUNT}/team/usage", teamId=team["id"], **query)
        rows += _rows(body, _TEAM_SERIES, team["name"])
    return ChartData(rows)


def _tokens_by_model(reader: ReportReader, period: ChartPeriod) -> ChartData:
    body = reader.get(f"{_MOUNT}/organization/agent-usage", **_query(reader, period))
    rows = [
        ChartRow(_day(bucket), {each.name: model[each.name] for each in _MODEL_SERIES}, model["model"])
        for bucket in body["usage"]["data"]
        for model in bucket["modelBreakdown"]
    ]
    return ChartData(rows)


def _query(reader: ReportReader, period: ChartPeriod) -> dict[str, str]:
    """The parameters of usage, which ends at the beginning of a day."""
    return {
        "organizationId": reader.look_up(f"{_MOUNT}/organization")["id"],
        "from": f"{period.first}T00:00:00Z",
        "to": f"{period.last + timedelta(days=1)}T00:00:00Z",
        "granularity": _GRANULARITIES[period.bucket],
    }


def _rows(body: Any, series: tuple[Series, ...], label: str | None = None) -> Iterator[ChartRow]:
    for bucket in body["usage"]["data"]:
        numbers = {each.name: _number(bucket, each.name) for each in series}
        yield ChartRow(_day(bucket), numbers, label)


def _day(bucket: Any) -> date:
    return date.fromisoformat(bucket["from"][:10])


def _number(bucket: Any, name: str) -> Any:
    """A number by its path; None where a switch leaves a section out, or a ratio is undefined."""
    section, _, field = name.rpartition(".")
    return (bucket.get(section, {}) if section else bucket).get(field)


CHARTS: Final = (
    Chart(
        name=f"{policy.NAME}-active-users",
        title="Active users",
        description="Unique users with any activity in each bucket (activeUsers of the organization's usage).",
        kind=ChartKind.LINE,
        series=(_USERS,),
        read=_active_users,
        buckets=tuple(_GRANULARITIES),
        users=_USERS.name,
    ),
    Chart(
        name=f"{policy.NAME}-usage-by-team",
        title="Usage by team",
        description="Each team's users, interactions and ratios in each bucket (usage of each team, as the usage "
        "reports show it); a ratio without anything to divide by is null.",
        kind=ChartKind.BARS,
        series=_TEAM_SERIES,
        read=_usage_by_team,
        buckets=tuple(_GRANULARITIES),
        label="team",
        days_maximum=366,
    ),
    Chart(
        name=f"{policy.NAME}-tokens-by-model",
        title="Agent tokens by model",
        description="The tokens and the cost of each model that the agent used in each bucket (modelBreakdown of the "
        "organization's agent usage).",
        kind=ChartKind.STACKED_BARS,
        series=_MODEL_SERIES,
        read=_tokens_by_model,
        buckets=tuple(_GRANULARITIES),
        label="model",
    ),
)

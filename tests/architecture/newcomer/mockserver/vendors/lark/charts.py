"""Lark's charts: the singers of each day, and their songs."""

from datetime import date
from typing import Final

from mockserver.charts.chart import Chart, ChartData, ChartKind, ChartPeriod, ChartRow, Series
from mockserver.charts.report_reader import ReportReader
from mockserver.vendors.lark import policy

_SERIES: Final = (Series("singers", "Singers", "people"), Series("songs", "Songs", "songs"))


def _days(reader: ReportReader, period: ChartPeriod) -> ChartData:
    """Return the days of a period; the answer has no body if nobody sang."""
    query = {"from": str(period.first), "to": str(period.last)}
    body = reader.get(f"{policy.MOUNTS[0]}/days", **query) or {"days": []}
    return ChartData(
        [
            ChartRow(date.fromisoformat(row["date"]), {each.name: row[each.name] for each in _SERIES})
            for row in body["days"]
        ]
    )


CHARTS: Final = (
    Chart(
        name=f"{policy.NAME}-singers",
        title="Singers by day",
        description="The people with a song on each day (days).",
        kind=ChartKind.LINE,
        series=_SERIES,
        read=_days,
        users="singers",
    ),
)

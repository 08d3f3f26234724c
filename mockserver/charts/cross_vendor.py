"""The chart across vendors: AI Active Users as expected, next to each vendor's own count of users."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from mockserver.charts.chart import ChartBucket, ChartKind, ChartOutline, ChartPeriod, Number, Series
from mockserver.charts.drawing import DataDays, Drawing, VendorChart, bucket_index
from mockserver.charts.report_reader import ReportRequest
from mockserver.client import MOUNT
from mockserver.gateway.sandbox import DEFAULT, SandboxMoment
from mockserver.gateway.vendor import Vendor
from mockserver.metrics.expected_values import ExpectedQuery, ExpectedValues
from mockserver.products.metric_events import Dimension, Metric
from mockserver.simulation.calendar_periods import CalendarPeriod

NAME: Final = Metric.ACTIVE.value
DESCRIPTION: Final = (
    "Distinct developers who used AI at any vendor (the definition of AI Active Users), whose headline is the average "
    "of the buckets, next to the vendors' own counts, whose sum counts a person once for each vendor."
)


@dataclass(frozen=True, slots=True)
class CrossVendorChart:
    """The metric over all vendors, and the users that some of them count, each as in the vendor's own chart."""

    vendors: Sequence[Vendor]
    counts: Sequence[VendorChart]

    @property
    def chart(self) -> ChartOutline:
        """The metric, and a series for each count, with the vendor's name."""
        return ChartOutline(
            name=NAME,
            title="AI Active Users",
            description=DESCRIPTION,
            kind=ChartKind.LINE,
            series=(
                Series(NAME, "AI Active Users", "developers"),
                *(Series(each.vendor.name, each.vendor.title, "users") for each in self.counts),
            ),
            buckets=(ChartBucket.DAY, ChartBucket.WEEK, ChartBucket.MONTH),
            days_maximum=1096,
        )

    @property
    def vendor(self) -> None:
        """It is no single vendor's."""

    def days(self, moment: SandboxMoment) -> DataDays:
        """From the first day that any of the vendors shows to the last one that is complete at all of them."""
        every = [each.days(moment) for each in self.counts]
        return DataDays(
            first=min(each.first for each in every),
            last=min(each.last for each in every),
            oldest=min(each.oldest for each in every),
            newest=max(each.newest for each in every),
        )

    def epoch(self, moment: SandboxMoment, period: ChartPeriod) -> Hashable | None:
        """On what of the moment the counts depend."""
        epochs = tuple(each.epoch(moment, period) for each in self.counts)
        return None if None in epochs else epochs

    def draw(self, moment: SandboxMoment, period: ChartPeriod) -> Drawing:
        """A row for each bucket, with the metric and every count."""
        query = ExpectedQuery(Metric.ACTIVE, Dimension.ALL, CalendarPeriod(period.bucket), period.first, period.last)
        expected = ExpectedValues(moment.sandbox, self.vendors, query)
        headline = expected.headline()
        rows: list[dict[str, Any]] = [
            {"date": start.isoformat(), **{each.name: None for each in self.chart.series}} for start in period.starts
        ]
        for point in headline.points:
            rows[bucket_index(period.starts, point.label)][NAME] = point.value
        totals: dict[str, Number | None] = {NAME: expected.people(None, None, 1).point.value}
        requests, notes = [_metric_request(moment, period)], []
        for counted in self.counts:
            drawing = _add_count(rows, counted, moment, period)
            totals |= {counted.vendor.name: drawing.totals.get(str(counted.chart.users))}
            requests += drawing.requests
            notes += [f"{counted.vendor.title}: {drawing.note}"] if drawing.note else []
        return Drawing(rows, requests, "; ".join(notes) or None, totals, headline.average)


def _add_count(rows: list[dict[str, Any]], counted: VendorChart, moment: SandboxMoment, period: ChartPeriod) -> Drawing:
    """Add a vendor's count to each row; the drawing of it has no rows where the vendor has no such bucket."""
    vendor, chart = counted.vendor, counted.chart
    if period.bucket not in chart.buckets:
        return Drawing((), (), f"there is no count of users by {period.bucket}, only by {', '.join(chart.buckets)}")
    drawing = counted.draw(moment, period)
    for row in drawing.rows:
        index = bucket_index(period.starts, date.fromisoformat(row["date"]))
        rows[index][vendor.name] = row[str(chart.users)]
    return drawing


def _metric_request(moment: SandboxMoment, period: ChartPeriod) -> ReportRequest:
    """The request for the metric, which is one to the control plane."""
    of_sandbox = "" if moment.sandbox.id == DEFAULT else f"/sandboxes/{moment.sandbox.id}"
    query = urlencode({"from": period.first, "to": period.last, "bucket": period.bucket.value})
    return ReportRequest(None, f"{MOUNT}{of_sandbox}/metrics/{NAME}?{query}")

"""Charts drawn in a sandbox: a row for each bucket of a period, and what is missing from it, in the vendor's words."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from mockserver.charts.chart import Chart, ChartData, ChartOutline, ChartPeriod, ChartRow, Number
from mockserver.charts.report_reader import ReportReader, ReportRequest
from mockserver.gateway.rejection import Rejection
from mockserver.gateway.sandbox import SandboxMoment
from mockserver.gateway.vendor import Vendor

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DataDays:
    """The first and the last complete day of a vendor's data, and the newest day that is shown, perhaps in part.

    `oldest` is the oldest day that may be requested.
    """

    first: date
    last: date
    oldest: date
    newest: date


@dataclass(frozen=True, slots=True)
class Drawing:
    """The rows of a chart with their series, ready for JSON, and the requests that a client would send for them.

    `totals` are the numbers of the whole period, `headline` is the average of the buckets, where there is one.
    """

    rows: Sequence[Mapping[str, Any]]
    requests: Sequence[ReportRequest]
    note: str | None = None
    totals: Mapping[str, Number | None] = field(default_factory=dict)
    headline: float | None = None


class ListedChart(Protocol):
    """A chart that can be drawn: a vendor's, or one across vendors, whose `vendor` is None."""

    @property
    def chart(self) -> ChartOutline:
        """What it shows."""

    @property
    def vendor(self) -> Vendor | None:
        """Whose numbers it shows."""

    def days(self, moment: SandboxMoment) -> DataDays:
        """The days of its data."""

    def epoch(self, moment: SandboxMoment, period: ChartPeriod) -> Hashable | None:
        """On what of the moment a drawing of the period depends; None: on all of it."""

    def draw(self, moment: SandboxMoment, period: ChartPeriod) -> Drawing:
        """Its rows in a period."""


@dataclass(frozen=True, slots=True)
class VendorChart:
    """A chart of one vendor."""

    vendor: Vendor
    chart: Chart

    def days(self, moment: SandboxMoment) -> DataDays:
        """The days that the vendor shows; a day that is not over is never complete."""
        today, switches = moment.now.date(), moment.policy.switches[self.vendor.name]
        shown = self.vendor.visibility(moment.now, switches) if self.vendor.visibility else None
        oldest = date.min if shown is None or shown.since is None else date.fromordinal(shown.since)
        newest = today if shown is None else date.fromordinal(shown.through)
        first = max(moment.sandbox.config.organization.first_day, oldest)
        return DataDays(first, min(newest, today - ONE_DAY), oldest, newest)

    def epoch(self, moment: SandboxMoment, period: ChartPeriod) -> Hashable | None:
        """On what answers of the vendor depend; days that are over change only when another day is published."""
        if not self.chart.cacheable:
            return None
        epoch = self.vendor.cache_epoch(moment.now, moment.policy.switches[self.vendor.name])
        is_over = epoch is not None and period.last < moment.now.date()
        return (moment.now.date(), self.days(moment).newest) if is_over else epoch

    def draw(self, moment: SandboxMoment, period: ChartPeriod) -> Drawing:
        """A row for each bucket and label; null is what the vendor's answers lack."""
        reader = ReportReader(self.vendor, moment)
        data = self.read(reader, period)
        names = [each.name for each in self.chart.series]
        rows = [_as_json(row, names) for row in filled(data.rows, period, labelled=self.chart.label is not None)]
        totals = {name: data.totals[name] for name in names if name in data.totals}
        if not data.rows and not reader.notes:
            reader.notes.append("the vendor's answer has no row in this period")
        return Drawing(rows, [*reader.requests, *reader.look_ups], "; ".join(reader.notes) or None, totals)

    def read(self, reader: ReportReader, period: ChartPeriod) -> ChartData:
        """The vendor's data; where it refuses the period, those of the days that it shows, and a note."""
        try:
            return self.chart.read(reader, period)
        except Rejection as refusal:
            reader.notes.append(_words(refusal))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            if not reader.moment.policy.defects:
                raise
            armed = ", ".join(each.name for each in reader.moment.policy.defects)
            reader.notes.append(f"with the armed defects ({armed}), an answer has another shape: {error!r}")
            return ChartData(())
        days = self.days(reader.moment)
        shown = period.within(days.oldest, days.newest)
        if shown is None or shown == period:
            return ChartData(())
        reader.requests.clear()
        reader.look_ups.clear()
        return self.read(reader, shown)


def filled(rows: Iterable[ChartRow], period: ChartPeriod, *, labelled: bool) -> list[ChartRow]:
    """The rows by bucket, and by label in alphabetical order, with a row without numbers where there is none."""
    starts = period.starts
    by_bucket: defaultdict[int, defaultdict[str | None, list[ChartRow]]] = defaultdict(lambda: defaultdict(list))
    labels: set[str | None] = set() if labelled else {None}
    for row in rows:
        by_bucket[bucket_index(starts, row.date)][row.label].append(row)
        labels.add(row.label)
    return [
        row
        for index, start in enumerate(starts)
        for label in sorted(labels, key=str)
        for row in by_bucket[index][label] or [ChartRow(start, {}, label)]
    ]


def bucket_index(starts: Sequence[date], day: date) -> int:
    """The bucket of a day, among buckets that start on some days."""
    return max(bisect_right(starts, day) - 1, 0)


def _as_json(row: ChartRow, names: Iterable[str]) -> dict[str, Any]:
    label = {} if row.label is None else {"label": row.label}
    return {"date": row.date.isoformat(), **label, **{name: row.numbers.get(name) for name in names}}


def _words(refusal: Rejection) -> str:
    """A refusal in the vendor's words: its message, and the rule of each parameter that the message lacks."""
    rules = [f"{each.parameter}: {each.rule}" for each in refusal.parameter_errors if each.rule not in refusal.message]
    return ": ".join([refusal.message, *(["; ".join(rules)] if rules else [])])

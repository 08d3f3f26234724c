"""Drawings: gaps, pages that lead back, answers of another shape, and lists of charts that cannot be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from mockserver.charts import catalogue
from mockserver.charts.chart import Chart, ChartBucket, ChartData, ChartKind, ChartPeriod, ChartRow, Series
from mockserver.charts.drawing import VendorChart, filled
from mockserver.charts.report_reader import ReportReader
from mockserver.gateway.defects import ArmedDefect
from mockserver.gateway.sandbox import SandboxMoment
from mockserver.gateway.vendor import Reply, Vendor, ViewRequest
from tests.contract.client import Client

OCTOBER = ChartPeriod(date(2025, 10, 1), date(2025, 10, 10), ChartBucket.DAY)


def made_chart(read: Callable[[ReportReader, ChartPeriod], ChartData], name: str = "a-chart") -> Chart:
    """A chart with one series."""
    return Chart(
        name=name, title="A", description="A.", kind=ChartKind.LINE, series=(Series("n", "N", "things"),), read=read
    )


def served_by(vendor: Vendor, view: Callable[[ViewRequest], Reply]) -> Vendor:
    """The vendor with another view of its first route."""
    first, *rest = vendor.routes
    return replace(vendor, routes=(replace(first, view=view), *rest))


def test_row_stands_in_the_bucket_of_its_date() -> None:
    weeks = replace(OCTOBER, bucket=ChartBucket.WEEK)
    rows = [ChartRow(date(2025, 10, 8), {"n": 2}, "b"), ChartRow(date(2025, 10, 1), {"n": 1}, "a")]
    assert [(str(row.date), row.label, row.numbers.get("n")) for row in filled(rows, weeks, labelled=True)] == [
        ("2025-10-01", "a", 1),
        ("2025-09-29", "b", None),
        ("2025-10-06", "a", None),
        ("2025-10-08", "b", 2),
    ]


def test_labels_are_in_alphabetical_order() -> None:
    rows = [ChartRow(OCTOBER.first, {"n": 1}, label) for label in "hgfedcba"]
    assert [row.label for row in filled(rows, OCTOBER, labelled=True)][:8] == [*"abcdefgh"]


def test_whole_period_is_one_bucket() -> None:
    rows = filled((), replace(OCTOBER, bucket=ChartBucket.ALL), labelled=False)
    assert [(row.date, row.numbers) for row in rows] == [(OCTOBER.first, {})]


def test_split_periods_make_up_the_whole() -> None:
    parts = [*OCTOBER.split(4)]
    assert [(part.first.day, part.last.day) for part in parts] == [(1, 4), (5, 8), (9, 10)]
    assert [day for part in parts for day in part.each_day()] == [*OCTOBER.each_day()]


def test_pages_end_where_they_lead_back(augment: Client) -> None:
    def view(request: ViewRequest) -> Reply:
        return Reply(
            {"page": request.args.get("cursor", "")},
            next_page={"": "1", "1": "2"}.get(request.args.get("cursor", ""), "1"),
        )

    vendor = served_by(augment.vendor, view)
    reader = ReportReader(vendor, SandboxMoment.of(augment.sandbox))
    path = vendor.routes[0].path
    assert [page["page"] for page in reader.pages(path, "cursor")] == ["", "1", "2"]
    assert reader.notes == [f"a page of {path} leads back to one before it; the pages after it are missing"]


def test_empty_answer_is_none(augment: Client) -> None:
    vendor = served_by(augment.vendor, lambda _: Reply(None, 204))
    reader = ReportReader(vendor, SandboxMoment.of(augment.sandbox))
    assert reader.get(vendor.routes[0].path) is None
    assert [each.path for each in reader.requests] == [vendor.routes[0].path]


def test_requests_that_were_refused_are_not_listed(augment: Client) -> None:
    def read(reader: ReportReader, period: ChartPeriod) -> ChartData:
        reader.look_up("/analytics/v0/dau-count")
        reader.get("/analytics/v0/dau-count", start_date=str(period.first), end_date=str(period.last))
        return ChartData([ChartRow(period.first, {"n": 1})])

    period = replace(OCTOBER, last=date(2025, 10, 25))
    drawing = VendorChart(augment.vendor, made_chart(read)).draw(SandboxMoment.of(augment.sandbox), period)
    assert [each.path for each in drawing.requests] == [
        "/analytics/v0/dau-count?start_date=2025-10-01&end_date=2025-10-20",
        "/analytics/v0/dau-count",
    ]


@pytest.mark.parametrize("error", [KeyError("date"), TypeError("no number"), ValueError("no date")])
def test_answer_of_another_shape_is_a_note_only_with_defects(augment: Client, error: Exception) -> None:
    def read(_: ReportReader, __: ChartPeriod) -> ChartData:
        raise error

    chart = VendorChart(augment.vendor, made_chart(read))
    with pytest.raises(type(error)):
        chart.draw(SandboxMoment.of(augment.sandbox), OCTOBER)
    augment.sandbox.set_defects((ArmedDefect("duplicate-row"), ArmedDefect("field-null", "users[0]")))
    drawing = chart.draw(SandboxMoment.of(augment.sandbox), OCTOBER)
    assert drawing.note == f"with the armed defects (duplicate-row, field-null), an answer has another shape: {error!r}"
    assert len(drawing.rows) == 10
    assert {row["n"] for row in drawing.rows} == {None}


def test_totals_are_those_of_the_series(augment: Client) -> None:
    chart = VendorChart(augment.vendor, made_chart(lambda _, __: ChartData((), {"n": 3, "other": 4})))
    drawing = chart.draw(SandboxMoment.of(augment.sandbox), OCTOBER)
    assert (drawing.totals, drawing.note) == ({"n": 3}, "the vendor's answer has no row in this period")


def test_chart_that_depends_on_the_whole_moment_is_drawn_each_time(augment: Client) -> None:
    drawn: list[ChartPeriod] = []

    def read(_: ReportReader, period: ChartPeriod) -> ChartData:
        drawn.append(period)
        return ChartData(())

    moment = SandboxMoment.of(augment.sandbox)
    for cache_epoch in (augment.vendor.cache_epoch, lambda *_: None):
        vendor = replace(augment.vendor, cache_epoch=cache_epoch)
        across, own = catalogue.listed([vendor], {vendor.name: [replace(made_chart(read), users="n")]}).values()
        for chart in (across, own, across, own):
            catalogue.drawn(augment.state, chart, moment, OCTOBER)
    assert len(drawn) == 2 + 4


def no_data(_: ReportReader, __: ChartPeriod) -> ChartData:
    return ChartData(())


@pytest.mark.parametrize("name", ["Chart", "a_chart", "-a", "a--b", ""])
def test_name_of_a_chart_has_small_letters_and_hyphens(augment: Client, name: str) -> None:
    vendor = augment.vendor
    with pytest.raises(catalogue.ChartError, match="must be named in lower-case letters and digits"):
        catalogue.listed([vendor], {vendor.name: [made_chart(no_data, name)]})


def test_names_of_charts_are_unique(augment: Client) -> None:
    vendor, twice = augment.vendor, [made_chart(no_data), made_chart(no_data)]
    with pytest.raises(catalogue.ChartError, match="two charts are named 'a-chart'"):
        catalogue.listed([vendor], {vendor.name: twice})


def test_vendor_without_charts_has_none(augment: Client) -> None:
    assert catalogue.listed([augment.vendor], {}) == {}


def test_first_count_of_users_is_compared_across_vendors(augment: Client) -> None:
    vendor = augment.vendor
    charts = [made_chart(no_data, "a"), *(replace(made_chart(no_data, name), users="n") for name in ("b", "c"))]
    across, *own = catalogue.listed([vendor], {vendor.name: charts}).values()
    assert [each.chart.name for each in own] == ["a", "b", "c"]
    assert [each.name for each in across.chart.series] == ["ai-active-users", vendor.name]

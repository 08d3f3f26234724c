"""The charts in a browser: the same numbers as the control plane has, periods, and what is drawn."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.console.console import Console

SLOW = "**/charts/augment-active-users?*"
"""The request for a chart that the tests hold back."""

PERIODS = ("", "from=2025-10-06&to=2025-10-19", "from=2025-08-01&to=2025-09-30")
"""The default period of each chart, and others."""

DAY = "2025-10-20..2025-10-20.day"


def chart(page: Page, name: str) -> Locator:
    """A chart that has loaded its numbers."""
    figure = page.locator(f"figure[data-chart='{name}']:not([aria-busy])")
    figure.locator("tbody, .empty").first.wait_for(state="attached", timeout=30_000)
    return figure


def shown(figure: Locator) -> list[dict[str, Any]]:
    """The rows of a chart's table, as the control plane would have them."""
    rows: list[dict[str, Any]] = figure.evaluate(
        """figure => [...figure.querySelectorAll("tbody tr")].map(row => ({
            date: row.dataset.date, ...("label" in row.dataset ? { label: row.dataset.label } : {}),
            ...Object.fromEntries([...row.querySelectorAll("td[data-series]")].map(cell =>
                [cell.dataset.series, cell.dataset.value === "" ? null : Number(cell.dataset.value)]))}))"""
    )
    return rows


def names(console: Console) -> list[str]:
    """The names of all charts."""
    return [each["name"] for each in console.admin.get("/charts")["charts"]]


@pytest.mark.parametrize("organization", ["acme", "initech", "documented", "empty", "hooli"])
def test_table_has_the_numbers_of_the_control_plane(console: Console, page: Page, organization: str) -> None:
    made = console.admin.send("POST", "/sandboxes", {"organization": organization}).json["id"]
    for period in PERIODS if organization != "hooli" else PERIODS[:1]:
        given = [f"sandbox={made}"]
        for each in console.admin.get(f"/sandboxes/{made}/charts")["charts"]:
            if period and each["days_maximum"] > 60:
                first, last = re.findall(r"[\d-]{10}", period)
                given.append(f"{each['name']}={first}..{last}.{each['bucket']}")
        console.open(f"charts?{'&'.join(given)}")
        for each in names(console):
            query = next((text for text in given if text.startswith(f"{each}=")), "")
            days = re.findall(r"[\d-]{10}", query)
            wanted = f"?from={days[0]}&to={days[1]}" if days else ""
            expected = console.admin.get(f"/sandboxes/{made}/charts/{each}{wanted}")["rows"]
            assert shown(chart(page, each)) == expected[:2000]


def test_period_is_chosen_and_has_a_link(console: Console, page: Page) -> None:
    console.open("charts?vendor=augment")
    figure = chart(page, "augment-active-users")
    figure.get_by_label("Period").select_option("Last 7 days")
    expect(figure.locator("tbody tr")).to_have_count(7)
    assert page.url.endswith("augment-active-users=2025-10-14..2025-10-20.day")
    page.reload()
    figure = chart(page, "augment-active-users")
    expect(figure.get_by_label("Period")).to_have_value("Last 7 days")
    expect(figure.locator("tbody tr")).to_have_count(7)
    figure.get_by_label("From").fill("2025-10-18")
    expect(figure.locator("tbody tr")).to_have_count(3)
    expect(figure.get_by_label("Period")).to_have_value("")


def test_bucket_is_chosen(console: Console, page: Page) -> None:
    console.open("charts?vendor=jetbrains-console")
    figure = chart(page, "jetbrains-console-credits")
    figure.get_by_label("Group by").select_option("month")
    expect(figure.locator("tbody tr")).to_have_count(2)
    expect(figure).to_contain_text("Oct 2025")


def test_period_that_the_chart_does_not_have_is_refused_in_words(console: Console, page: Page) -> None:
    console.open("charts?vendor=tabnine&tabnine-active-users=1990-01-01..2025-10-20.day")
    expect(page.locator("figure[data-chart='tabnine-active-users'] [role=alert]")).to_contain_text("at most")
    chart(page, "tabnine-usage-by-team")


def test_one_vendor_is_shown(console: Console, page: Page) -> None:
    console.open("charts")
    page.get_by_label("Vendor").select_option("tabnine")
    expect(page.locator("figure[data-chart='augment-active-users']")).to_be_hidden()
    expect(page.locator("figure[data-chart='tabnine-active-users']")).to_be_visible()
    assert page.url.endswith("#/charts?vendor=tabnine")


def test_measure_is_chosen_where_rows_have_labels(console: Console, page: Page) -> None:
    console.open(f"charts?vendor=augment&augment-usage-by-editor={DAY}")
    figure = chart(page, "augment-usage-by-editor")
    drawn = figure.locator(".plot text").all_text_contents()
    figure.get_by_label("Show").select_option("total_messages")
    rows = console.admin.get("/charts/augment-usage-by-editor?from=2025-10-20&to=2025-10-20")["rows"]
    largest = max(rows, key=lambda row: row["total_messages"])
    expect(figure.locator(".plot text").first).to_have_text(largest["label"])
    assert figure.locator(".plot text").all_text_contents() != drawn


def test_chart_follows_the_clock(console: Console, page: Page) -> None:
    console.open("charts?vendor=augment")
    last = chart(page, "augment-active-users").locator("tbody tr").last
    expect(last).to_have_attribute("data-date", "2025-10-20")
    console.admin.done("POST", "/clock/advance", {"days": 2})
    expect(last).to_have_attribute("data-date", "2025-10-22")


def test_page_sends_one_request_a_second_by_itself(console: Console, page: Page) -> None:
    console.open("charts?vendor=augment")
    for name in ("augment-active-users", "augment-usage-by-editor", "augment-usage-by-language"):
        chart(page, name)
    page.wait_for_timeout(1000)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.wait_for_timeout(4500)
    assert 2 <= len(sent) <= 5
    assert any("/charts/augment-" in each for each in sent)


def test_numbers_are_read_with_the_arrow_keys(console: Console, page: Page) -> None:
    console.open("charts?vendor=augment")
    figure = chart(page, "augment-active-users")
    figure.locator("svg").focus()
    page.keyboard.press("ArrowLeft")
    rows = console.admin.get("/charts/augment-active-users")["rows"]
    expect(figure.locator("output")).to_have_text(f"20 Oct: Active users {rows[-1]['user_count']}")
    page.keyboard.press("ArrowLeft")
    expect(figure.locator("output")).to_have_text(f"19 Oct: Active users {rows[-2]['user_count']}")


def test_number_is_read_under_the_pointer(console: Console, page: Page) -> None:
    console.open("charts?vendor=augment")
    figure = chart(page, "augment-active-users")
    figure.locator("svg").hover()
    expect(figure.locator("output")).to_contain_text("Active users")


def test_request_behind_a_chart_is_copied(console: Console, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=console.url)
    console.open("charts?vendor=augment")
    figure = chart(page, "augment-active-users")
    figure.get_by_text("Request", exact=True).click()
    figure.get_by_role("button", name="Copy").first.click()
    console.says("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    expected = console.admin.get("/charts/augment-active-users")["request"]["curl"]
    assert copied == expected.replace("http://127.0.0.1:8080", console.url)


def test_total_of_a_stack_is_drawn_as_a_line(console: Console, page: Page) -> None:
    console.open("charts?vendor=jetbrains-console")
    figure = chart(page, "jetbrains-console-credits")
    expect(figure.locator("svg path.line")).to_have_count(1)
    expect(figure.locator(".legend li")).to_have_count(3)


def test_average_is_drawn_beside_the_vendors_counts(console: Console, page: Page) -> None:
    console.open("charts")
    figure = chart(page, "ai-active-users")
    headline = console.admin.get("/charts/ai-active-users")["headline"]
    expect(figure.locator("svg .level")).to_have_count(1)
    expect(figure).to_contain_text(f"Average by day: {headline}")


def test_many_rows_are_shown_when_asked_for(console: Console, page: Page) -> None:
    period = "2024-10-21..2025-10-20.day"
    console.open(f"charts?vendor=tabnine&tabnine-usage-by-team={period}")
    figure = chart(page, "tabnine-usage-by-team")
    figure.get_by_text("Table", exact=True).click()
    expect(figure.locator("tbody tr")).to_have_count(2000)
    figure.get_by_role("button", name=re.compile("Show .* more rows")).click()
    expected = console.admin.get("/charts/tabnine-usage-by-team?from=2024-10-21&to=2025-10-20")["rows"]
    expect(figure.locator("tbody tr")).to_have_count(len(expected))


def test_charts_fit_a_phone(console: Console, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    console.open("charts")
    chart(page, "ai-active-users")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_vendors_have_their_titles(console: Console, page: Page) -> None:
    console.open("charts")
    titles = [each["title"] for each in console.admin.get("/overview")["vendors"]]
    options = page.get_by_label("Vendor").locator("option")
    expect(options).to_have_text(["All vendors", *titles])
    captions = page.locator("figure figcaption > p:first-child").all_inner_texts()
    assert set(captions) == {"All vendors", *titles}


def test_chart_that_takes_long_can_be_cancelled_and_loaded_again(console: Console, page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(SLOW, hold)
    console.open("charts?vendor=augment")
    chart = page.locator("figure[data-chart='augment-active-users']")
    expect(chart.get_by_role("status").first).to_contain_text("Computing …")
    chart.get_by_role("button", name="Cancel: Daily active users").press("Enter")
    expect(chart).to_contain_text("Cancelled. The server finishes and keeps the result.")
    expect(page.locator("figure[data-chart='augment-usage-by-editor'] svg")).to_be_visible()
    assert len(held) == 1
    page.unroute(SLOW)
    chart.get_by_role("button", name="Load: Daily active users").click()
    expect(chart.locator("svg")).to_be_visible()
    expect(chart).not_to_contain_text("Cancelled")


def test_another_period_replaces_one_that_is_being_computed(console: Console, page: Page) -> None:
    page.route(SLOW, lambda _: None)
    console.open("charts?vendor=augment")
    chart = page.locator("figure[data-chart='augment-active-users']")
    expect(chart.get_by_role("status").first).to_contain_text("Computing …")
    page.unroute(SLOW)
    chart.get_by_label("Period").select_option("Last 7 days")
    expect(chart.locator("svg")).to_be_visible()
    expect(chart.locator("tbody tr")).to_have_count(7)
    expect(chart).not_to_contain_text("Cancelled")

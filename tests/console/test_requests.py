"""The requests in a browser: they come by themselves, can be filtered, and each can be opened and copied."""

import re
import subprocess

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.console import Console

REFUSED = "/analytics/v0/dau?page_size=1000"


def rows(page: Page) -> Locator:
    """The rows of the table."""
    return page.locator("tbody tr")


def copied(console: Console, name: str) -> str:
    """What a button copies."""
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=console.url)
    console.press(name)
    console.says("Copied")
    text: str = console.page.evaluate("navigator.clipboard.readText()")
    return text


def test_empty_journal_says_what_to_do(console: Console) -> None:
    console.open("requests")
    console.sees("No requests yet.")
    console.sees(re.compile("^curl -H 'Authorization: Bearer mock-augment-acme'"))


def test_requests_appear_by_themselves_with_the_newest_first(console: Console, page: Page) -> None:
    console.open("requests")
    console.admin.vendor()
    expect(rows(page)).to_have_count(1)
    console.admin.vendor(REFUSED)
    expect(rows(page)).to_have_count(2)
    first = rows(page).first
    expect(first).to_contain_text("getDau")
    expect(first).to_contain_text("GET /analytics/v0/dau")
    expect(first).to_contain_text("400")
    expect(first).to_contain_text("10:30:00 UTC")


def test_request_that_meets_a_fault_names_it(console: Console, page: Page) -> None:
    console.admin.send("POST", "/faults", {"effect": {"status": 503}})
    console.admin.vendor()
    console.open("requests")
    expect(rows(page).first).to_contain_text("fault-1")
    expect(rows(page).first).to_contain_text("503")


def test_list_stands_still_while_it_is_not_live(console: Console, page: Page) -> None:
    console.admin.vendor()
    console.open("requests")
    console.press("Live")
    console.admin.vendor()
    with page.expect_response("**/overview"):
        page.get_by_role("link", name="Overview").click()
    page.go_back()
    expect(rows(page)).to_have_count(2)
    console.press("Live")
    console.press("Live")
    console.admin.vendor()
    expect(rows(page)).to_have_count(3)


FILTERS = {
    "vendor": ("requests?vendor=tabnine", ["getOrganization"]),
    "operation": ("requests?operation=getDau", ["getDau"]),
    "status": ("requests?status=4xx", ["getDau"]),
    "path": ("requests?path=/analytics/*", ["getDau", "getDauCount"]),
}


@pytest.mark.parametrize(("link", "operations"), FILTERS.values(), ids=FILTERS)
def test_link_filters_the_requests(console: Console, page: Page, link: str, operations: list[str]) -> None:
    console.admin.vendor()
    console.admin.vendor(REFUSED)
    console.admin.vendor("/api/v1/organization", "mock-tabnine-acme")
    console.open(link)
    expect(rows(page)).to_have_count(len(operations))
    assert page.locator("tbody td:nth-child(3) > div:first-child").all_text_contents() == operations


def test_filters_are_set_by_their_controls(console: Console, page: Page) -> None:
    console.admin.vendor()
    console.admin.vendor(REFUSED)
    console.open("requests")
    page.get_by_label("Vendor").select_option("augment")
    page.get_by_label("Operation").select_option("getDau")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Status").select_option("2xx")
    console.sees("No request matches the filters.")
    page.get_by_role("link", name="Remove the filters").click()
    expect(rows(page)).to_have_count(2)
    page.get_by_label("Path").fill("/analytics/v0/dau")
    page.get_by_label("Path").press("Enter")
    expect(rows(page)).to_have_count(1)
    assert "path=%2Fanalytics%2Fv0%2Fdau" in page.url


def test_filter_that_nothing_can_match_is_explained(console: Console, page: Page) -> None:
    console.admin.vendor()
    console.open("requests")
    page.get_by_label("Path").fill("/nowhere")
    page.get_by_label("Path").press("Enter")
    console.says("is below no mount")


def test_opened_request_shows_its_query_and_the_findings(console: Console, page: Page) -> None:
    console.admin.vendor(REFUSED)
    console.admin.vendor(REFUSED)
    console.open("requests")
    rows(page).first.get_by_role("link").click()
    panel = page.get_by_role("region", name="Request 2", exact=True)
    expect(panel).to_contain_text("page_size")
    expect(panel).to_contain_text("1000")
    expect(panel).to_contain_text("refused-question-again")
    panel.get_by_role("link", name="Close").click()
    expect(panel).to_have_count(0)


def test_opened_request_shows_its_body_without_credentials(console: Console, page: Page) -> None:
    form = "grant_type=client_credentials&client_secret=mock-secret"
    console.admin.app.test_client().post(
        "/api/rest/oauth2/token", data=form, content_type="application/x-www-form-urlencoded"
    )
    console.open("requests?request=1")
    body = page.get_by_role("region", name="Body")
    expect(body).to_have_text("grant_type=client_credentials&client_secret=[redacted]")


def test_request_in_progress_is_shown_until_it_is_answered(console: Console, page: Page) -> None:
    console.admin.send("POST", "/faults", {"effect": {"delay_seconds": 600}})
    header = "Authorization: Bearer mock-augment-acme"
    with subprocess.Popen(["curl", "-s", "-o", "/dev/null", "-H", header, f"{console.url}/analytics/v0/dau-count"]):
        console.open("requests?request=1")
        expect(rows(page).first).to_contain_text("in progress")
        console.admin.done("PUT", "/faults", {})
        expect(rows(page).first).to_contain_text("200")
        expect(page.get_by_role("region", name="Request 1", exact=True)).to_contain_text("200")


def test_unknown_request_is_explained(console: Console) -> None:
    console.admin.vendor()
    console.open("requests?request=99")
    console.sees("The request 99 cannot be shown.")
    console.sees(re.compile("there is no request '99' in the journal"))


def test_copied_curl_command_repeats_the_request(console: Console) -> None:
    console.admin.vendor("/analytics/v0/dau-count?start_date=2025-10-18&end_date=2025-10-19")
    console.open("requests?request=1")
    command = copied(console, "Copy as curl: request 1")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert '"effective_start_date":"2025-10-18"' in done.stdout.replace(" ", "")


def test_copied_curl_command_repeats_a_json_body(console: Console) -> None:
    client, headers = console.admin.app.test_client(), {"Authorization": "Bearer mock-augment-acme"}
    body = {"start_date": "2025-10-18", "end_date": "2025-10-19"}
    assert client.post("/analytics/v0/cost-analytics", json=body, headers=headers).status_code == 200
    console.open("requests?request=1")
    command = copied(console, "Copy as curl: request 1")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert '"effective_start_date":"2025-10-18"' in done.stdout.replace(" ", "")


def test_copied_assertion_names_the_request(console: Console) -> None:
    console.admin.vendor(REFUSED)
    console.open("requests?request=1")
    expected = (
        'sandbox.requests.assert_made(vendor="augment", operation="getDau", query={"page_size": "1000"}, count=1)'
    )
    assert copied(console, "Copy as pytest assertion: request 1") == expected


def test_more_requests_are_shown_on_demand(console: Console, page: Page) -> None:
    for _ in range(101):
        console.admin.vendor()
    console.open("requests")
    expect(rows(page)).to_have_count(100)
    console.press("Show more")
    expect(rows(page)).to_have_count(101)


def test_journal_is_emptied(console: Console) -> None:
    console.admin.vendor()
    console.open("requests")
    console.press("Empty the journal…")
    console.press("Empty")
    console.sees("No requests yet.")
    assert console.admin.get("/requests") == {"requests": []}


def test_opened_request_shows_its_headers_and_those_of_its_answer(console: Console, page: Page) -> None:
    console.admin.vendor()
    console.open("requests?request=1")
    panel = page.get_by_role("region", name="Request 1")
    expect(panel).to_contain_text("AuthorizationBearer [redacted]")
    expect(panel).to_contain_text("Content-Typeapplication/json")
    expect(panel).not_to_contain_text("mock-augment-acme")


def test_two_clicks_show_what_was_sent_after_a_refused_request(console: Console, page: Page) -> None:
    console.admin.done("PUT", "/limits", {"augment": {"per_minute": 1, "burst": 1}})
    for path in ("/analytics/v0/dau-count", "/analytics/v0/dau", "/analytics/v0/daily-usage", "/analytics/v0/dau"):
        console.admin.vendor(path)
    console.open("requests?status=429")
    page.get_by_role("cell", name="getDau").last.click()
    page.get_by_role("link", name="Requests after this one").click()
    expect(rows(page)).to_have_count(2)
    assert rows(page).evaluate_all("rows => rows.map((row) => row.dataset.request)") == ["4", "3"]
    page.get_by_role("button", name="Remove the filter: after request 2").press("Enter")
    expect(rows(page)).to_have_count(4)


def test_link_in_a_row_opens_it_once(console: Console, page: Page) -> None:
    console.admin.vendor()
    console.open("requests")
    rows(page).first.get_by_role("link").press("Enter")
    expect(page.get_by_role("region", name="Request 1")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("region", name="Request 1")).to_have_count(0)

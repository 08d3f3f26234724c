"""Faults in a browser: ready-made, by the form, and the list of those that are armed."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from analytics_mockserver.client import Client
from tests.console.console import Console

SITUATIONS: dict[str, dict[str, Any]] = {
    "429 on the next page": {"skip": 1, "times": 1, "phase": "before", "effect": {"rate_limited": True}},
    "503 twice": {"times": 2, "phase": "before", "effect": {"status": 503}},
    "Every third fails": {"phase": "before", "steps": ["pass", "pass", {"status": 503}], "then": "repeat"},
    "HTML from a gateway": {"times": 1, "phase": "before", "effect": {"html": 502}},
    "Cut connection": {"times": 1, "phase": "before", "effect": {"reset": True}},
    "Few requests left": {
        "phase": "before",
        "effect": {"headers": {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "3"}},
    },
    "Wrong Content-Type": {"times": 1, "phase": "before", "effect": {"headers": {"Content-Type": "text/html"}}},
    "Empty 204": {"times": 1, "phase": "before", "effect": {"status": 204, "empty": True}},
    "Empty 200": {"times": 1, "phase": "before", "effect": {"status": 200, "empty": True}},
    "Error under a 200": {"times": 1, "phase": "before", "effect": {"status": 200, "error": True}},
    "Chunks without an end": {"times": 1, "phase": "before", "effect": {"chunked": True, "cut_after_bytes": 100}},
    "Truncated gzip": {"times": 1, "phase": "before", "effect": {"gzip": True, "truncate_bytes": 60}},
    "Dead pooled connection": {"times": 1, "phase": "before", "effect": {"close_idle": True}},
    "Retry-After as a date": {
        "times": 1,
        "phase": "before",
        "effect": {"rate_limited": True, "retry_after_date": 30},
    },
    "Content-Length too small": {"times": 1, "phase": "before", "effect": {"short_length": 10}},
    "NaN in JSON": {"times": 1, "phase": "before", "effect": {"json_nan": True}},
    "Duplicate JSON key": {"times": 1, "phase": "before", "effect": {"json_duplicate_key": True}},
    "Not modified": {
        "phase": "before",
        "request_headers": {"If-None-Match": "*"},
        "effect": {"status": 304, "empty": True},
    },
    "Byte order mark": {"times": 1, "phase": "before", "effect": {"byte_order_mark": True}},
    "Dripping body": {"times": 1, "phase": "before", "effect": {"drip_seconds": 30}},
    "Slow": {"phase": "before", "effect": {"delay_seconds": 3}},
}


def armed(console: Console) -> list[dict[str, Any]]:
    """The armed rules, without what the server adds."""
    rules: list[dict[str, Any]] = console.admin.get("/faults")["rules"]
    return [{name: value for name, value in rule.items() if name not in {"id", "hits"}} for rule in rules]


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation_arms_a_fault(console: Console, name: str) -> None:
    console.open("faults")
    console.press(name, exact=False)
    console.says("Armed: fault-1")
    assert armed(console) == [SITUATIONS[name]]


def test_fault_is_limited_to_the_chosen_operation(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_label("Vendor").select_option("augment")
    page.get_by_label("Operation").select_option("getDau")
    console.press("503 twice", exact=False)
    console.says("Armed")
    assert armed(console) == [{"vendor": "augment", "operation": "getDau", **SITUATIONS["503 twice"]}]


def test_hits_are_counted_live_until_the_fault_is_disarmed(console: Console) -> None:
    console.open("faults")
    console.sees("No faults are armed.")
    console.press("503 twice", exact=False)
    console.sees("0 hits of 2")
    assert [console.admin.vendor(), console.admin.vendor()] == [503, 503]
    console.sees("2 hits of 2, spent")
    console.press("Disarm fault-1")
    console.sees("No faults are armed.")
    assert armed(console) == []


def test_all_faults_are_disarmed_at_once(console: Console) -> None:
    console.open("faults")
    console.press("503 twice", exact=False)
    console.press("Slow", exact=False)
    console.sees("2 armed faults")
    console.press("Disarm all…")
    console.press("Disarm")
    console.sees("No faults are armed.")


FORMS: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "status": ("Error status", "500", {"status": 500}),
    "html": ("HTML page of a gateway", "504", {"html": 504}),
    "rate limited": ("Rate limited (429)", None, {"rate_limited": True}),
    "reset": ("Cut connection", None, {"reset": True}),
    "truncated": ("Truncated body", "10", {"truncate_bytes": 10}),
    "stalled": ("Body that stalls for 5 seconds", "10", {"stall_seconds": 5, "after_bytes": 10}),
    "malformed": ("Malformed JSON", None, {"malformed_json": True}),
    "error": ("Error with any status", "202", {"status": 202, "error": True}),
    "empty": ("Empty answer", "500", {"status": 500, "empty": True}),
    "compressed": ("Compressed body", None, {"gzip": True}),
    "truncated and compressed": ("Truncated compressed body", "9", {"gzip": True, "truncate_bytes": 9}),
    "chunked": ("Chunked body", None, {"chunked": True}),
    "chunked without an end": ("Chunked body without its end", "0", {"chunked": True, "cut_after_bytes": 0}),
    "closed": ("Connection closed after the answer", None, {"close_idle": True}),
    "short": ("Content-Length too small", "5", {"short_length": 5}),
    "NaN": ("NaN in place of a number", None, {"json_nan": True}),
    "duplicate": ("Duplicate JSON key", None, {"json_duplicate_key": True}),
    "marked": ("Byte order mark", None, {"byte_order_mark": True}),
    "dripping": ("Body that drips", "2.5", {"drip_seconds": 2.5}),
}


@pytest.mark.parametrize(("name", "value", "effect"), FORMS.values(), ids=FORMS)
def test_form_arms_each_effect(
    console: Console, page: Page, name: str, value: str | None, effect: dict[str, Any]
) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option(name)
    if value is not None:
        page.locator(".panel-form .field").nth(1).locator("input").fill(value)
    console.press("Arm")
    console.says("Armed: fault-1")
    assert armed(console) == [{"phase": "before", "effect": effect}]


def test_form_arms_every_part_of_a_rule(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Only a delay or headers")
    page.get_by_label("Delay, in seconds").fill("0.5")
    page.get_by_label("Retry-After as a date").fill("0")
    page.get_by_label("Path").fill("/analytics/*")
    page.get_by_role("textbox", name="Query").fill("page_size = 5\ncursor=a=b\n\ngroup_by=")
    page.get_by_label("At most so many times").fill("3")
    page.get_by_label("First skip").fill("2")
    page.get_by_label("Share of the requests").fill("0.25")
    page.get_by_label("When").select_option("after")
    console.press("Arm")
    console.says("Armed: fault-1")
    rule = {"vendor": "augment", "path": "/analytics/*", "times": 3, "skip": 2, "share": 0.25, "phase": "after"}
    query = {"page_size": "5", "cursor": "a=b", "group_by": ""}
    assert armed(console) == [{**rule, "query": query, "effect": {"delay_seconds": 0.5, "retry_after_date": 0}}]
    console.sees("0.5 s later, Retry-After as a date 0 s later")
    console.sees(f"augment · /analytics/* · {json.dumps(query, separators=(',', ':'))} · after 2 requests")
    console.sees("after 2 requests · a share of 0.25 · after the request was processed")


def test_form_adds_headers_to_any_effect(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Compressed body")
    page.get_by_role("textbox", name="Headers").fill("Retry-After 5")
    console.press("Arm")
    console.says("Write each header on a line of its own, as in Retry-After: 5.")
    page.get_by_role("textbox", name="Headers").fill("Retry-After: 5\n\nX-Time : 10:30 \nRetry-After: 30")
    page.get_by_role("textbox", name="Request header").fill("If-None-Match: *")
    console.press("Arm")
    console.says("Armed: fault-1")
    effect = {"gzip": True, "headers": {"Retry-After": ["5", "30"], "X-Time": "10:30"}}
    assert armed(console) == [{"phase": "before", "request_headers": {"If-None-Match": "*"}, "effect": effect}]
    console.sees("Compressed body, Retry-After: 5, Retry-After: 30, X-Time: 10:30")
    console.sees("request with If-None-Match: *")


def test_form_arms_an_error_with_its_words(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_label("Error code").fill("Broken")
    page.get_by_label("Error message").fill("Not today.")
    page.get_by_role("textbox", name="Query").fill("cursor")
    console.press("Arm")
    console.says("Write each parameter on a line of its own, as in cursor=abc.")
    page.get_by_role("textbox", name="Query").fill("")
    console.press("Arm")
    console.says("Armed: fault-1")
    assert armed(console) == [{"phase": "before", "effect": {"status": 503, "code": "Broken", "message": "Not today."}}]
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Malformed JSON")
    expect(page.get_by_label("Error code")).to_be_hidden()
    console.press("Arm")
    console.says("Armed: fault-2")
    assert armed(console)[1] == {"phase": "before", "effect": {"malformed_json": True}}


def test_form_takes_any_effect_as_json(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Any effect, in JSON")
    expect(page.get_by_role("textbox", name="Headers")).to_have_count(0)
    page.get_by_role("textbox", name="Effect, in JSON").fill('{"html": 502, "gzip": true, "empty": true}')
    console.press("Arm")
    expect(page.locator(".wide").get_by_role("alert")).to_contain_text("empty: belongs to status, which is not given")
    expect(page.get_by_role("textbox", name="Effect, in JSON")).to_be_focused()
    effect = {"html": 502, "gzip": True, "stall_seconds": 0.5, "after_bytes": 3, "byte_order_mark": True}
    page.get_by_role("textbox", name="Effect, in JSON").fill(json.dumps(effect))
    console.press("Arm")
    console.says("Armed: fault-1")
    assert armed(console) == [{"phase": "before", "effect": effect}]


def test_armed_fault_is_shown_in_words(console: Console) -> None:
    effects = [
        {"status": 200, "error": True, "code": "X", "message": "m"},
        {"status": 204, "empty": True, "close_idle": True},
        {"chunked": True, "cut_after_bytes": 1, "stall_seconds": 2, "after_bytes": 0},
        {"byte_order_mark": True, "drip_seconds": 9, "retry_after_date": 60},
    ]
    with Client(console.url) as client:
        client.faults.replace([{"effect": effect} for effect in effects])
    console.open("faults")
    console.sees("Status 200, Error of the vendor, X, “m”")
    console.sees("Status 204, No body, Connection closed after the answer")
    console.sees("Chunked body, No last chunk, cut after 1 byte, Body stalls for 2 s after 0 bytes")


def test_rule_that_is_refused_is_explained(console: Console, page: Page) -> None:
    console.open("faults")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Only a delay or headers")
    console.press("Arm")
    console.says("has no effect; give at least one of")
    console.press("Dismiss")
    expect(page.locator("#notices")).to_be_empty()

"""Sequences of faults in a browser: they are read like sentences, made by the form, and refused beside it."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.console import Console
from tests.console.test_faults import armed


def open_form(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment")
    page.get_by_text("By form").click()
    page.get_by_role("combobox", name="Effect", exact=True).select_option("Sequence of effects")


def listed(page: Page) -> Locator:
    """The steps of the only rule."""
    return page.locator("[data-fault=fault-1] ol.steps > li")


def test_form_arms_a_sequence(console: Console, page: Page) -> None:
    open_form(console, page)
    expect(page.get_by_label("Delay, in seconds")).to_be_hidden()
    page.get_by_label("Steps, in JSON").fill('[{"rate_limited": true}, "pass", {"html": 502}]')
    page.get_by_label("After the last step").select_option("Begin again")
    page.get_by_role("textbox", name="From").fill("2025-10-21T10:00:00Z")
    page.get_by_role("textbox", name="Until").fill("2025-10-22T02:10:00Z")
    page.get_by_label("Share of the requests").fill("1")
    page.get_by_label("Draw the share for").select_option("Clients (token and User-Agent)")
    console.press("Arm")
    console.says("Armed: fault-1")
    assert armed(console) == [
        {
            "vendor": "augment",
            "from": "2025-10-21T10:00:00Z",
            "until": "2025-10-22T02:10:00Z",
            "share": 1,
            "share_by": "client",
            "phase": "before",
            "steps": [{"rate_limited": True}, "pass", {"html": 502}],
            "then": "repeat",
        }
    ]
    console.sees("a share of 1 of the clients")


def test_list_shows_the_steps_and_marks_the_next_one(console: Console, page: Page) -> None:
    rule: dict[str, Any] = {"vendor": "augment", "steps": [{"status": 503}, "pass", {"delay_seconds": 0.001}]}
    console.admin.send("POST", "/faults", rule)
    console.open("faults")
    console.sees("In turn, every further request passes")
    expect(listed(page)).to_have_text(["Status 503next", "The genuine answer", "0.001 s later"])
    expect(page.locator("[aria-current=step]")).to_contain_text("Status 503")
    assert [console.admin.vendor() for _ in range(2)] == [503, 200]
    expect(listed(page)).to_have_text(["Status 503", "The genuine answer", "0.001 s laternext"])
    assert console.admin.vendor() == 200
    console.sees("3 hits of 3, spent")
    expect(page.locator("[aria-current=step]")).to_have_count(0)


@pytest.mark.parametrize(
    ("then", "title", "marked"),
    [("repeat", "In turn, again and again", "Status 503"), ("last", "In turn, then always the last one", "Status 500")],
)
def test_next_step_after_the_last_is_marked(console: Console, page: Page, then: str, title: str, marked: str) -> None:
    console.admin.send("POST", "/faults", {"steps": [{"status": 503}, {"status": 500}], "then": then})
    assert [console.admin.vendor() for _ in range(2)] == [503, 500]
    console.open("faults")
    console.sees(title)
    expect(page.locator("[aria-current=step]")).to_contain_text(marked)


REFUSED = {
    "no JSON": ("[{status: 503}]", "This is not JSON: "),
    "nothing": ("", "This is not JSON: "),
    "another word": (
        '[{"status": 503}, "ok"]',
        'steps.1: must be an effect (an object), or "pass" for the genuine answer',
    ),
    "no list": ('{"status": 503}', 'steps: must be a list of effects and "pass"'),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_error_is_shown_beside_the_steps(console: Console, page: Page, text: str, message: str) -> None:
    open_form(console, page)
    page.get_by_label("Steps, in JSON").fill(text)
    console.press("Arm")
    expect(page.locator(".wide").get_by_role("alert")).to_contain_text(message)
    expect(page.get_by_label("Steps, in JSON")).to_be_focused()
    assert armed(console) == []
    page.get_by_label("Steps, in JSON").fill('[{"status": 503}]')
    console.press("Arm")
    console.says("Armed: fault-1")
    expect(page.locator(".wide").get_by_role("alert")).to_have_count(0)

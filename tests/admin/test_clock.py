"""The clock: what is set is shown, what is left out is restored, and nothing leaves its bounds."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS

MADE: dict[str, Any] = {"now": "2025-10-21T10:30:00Z", "frozen": True}
BOUNDS = "the clock must stay between 1971-01-01 and 2199-12-31"
FORM = "must be a date and a time that exist, with a time zone, as in 2025-10-21T10:30:00Z"
AMOUNT = "must be a number that is not negative"


def moment(text: str) -> datetime:
    """The timestamp in an answer."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6}(\d{3})?)?Z", text)
    return datetime.fromisoformat(text)


def test_clock_shows_how_the_sandbox_was_made(admin: Admin) -> None:
    assert admin.get("/clock") == MADE


TIMES = {
    "UTC": ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
    "an offset": ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
    "a negative offset": ("2026-01-01T23:30:00-05:30", "2026-01-02T05:00:00Z"),
    "lowercase": ("2026-01-02t03:04:05z", "2026-01-02T03:04:05Z"),
    "a fraction": ("2026-01-02T03:04:05.25Z", "2026-01-02T03:04:05.250000Z"),
    "nanoseconds": ("2026-01-17T00:17:59.723335985Z", "2026-01-17T00:17:59.723335985Z"),
    "nanoseconds and an offset": ("2026-01-17T00:17:59.000000001+01:00", "2026-01-16T23:17:59.000000001Z"),
    "more digits than a clock has": ("2026-01-02T03:04:05.1234567899Z", "2026-01-02T03:04:05.123456789Z"),
    "seven digits": ("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.123456700Z"),
    "a leap day": ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    "the earliest time": ("1971-01-01T00:00:00Z", "1971-01-01T00:00:00Z"),
    "the latest time": ("2199-12-31T23:59:59Z", "2199-12-31T23:59:59Z"),
}


@pytest.mark.parametrize(("sent", "shown"), TIMES.values(), ids=TIMES)
def test_timestamp_is_shown_in_utc(admin: Admin, sent: str, shown: str) -> None:
    assert admin.done("PUT", "/clock", {"now": sent, "frozen": True}) == {"now": shown, "frozen": True}
    assert admin.get("/clock") == {"now": shown, "frozen": True}


def test_now_without_frozen_keeps_running(admin: Admin) -> None:
    set_to = admin.done("PUT", "/clock", {"now": "2030-05-06T07:08:09Z"})
    assert set_to["frozen"] is False
    assert moment("2030-05-06T07:08:09Z") <= moment(set_to["now"]) <= moment(admin.get("/clock")["now"])
    assert moment(admin.get("/clock")["now"]) < moment("2030-05-06T08:08:09Z")


def test_frozen_alone_restores_the_initial_time(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2030-05-06T07:08:09Z", "frozen": True})
    assert admin.done("PUT", "/clock", {"frozen": True}) == MADE


def test_frozen_clock_can_be_started(admin: Admin) -> None:
    running = admin.done("PUT", "/clock", {"frozen": False})
    assert running["frozen"] is False
    assert timedelta() <= moment(running["now"]) - moment(MADE["now"]) < timedelta(hours=1)


def test_empty_object_resets_the_clock(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2030-05-06T07:08:09Z"})
    assert admin.done("PUT", "/clock", {}) == MADE
    assert admin.get("/clock") == MADE


def test_running_clock_can_be_frozen_and_restored() -> None:
    admin = Admin(create_app(replace(SETTINGS, now=None, freeze=False)), {"Host": "localhost"})
    frozen = admin.done("PUT", "/clock", {"frozen": True})
    assert frozen["frozen"] is True
    assert admin.get("/clock") == frozen
    assert admin.done("PUT", "/clock", {})["frozen"] is False
    assert moment(admin.get("/clock")["now"]) >= moment(frozen["now"])


def test_vendor_sees_the_new_time(admin: Admin) -> None:
    path = "/analytics/v0/dau-count?end_date=2026-03-01"
    assert admin.vendor(path) == 400
    admin.done("PUT", "/clock", {"now": "2026-03-02T12:00:00Z", "frozen": True})
    assert admin.vendor(path) == 200


SPANS = {
    "seconds": ({"seconds": 90}, "2025-10-21T10:31:30Z"),
    "minutes": ({"minutes": 90}, "2025-10-21T12:00:00Z"),
    "hours": ({"hours": 14}, "2025-10-22T00:30:00Z"),
    "days": ({"days": 1}, "2025-10-22T10:30:00Z"),
    "the sum of all": ({"seconds": 1, "minutes": 1, "hours": 1, "days": 1}, "2025-10-22T11:31:01Z"),
    "a fraction": ({"days": 0.5}, "2025-10-21T22:30:00Z"),
    "a fraction that no float represents": ({"seconds": 0.1}, "2025-10-21T10:30:00.100000Z"),
    "nothing": ({"seconds": 0}, "2025-10-21T10:30:00Z"),
    "nanoseconds": ({"seconds": 9.05e-7}, "2025-10-21T10:30:00.000000905Z"),
    "less than a nanosecond": ({"seconds": 9e-10}, "2025-10-21T10:30:00Z"),
}


@pytest.mark.parametrize(("span", "shown"), SPANS.values(), ids=SPANS)
def test_advance_moves_the_clock_by_the_sum(admin: Admin, span: object, shown: str) -> None:
    assert admin.done("POST", "/clock/advance", span) == {"now": shown, "frozen": True}


@pytest.fixture(scope="module")
def lasting() -> Admin:
    """A client on one app for many examples, which put its clock back themselves."""
    return Admin(create_app(SETTINGS), {"Host": "localhost"})


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_many_small_steps_equal_one_big_step(lasting: Admin, steps: list[int]) -> None:
    admin = lasting
    admin.done("PUT", "/clock", {})
    for step in steps:
        admin.done("POST", "/clock/advance", f'{{"seconds": {step // 1000}.{step % 1000:03}}}'.encode())
    there = moment(admin.get("/clock")["now"])
    assert there - moment(MADE["now"]) == timedelta(milliseconds=sum(steps))


def test_fractions_are_exact_to_the_nanosecond(admin: Admin) -> None:
    digits = "0." + "9" * 50
    assert admin.done("POST", "/clock/advance", f'{{"seconds": {digits}}}'.encode())["now"].endswith("00.999999999Z")


def test_running_clock_keeps_running_when_advanced(admin: Admin) -> None:
    admin.done("PUT", "/clock", {"now": "2026-01-01T00:00:00Z"})
    assert admin.done("POST", "/clock/advance", {"days": 1})["frozen"] is False
    assert admin.get("/clock")["now"].startswith("2026-01-02T00:")


BAD_CLOCKS = {
    "no zone": ({"now": "2025-10-21T10:30:00"}, {"now": [FORM]}),
    "a date alone": ({"now": "2025-10-21"}, {"now": [FORM]}),
    "a day that does not exist": ({"now": "2025-02-29T00:00:00Z"}, {"now": [FORM]}),
    "an hour that does not exist": ({"now": "2025-02-28T24:00:00Z"}, {"now": [FORM]}),
    "a zone that does not exist": ({"now": "2025-02-28T00:00:00+99:00"}, {"now": [FORM]}),
    "another form of ISO 8601": ({"now": "20251021T103000Z"}, {"now": [FORM]}),
    "digits of another script": ({"now": "٢٠٢٥-10-21T10:30:00Z"}, {"now": [FORM]}),
    "a trailing newline": ({"now": "2025-10-21T10:30:00Z\n"}, {"now": [FORM]}),
    "a number": ({"now": 1_761_042_600}, {"now": [FORM]}),
    "a list": ({"now": ["2025-10-21T10:30:00Z"]}, {"now": [FORM]}),
    "null": ({"now": None}, {"now": ["must not be null"]}),
    "year 0001": ({"now": "0001-01-01T00:00:00Z"}, {"now": [BOUNDS]}),
    "year 0001 before UTC": ({"now": "0001-01-01T00:00:00+23:59"}, {"now": [BOUNDS]}),
    "year 9999": ({"now": "9999-12-31T23:59:59Z"}, {"now": [BOUNDS]}),
    "year 9999 after UTC": ({"now": "9999-12-31T23:59:59-23:59"}, {"now": [BOUNDS]}),
    "just before the bounds": ({"now": "1970-12-31T23:59:59Z"}, {"now": [BOUNDS]}),
    "just after the bounds": ({"now": "2200-01-01T00:00:00Z"}, {"now": [BOUNDS]}),
    "a boolean as a number": ({"frozen": 1}, {"frozen": ["must be true or false"]}),
    "a boolean as text": ({"frozen": "true"}, {"frozen": ["must be true or false"]}),
    "a misspelt field": (
        {"forzen": True},
        {"forzen": ["there is no field 'forzen' (did you mean 'frozen'?); there are: now, frozen"]},
    ),
    "two at once": ({"now": 1, "frozen": 1}, {"now": [FORM], "frozen": ["must be true or false"]}),
}


@pytest.mark.parametrize(("sent", "errors"), BAD_CLOCKS.values(), ids=BAD_CLOCKS)
def test_bad_clock_is_refused_by_field_and_changes_nothing(admin: Admin, sent: object, errors: object) -> None:
    assert admin.refused("PUT", "/clock", sent).errors == errors
    assert admin.get("/clock") == MADE


BAD_SPANS: dict[str, tuple[object, str]] = {
    "no field": ({}, "give at least one of seconds, minutes, hours and days"),
    "negative": ({"seconds": -1}, f"seconds: {AMOUNT}"),
    "negative beside positive": ({"days": 2, "hours": -0.5}, f"hours: {AMOUNT}"),
    "text": ({"hours": "1"}, f"hours: {AMOUNT}"),
    "a boolean": ({"minutes": True}, f"minutes: {AMOUNT}"),
    "null": ({"days": None}, "days: must not be null"),
    "too far": ({"days": 400_000}, BOUNDS),
    "absurdly far": (b'{"days": 1e999999}', BOUNDS),
    "absurdly far in whole seconds": ({"seconds": 10**59}, BOUNDS),
    "not a number": (b'{"days": NaN}', "the body is not valid JSON: NaN is not a JSON number"),
    "infinite": (b'{"days": Infinity}', "the body is not valid JSON: Infinity is not a JSON number"),
    "an unknown unit": (
        {"days": 1, "weeks": 1},
        "weeks: there is no field 'weeks'; there are: seconds, minutes, hours, days",
    ),
}


@pytest.mark.parametrize(("sent", "detail"), BAD_SPANS.values(), ids=BAD_SPANS)
def test_bad_span_is_refused_and_changes_nothing(admin: Admin, sent: object, detail: str) -> None:
    assert admin.refused("POST", "/clock/advance", sent).detail == detail
    assert admin.get("/clock") == MADE

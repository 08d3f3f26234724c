"""The timestamp of an answer (contract, section 7, generated_at)."""

import re
from datetime import UTC, datetime

import pytest

from mockserver.simulation.clock import Clock
from tests.contract.client import Client

FORMS = {
    "whole seconds": ("2025-10-21T10:30:00Z", "2025-10-21T10:30:00Z"),
    "milliseconds": ("2025-10-21T10:30:00.120Z", "2025-10-21T10:30:00.120Z"),
    "a tenth has three digits": ("2025-10-21T10:30:00.5Z", "2025-10-21T10:30:00.500Z"),
    "microseconds": ("2025-10-21T10:30:00.000001Z", "2025-10-21T10:30:00.000001Z"),
    "the last of a microsecond is a zero": ("2025-10-21T10:30:00.123450Z", "2025-10-21T10:30:00.123450Z"),
    "nanoseconds": ("2026-01-17T00:17:59.723335985Z", "2026-01-17T00:17:59.723335985Z"),
    "the last of a nanosecond is a zero": ("2025-10-21T10:30:00.000000010Z", "2025-10-21T10:30:00.000000010Z"),
    "another zone": ("2025-10-21T12:30:00+02:00", "2025-10-21T10:30:00Z"),
}
PATHS = ("/dau-count", "/dau", "/daily-usage", "/user-activity", "/daily-user-activity-by-editor-language")


@pytest.mark.parametrize(("now", "written"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("path", PATHS)
def test_generated_at_is_now_in_protobuf_format(augment: Client, path: str, now: str, written: str) -> None:
    assert augment.at(now).got(path)["metadata"]["generated_at"] == written


@pytest.mark.parametrize("path", PATHS)
def test_generated_at_alone_moves_with_the_clock(augment: Client, path: str) -> None:
    first = augment.at("2025-10-21T10:30:00Z").got(path)
    later = augment.at("2025-10-21T10:30:01.25Z").got(path)
    assert later["metadata"].pop("generated_at") == "2025-10-21T10:30:01.250Z"
    del first["metadata"]["generated_at"]
    assert later == first


DIGITS = {
    "nine of milliseconds": (9, "2025-10-21T10:30:00.120Z", "2025-10-21T10:30:00.120000000Z"),
    "nine of whole seconds": ("9", "2025-10-21T10:30:00Z", "2025-10-21T10:30:00.000000000Z"),
    "six of nanoseconds": (6, "2025-10-21T10:30:00.723335985Z", "2025-10-21T10:30:00.723335Z"),
    "none of nanoseconds": (0, "2025-10-21T10:30:00.999999999Z", "2025-10-21T10:30:00Z"),
    "as needed": ("as_needed", "2025-10-21T10:30:00.999999999Z", "2025-10-21T10:30:00.999999999Z"),
}


@pytest.mark.parametrize(("option", "now", "written"), DIGITS.values(), ids=DIGITS)
def test_number_of_digits_can_be_chosen(augment: Client, option: str | int, now: str, written: str) -> None:
    client = augment.at(now).switched(generated_at_digits=option)
    assert client.got("/dau-count")["metadata"]["generated_at"] == written
    assert client.got("/dau-count")["metadata"]["generated_at"] == written


def test_running_clock_shows_nine_digits(augment: Client) -> None:
    """A time that ends in 000 is shown with six, which happens once in a thousand times."""
    augment.sandbox.set_clock(Clock.at(datetime(2025, 10, 21, 10, 30, tzinfo=UTC)))
    shown = [augment.got("/dau-count")["metadata"]["generated_at"] for _ in range(5)]
    assert any(re.fullmatch(r"2025-10-21T10:\d\d:\d\d\.\d{9}Z", text) for text in shown)

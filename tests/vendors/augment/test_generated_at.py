"""The timestamp of an answer (contract, section 7, generated_at)."""

import pytest

from tests.contract.client import Client

FORMS = {
    "whole seconds": ("2025-10-21T10:30:00Z", "2025-10-21T10:30:00Z"),
    "milliseconds": ("2025-10-21T10:30:00.120Z", "2025-10-21T10:30:00.120Z"),
    "a tenth has three digits": ("2025-10-21T10:30:00.5Z", "2025-10-21T10:30:00.500Z"),
    "microseconds": ("2025-10-21T10:30:00.000001Z", "2025-10-21T10:30:00.000001Z"),
    "the last of a microsecond is a zero": ("2025-10-21T10:30:00.123450Z", "2025-10-21T10:30:00.123450Z"),
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

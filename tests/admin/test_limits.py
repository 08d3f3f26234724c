"""Limits: what is set takes effect at once, what is left out is restored, and buckets show their state."""

from typing import Any

import pytest

from mockserver import vendors
from tests.admin.driver import Admin

DOCUMENTED: dict[str, Any] = {"setting": "documented", "per_minute": 10, "burst": 20, "buckets": []}
OFF: dict[str, Any] = {"setting": "off", "per_minute": None, "burst": None, "buckets": []}
CUSTOM: dict[str, Any] = {"setting": "custom", "per_minute": 60, "burst": 2, "buckets": []}
NUMBERS = {"per_minute": 60, "burst": 2}


def everywhere(augment: object) -> dict[str, object]:
    """Every limit: Augment's first one as given, the others off."""
    return {name: OFF for vendor in vendors.discover() for name in vendor.limits} | {"augment": augment}


def test_limits_are_shown_as_the_sandbox_was_made(admin: Admin) -> None:
    assert admin.get("/limits") == everywhere(OFF)


LIMITS: dict[str, tuple[object, dict[str, Any]]] = {
    "the documented ones": ("documented", DOCUMENTED),
    "none": ("off", OFF),
    "numbers": (NUMBERS, CUSTOM),
    "the least": ({"per_minute": 1, "burst": 1}, {**CUSTOM, "per_minute": 1, "burst": 1}),
    "the most": (
        {"per_minute": 1_000_000, "burst": 1_000_000},
        {**CUSTOM, "per_minute": 1_000_000, "burst": 1_000_000},
    ),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(("sent", "shown"), LIMITS.values(), ids=LIMITS)
def test_new_limit_is_shown(admin: Admin, method: str, sent: object, shown: object) -> None:
    assert admin.done(method, "/limits", {"augment": sent}) == everywhere(shown)
    assert admin.get("/limits") == everywhere(shown)


def test_put_resets_omitted_values_and_patch_keeps_them(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": NUMBERS})
    assert admin.done("PATCH", "/limits", {}) == everywhere(CUSTOM)
    assert admin.done("PUT", "/limits", {}) == everywhere(OFF)


def test_limit_takes_effect_at_once_and_shows_its_bucket(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": NUMBERS})
    assert [admin.vendor() for _ in range(3)] == [200, 200, 429]
    bucket = {"scope": "organization", "remaining": 0, "full_in_seconds": 2}
    assert admin.get("/limits") == everywhere({**CUSTOM, "buckets": [bucket]})


def test_buckets_fill_by_the_sandbox_clock(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": NUMBERS})
    assert [admin.vendor() for _ in range(3)] == [200, 200, 429]
    admin.done("POST", "/clock/advance", {"seconds": 1})
    assert admin.get("/limits")["augment"]["buckets"][0] == {
        "scope": "organization",
        "remaining": 1,
        "full_in_seconds": 1,
    }
    assert [admin.vendor() for _ in range(2)] == [200, 429]


def test_new_limit_fills_its_buckets(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": NUMBERS})
    assert [admin.vendor() for _ in range(3)] == [200, 200, 429]
    admin.done("PATCH", "/limits", {})
    assert admin.vendor() == 429
    admin.done("PATCH", "/limits", {"augment": NUMBERS})
    assert admin.vendor() == 200


def test_control_requests_spend_nothing(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": {"per_minute": 1, "burst": 1}})
    for _ in range(3):
        admin.get("/limits")
    assert admin.vendor() == 200


CHOICE = 'must be "documented", "off", or an object with per_minute and burst, both from 1 to 1000000'
RATE = "must be a whole number from 1 to 1000000"
NAMES = ", ".join(name for vendor in vendors.discover() for name in vendor.limits)
MISSING = "must be given"

BAD: dict[str, tuple[object, dict[str, list[str]]]] = {
    "an unknown vendor": (
        {"augmnet": "off"},
        {"augmnet": [f"there is no limit 'augmnet' (did you mean 'augment'?); there are: {NAMES}"]},
    ),
    "an unknown word": ({"augment": "none"}, {"augment": [CHOICE]}),
    "a word in capitals": ({"augment": "OFF"}, {"augment": [CHOICE]}),
    "a boolean": ({"augment": False}, {"augment": [CHOICE]}),
    "a number": ({"augment": 10}, {"augment": [CHOICE]}),
    "a list": ({"augment": [10, 20]}, {"augment": [CHOICE]}),
    "null": ({"augment": None}, {"augment": ["must not be null"]}),
    "an empty object": ({"augment": {}}, {"augment.per_minute": [MISSING], "augment.burst": [MISSING]}),
    "a missing burst": ({"augment": {"per_minute": 5}}, {"augment.burst": [MISSING]}),
    "zero": ({"augment": {**NUMBERS, "per_minute": 0}}, {"augment.per_minute": [RATE]}),
    "a negative number": ({"augment": {**NUMBERS, "burst": -1}}, {"augment.burst": [RATE]}),
    "too many": ({"augment": {**NUMBERS, "burst": 1_000_001}}, {"augment.burst": [RATE]}),
    "far too many": ({"augment": {**NUMBERS, "burst": 10**50}}, {"augment.burst": [RATE]}),
    "a fraction": ({"augment": {**NUMBERS, "burst": 1.5}}, {"augment.burst": [RATE]}),
    "a fraction that is whole": ({"augment": {**NUMBERS, "burst": 1.0}}, {"augment.burst": [RATE]}),
    "text": ({"augment": {**NUMBERS, "burst": "5"}}, {"augment.burst": [RATE]}),
    "a boolean in numbers": ({"augment": {**NUMBERS, "burst": True}}, {"augment.burst": [RATE]}),
    "a misspelt field": (
        {"augment": {**NUMBERS, "bust": 5}},
        {"augment.bust": ["there is no field 'bust' (did you mean 'burst'?); there are: per_minute, burst"]},
    ),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(("sent", "errors"), BAD.values(), ids=BAD)
def test_bad_limit_is_refused_by_path_and_changes_nothing(
    admin: Admin, method: str, sent: object, errors: object
) -> None:
    assert admin.refused(method, "/limits", sent).errors == errors
    assert admin.get("/limits") == everywhere(OFF)

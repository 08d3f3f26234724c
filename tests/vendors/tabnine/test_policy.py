"""Tabnine's data against the contract: mount, authentication, limits, switches and key."""

import pytest

from mockserver.gateway.switches import Option
from mockserver.vendors.tabnine import policy, vendor

CONTRACT: dict[str, tuple[str, tuple[Option, ...]]] = {
    "forbidden_everywhere": ("A", ("yes", "no")),
    "error_shape": ("O", ("nested", "flat")),
    "foreign_organization": ("A", ("401", "403", "404")),
    "last_next": ("D", ("absent", "null")),
    "zero_limit": ("A", ("everything", "reject")),
    "subseconds": ("A", ("accept", "reject")),
    "empty_buckets": ("A", ("zeros", "omitted")),
    "usage_sections": ("D", ("full", "first")),
    "strict_user_filters": ("D", ("no", "yes")),
    "longest_range": ("A", ("reject", "history")),
}
SWITCHES = {each.name: each for each in policy.SWITCHES}


def test_switches_are_the_expected_ones() -> None:
    assert list(SWITCHES) == list(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_switch_has_the_expected_grade_options_and_default(name: str) -> None:
    grade, choices = CONTRACT[name]
    found = SWITCHES[name]
    assert (found.grade, found.options, found.default) == (grade, choices, choices[0])


def test_mount_and_scheme_are_documented_without_a_limit() -> None:
    served = vendor()
    assert (served.name, served.mounts, served.schemes) == ("tabnine", ("/api/v1",), ("Bearer",))
    assert served.allowance is None
    assert len(served.routes) == 13
    assert {route.methods for route in served.routes} == {("GET",)}

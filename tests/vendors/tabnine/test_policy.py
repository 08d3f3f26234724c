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
    "all_bucket": ("A", ("request", "end")),
    "short_granularities": ("D", ("reject", "accept")),
    "v2_models": ("D", ("all_only", "always", "never")),
    "v2_messages": ("A", ("interactions", "user_initiated")),
    "v2_dimensions": ("D", ("list", "null", "absent")),
    "unknown_id": ("A", ("403", "404", "401", "zeros")),
    "agent_usage_granularity": ("D", ("required", "optional")),
    "agent_usage_sections": ("D", ("full", "first")),
    "agent_usage_scope": ("A", ("agent", "agent_and_chat")),
    "cost_decimals": ("A", ("4", "2")),
    "agent_usage_model": ("D", ("name", "uuid")),
    "agent_types": ("A", ("ide_cli", "IDE_CLI")),
    "breakdown_order": ("A", ("tokens", "name")),
    "missing_organization": ("O", ("401", "400")),
    "missing_range": ("O", ("500", "400")),
    "agent_unlicensed": ("D", ("403", "500")),
    "agent_usage_datetime": ("O", ("strict", "lenient")),
    "legacy": ("A", ("off", "v1_ends", "split")),
    "legacy_cutoff": ("A", ("2026-05-01T00:00:00Z", "2025-10-01T00:00:00Z")),
    "v1_agent_split": ("D", ("absent", "present")),
    "user_rows": ("D", ("first", "later")),
    "later_fields": ("D", ("absent", "present")),
    "teams_default_limit": ("D", ("0", "50")),
    "team_order": ("A", ("name", "created")),
    "utilization_default": ("D", ("12_months", "history")),
    "empty_range": ("A", ("reject", "zeros")),
    "date_only": ("A", ("reject", "accept")),
    "unknown_role": ("I", ("reject", "nobody")),
    "organization_id_case": ("A", ("exact", "any")),
    "unserved": ("A", ("not_found", "not_implemented")),
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
    mounts = ("/api/v1", "/api/v2", "/api/team/v1", "/api/user/v1", "/api/invitation/v1")
    assert (served.name, served.mounts, served.schemes) == ("tabnine", mounts, ("Bearer",))
    assert served.allowance is None
    assert len(served.routes) == 19
    assert {route.methods for route in served.routes} == {("GET",)}

"""Augment's data against the contract: mount, authentication, limits and switches."""

import pytest

from mockserver.gateway.limits import Allowance
from mockserver.gateway.switches import Option
from mockserver.vendors.augment import policy, vendor

CONTRACT: dict[str, tuple[str, tuple[Option, ...]]] = {
    "lookback_exceeded": ("A", ("reject", "clamp")),
    "before_publication": ("A", ("empty", "reject")),
    "publication_hour": ("D", tuple(range(24))),
    "restatement": ("A", ("off", "late_rows", "corrections")),
    "restated_days": ("A", (1, 2, 3, 7, 14)),
    "unknown_parameters": ("O", ("reject", "ignore")),
    "empty_parameters": ("A", ("reject", "ignore")),
    "page_size_over_maximum": ("A", ("reject", "clamp")),
    "last_cursor": ("O", ("empty", "null", "absent")),
    "generated_at_digits": ("O", ("as_needed", 9, 6, 0)),
    "rate_limit_scope": ("A", ("organization", "token")),
    "rate_limit_block": ("A", ("refill", "minute")),
    "retry_after": ("A", ("off", "seconds")),
    "credit_delay_minutes": ("O", (0, 15, 30, 60, 90, 120, 180, 1440)),
    "cost_today": ("A", ("reject", "partial")),
    "large_numbers": ("O", ("text", "number")),
    "compute_rows": ("A", ("billed_only", "full")),
    "billed_identity": ("I", ("exact", "loose")),
}
SWITCHES = {each.name: each for each in policy.SWITCHES}


def test_switches_are_the_expected_ones() -> None:
    assert list(SWITCHES) == list(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_switch_has_the_expected_grade_options_and_default(name: str) -> None:
    grade, choices = CONTRACT[name]
    default = {"publication_hour": 2, "restated_days": 3, "credit_delay_minutes": 90}.get(name, choices[0])
    found = SWITCHES[name]
    assert (found.grade, found.options, found.default) == (grade, choices, default)


def test_mount_scheme_and_limit_are_documented() -> None:
    served = vendor()
    assert (served.name, served.mounts, served.schemes) == ("augment", ("/analytics/v0",), ("Bearer",))
    assert served.allowance == Allowance(per_minute=10, burst=20)
    assert served.limits == {"augment": served.allowance, "augment.cost": Allowance(per_minute=30, burst=30)}

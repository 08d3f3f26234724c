"""Profiles over HTTP: each is listed with what a good client does, and a sandbox shows which one it has."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from mockserver import app as apps
from tests.admin.driver import Admin
from tests.admin.sandboxes import made

PROFILES = apps.profiles().profiles


def as_json(value: Any) -> Any:
    """What a client reads of a value."""
    return json.loads(json.dumps(value, default=float))


def test_profiles_are_listed_with_their_rules_and_advice(admin: Admin) -> None:
    assert admin.get("/profiles")["profiles"] == [as_json(asdict(profile)) for profile in PROFILES]


def test_one_profile_has_everything_that_the_list_has_of_it(admin: Admin) -> None:
    for shown in admin.get("/profiles")["profiles"]:
        assert admin.get(f"/profiles/{shown['name']}") == shown


def test_rules_of_a_shown_profile_can_be_armed(admin: Admin) -> None:
    rules = admin.get("/profiles/flaky")["faults"]
    armed = admin.done("PUT", "/faults", {"rules": rules})["rules"]
    assert [(rule["share"], len(rule["steps"])) for rule in armed] == [(0.15, 3)]


def test_unknown_profile_is_refused_with_a_suggestion(admin: Admin) -> None:
    listed = ", ".join(profile.name for profile in PROFILES)
    detail = f"there is no profile 'flakey' (did you mean 'flaky'?); there are: {listed}"
    assert admin.refused("GET", "/profiles/flakey", status=404).detail == detail


@pytest.mark.parametrize(
    ("body", "profile", "fault_seed"), [({"profile": "flaky", "seed": 9}, "flaky", 1), ({"seed": 9}, None, 9)]
)
def test_sandbox_shows_its_profile_and_the_seed_of_its_shares(
    admin: Admin, body: dict[str, Any], profile: str | None, fault_seed: int
) -> None:
    sandbox = made(admin, **body)
    assert (sandbox["seed"], sandbox["profile"], sandbox["fault_seed"]) == (9, profile, fault_seed)
    assert admin.get(f"/sandboxes/{sandbox['id']}") == sandbox
    assert admin.get("/sandboxes")["sandboxes"][-1] == sandbox
    assert admin.get(f"/sandboxes/{sandbox['id']}/overview")["profile"] == profile

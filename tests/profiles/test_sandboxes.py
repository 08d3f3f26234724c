"""The profile of a sandbox: what it arms and sets, what wins over it, and what a reset restores."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver import app as apps
from mockserver.admin import admin_context, faults, profiles
from mockserver.app import create_app
from mockserver.gateway.sandbox import SandboxProfile
from mockserver.profiles.records import Profile, Profiles
from mockserver.settings import Settings, SettingsError
from tests.admin.driver import Admin
from tests.admin.sandboxes import made
from tests.conftest import SERVED, SETTINGS

pytestmark = pytest.mark.usefixtures("undescribed")

LOCAL = {"Host": "127.0.0.1:8080"}
NAMES = [profile.name for profile in apps.profiles().profiles]
DOWN = {"effect": {"status": 503}}
MADE_UP = Profile("made-up", "d", "a", 9, [DOWN], {"publication_hour": 5, "last_cursor": "null"}, ["lost-row"])


@pytest.fixture
def with_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two profiles in place of the bundled ones; the cache of profiles belongs to these."""
    listed = Profiles((MADE_UP, Profile("plain", "d", "a", 1)))
    monkeypatch.setattr(apps, "profiles", lambda: listed)


@pytest.fixture
def admin(request: pytest.FixtureRequest) -> Admin:
    """The control plane of a server with the profiles of the test."""
    if "with_made_up" in request.fixturenames:
        request.getfixturevalue("with_made_up")
    return Admin(create_app(SETTINGS), LOCAL)


def of(sandbox: Any, path: str) -> str:
    return f"/sandboxes/{sandbox['id']}{path}"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_a_profile_can_match_requests_to_every_vendor(admin: Admin, name: str) -> None:
    with admin.app.app_context():
        sources = admin_context.context().sources
    rules = profiles.find(name, sources).faults
    assert faults.matchable(rules, sources.vendors, "faults") == rules
    assert {rule.vendor for rule in rules} in ({*SERVED}, set())


@pytest.mark.parametrize("name", NAMES)
def test_sandbox_of_a_profile_needs_no_socket(admin: Admin, name: str) -> None:
    """Each can be used in the process of a test; no rule has fired at first."""
    rules = admin.get(of(made(admin, profile=name), "/faults"))["rules"]
    assert [rule["hits"] for rule in rules] == [0] * len(rules)


@pytest.mark.usefixtures("with_made_up")
def test_profile_arms_rules_and_defects_and_sets_switches(admin: Admin) -> None:
    sandbox = made(admin, profile="made-up")
    rules = admin.get(of(sandbox, "/faults"))["rules"]
    assert [(rule["vendor"], rule["effect"]) for rule in rules] == [(vendor, DOWN["effect"]) for vendor in SERVED]
    assert admin.get(of(sandbox, "/defects"))["armed"] == ["lost-row"]
    policy = admin.get(of(sandbox, "/policy"))["augment"]
    assert (policy["publication_hour"]["value"], policy["last_cursor"]["value"]) == (5, "null")
    assert admin.vendor(token=sandbox["tokens"]["augment"]["token"]) == 503


@pytest.mark.usefixtures("with_made_up")
def test_own_settings_win_over_the_profile(admin: Admin) -> None:
    own = {"vendor": "augment", "times": 1, "effect": {"html": 502}}
    policy = {"augment": {"publication_hour": 7}}
    sandbox = made(admin, profile="made-up", faults=[own], policy=policy, defects=["duplicate-row"])
    token = sandbox["tokens"]["augment"]["token"]
    assert [admin.vendor(token=token) for _ in range(2)] == [502, 503]
    switches = admin.get(of(sandbox, "/policy"))["augment"]
    assert (switches["publication_hour"]["value"], switches["last_cursor"]["value"]) == (7, "null")
    assert admin.get(of(sandbox, "/defects"))["armed"] == ["duplicate-row", "lost-row"]


def test_each_defect_of_a_sandbox_or_its_profile_is_armed_once(admin: Admin) -> None:
    placed = [{"name": "enum-unknown", "at": "items[].tool"}, {"name": "enum-unknown", "at": "data[0].role"}]
    sandbox = made(admin, profile="hostile-json", defects=[*placed, "number-as-text", "lost-row"])
    armed = ["enum-unknown", placed[1], placed[0], "field-added", "lost-row", "number-as-text"]
    assert admin.get(of(sandbox, "/defects"))["armed"] == armed
    assert admin.done("PUT", of(sandbox, "/defects"), {"armed": placed})["armed"] == placed[::-1]
    assert admin.done("PUT", of(sandbox, "/defects"), {})["armed"] == armed


@pytest.mark.usefixtures("with_made_up")
def test_reset_restores_the_profile(admin: Admin) -> None:
    sandbox = made(admin, profile="made-up")
    parts = ("faults", "defects", "policy")
    before = [admin.get(of(sandbox, f"/{part}")) for part in parts]
    admin.done("PUT", of(sandbox, "/faults"), {"rules": []})
    admin.done("PUT", of(sandbox, "/defects"), {"armed": []})
    admin.done("PATCH", of(sandbox, "/policy"), {"augment": {"publication_hour": 7}})
    admin.done("POST", of(sandbox, "/reset"), {"only": [*parts]})
    assert [admin.get(of(sandbox, f"/{part}")) for part in parts] == before
    assert len(admin.done("PUT", of(sandbox, "/faults"), {})["rules"]) == len(SERVED)
    assert admin.done("PUT", of(sandbox, "/defects"), {})["armed"] == ["lost-row"]


@pytest.mark.usefixtures("with_made_up")
def test_profile_is_applied_to_a_case(admin: Admin) -> None:
    sandbox = made(admin, case="C016", profile="made-up")
    assert len(admin.get(of(sandbox, "/faults"))["rules"]) == len(SERVED)
    assert admin.get(of(sandbox, "/policy"))["augment"]["last_cursor"]["value"] == "null"
    assert admin.get(of(sandbox, "/defects"))["armed"] == ["lost-row"]


def test_unknown_profile_is_refused_with_a_suggestion(admin: Admin) -> None:
    listed = ", ".join(NAMES)
    message = f"there is no profile 'flakey' (did you mean 'flaky'?); there are: {listed}"
    assert admin.refused("POST", "/sandboxes", {"profile": "flakey"}).errors == {"profile": [message]}
    assert admin.refused("POST", "/sandboxes", {"profile": 5}).errors == {
        "profile": ["must be the name of a profile, as in flaky"]
    }


def test_draws_of_a_profile_are_the_same_in_every_sandbox(admin: Admin) -> None:
    """Whatever its own seed and organization are."""
    drawn = []
    for body in ({}, {"seed": 99}, {"organization": "globex"}):
        sandbox = made(admin, profile="flaky", **body)
        drawn.append([admin.vendor(token=sandbox["tokens"]["augment"]["token"]) for _ in range(60)])
    assert drawn[0] == drawn[1] == drawn[2]
    assert {*drawn[0]} == {200, 500, 503}


def server(**settings: Any) -> Admin:
    return Admin(create_app(replace(SETTINGS, **settings)), LOCAL)


def rules(admin: Admin, path: str = "") -> int:
    return len(admin.get(f"{path}/faults")["rules"])


def test_server_starts_with_a_profile() -> None:
    admin = server(profile="slow")
    assert rules(admin) == 2 * len(SERVED)
    inherited, other, none = (made(admin, **body) for body in ({}, {"profile": "flaky"}, {"profile": None}))
    assert [rules(admin, of(each, "")) for each in (inherited, other, none)] == [2 * len(SERVED), len(SERVED), 0]
    assert admin.get("/clock") == {"now": "2025-10-21T10:30:00Z", "frozen": True}
    assert admin.get("/limits")["augment"]["setting"] == "off"


@pytest.mark.usefixtures("with_made_up")
def test_settings_of_the_server_win_over_its_profile() -> None:
    admin = server(profile="made-up", policy=(("augment.publication_hour", "7"),))
    switches = admin.get("/policy")["augment"]
    assert (switches["publication_hour"]["value"], switches["last_cursor"]["value"]) == (7, "null")


def test_server_starts_with_a_case_and_a_profile() -> None:
    admin = Admin(create_app(Settings(case="C001", profile="rate-limited")), LOCAL)
    assert admin.get("/clock") == {"now": "2025-10-21T01:59:00Z", "frozen": True}
    assert rules(admin) == len(SERVED)


def test_server_with_a_profile_keeps_a_clock_that_was_chosen() -> None:
    plain, with_profile = Admin(create_app(SETTINGS), LOCAL), server(profile="slow")
    for admin in (plain, with_profile):
        assert made(admin, organization="documented")["now"] == "2025-10-21T10:30:00Z"


def test_server_refuses_an_unknown_profile() -> None:
    with pytest.raises(SettingsError, match="there is no profile 'fast'"):
        create_app(Settings(profile="fast"))


def test_profile_without_contents_changes_nothing(admin: Admin) -> None:
    config = admin_config(admin)
    empty = replace(config, profile=SandboxProfile("plain", config.seed))
    assert (empty.initial_faults, empty.initial_defects, empty.fault_seed) == ((), (), config.seed)
    assert empty.initial_options("augment") == config.initial_options("augment")


def admin_config(admin: Admin) -> Any:
    with admin.app.app_context():
        return admin_context.context().registry.default.config

"""The overview: a sandbox in one answer, which agrees with the resources of its parts."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.admin import admin_context
from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.admin.sandboxes import made
from tests.conftest import SETTINGS


def vendor(admin: Admin, name: str = "augment", sandbox: str = "default") -> Any:
    """A vendor in the overview of a sandbox."""
    vendors = admin.get(f"/sandboxes/{sandbox}/overview")["vendors"]
    return next(each for each in vendors if each["name"] == name)


def test_overview_names_the_sandbox_and_its_organization(admin: Admin) -> None:
    found = admin.get("/overview")
    assert (found["id"], found["organization"]) == ("default", {"slug": "acme", "name": "Acme Rockets"})
    assert found["clock"] == admin.get("/clock")
    assert [each["name"] for each in found["vendors"]] == admin.get("/health")["vendors"]


def test_overview_of_a_sandbox_has_its_own_token(admin: Admin) -> None:
    sandbox = made(admin, organization="initech")
    sample = vendor(admin, sandbox=sandbox["id"])["sample_request"]
    assert sample["token"]["token"] == sandbox["tokens"]["augment"]["token"]
    assert sample["token"]["token"] in sample["curl"]
    assert sample["authorization"] == f"'Authorization: Bearer {sample['token']['token']}'"
    assert sample["curl"].endswith(f"http://127.0.0.1:8080{sample['path']}")


def test_sample_request_exchanges_the_credentials_of_a_client(admin: Admin) -> None:
    sample = vendor(admin, "jetbrains-console")["sample_request"]
    assert "curl -s -u mock-jetbrains-console-acme:mock-secret" in sample["authorization"]
    assert sample["token"]["token_path"] == "/api/rest/oauth2/token"


def test_vendor_without_a_permitted_token_has_no_sample_request(admin: Admin) -> None:
    for token in admin.get("/tokens")["tokens"]:
        if token["vendor"] == "augment" and token["permission"] == "granted":
            admin.send("DELETE", f"/tokens/{token['id']}")
    assert vendor(admin)["sample_request"] is None


ARRIVALS = {
    "before the hour": ("2025-10-21T01:59:59Z", "2025-10-19", "2025-10-21T02:00:00Z"),
    "at the hour": ("2025-10-21T02:00:00Z", "2025-10-20", "2025-10-22T02:00:00Z"),
    "late on the day": ("2025-10-21T23:30:00Z", "2025-10-20", "2025-10-22T02:00:00Z"),
}


@pytest.mark.parametrize(("now", "through", "arrival"), ARRIVALS.values(), ids=ARRIVALS)
def test_next_data_arrive_at_the_publication_hour(admin: Admin, now: str, through: str, arrival: str) -> None:
    admin.done("PUT", "/clock", {"now": now, "frozen": True})
    found = vendor(admin)
    assert (found["data_through"], found["next_data_at"]) == (through, arrival)


def test_publication_hour_can_be_switched(admin: Admin) -> None:
    admin.done("PUT", "/policy", {"augment": {"publication_hour": 23}})
    assert vendor(admin)["next_data_at"] == "2025-10-21T23:00:00Z"


def test_vendor_that_shows_today_has_new_data_at_midnight(admin: Admin) -> None:
    found = vendor(admin, "tabnine")
    assert (found["data_through"], found["next_data_at"]) == ("2025-10-21", "2025-10-22T00:00:00Z")


def test_vendor_that_shows_only_totals_has_new_data_too(admin: Admin) -> None:
    found = vendor(admin, "jetbrains-console")
    assert (found["data_through"], found["next_data_at"]) == ("2025-10-21", "2025-10-22T00:00:00Z")
    assert [each["name"] for each in admin.get("/overview")["vendors"] if not each["shows_people"]] == [found["name"]]


def test_vendor_without_data_by_day_has_no_arrival(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    with admin.app.app_context():
        profiles = admin_context.context().registry.profiles
    plain = replace(profiles["jetbrains-console"], newest_day=None)
    monkeypatch.setitem(profiles, "jetbrains-console", plain)
    found = vendor(admin, "jetbrains-console")
    assert (found["data_through"], found["next_data_at"]) == (None, None)


def test_operations_have_the_paths_of_their_routes(admin: Admin) -> None:
    paths = {each["operation"]: each["path"] for each in vendor(admin, "tabnine")["operations"]}
    assert paths["getTeamUsage"] == "/api/v1/team/usage"


def test_limits_are_all_those_of_the_vendor(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": {"per_minute": 6, "burst": 3}, "augment.cost": "documented"})
    admin.vendor()
    shown, every = vendor(admin)["limits"], admin.get("/limits")
    assert shown == [{"name": name, **every[name]} for name in ("augment", "augment.cost")]
    assert [(each["per_minute"], each["burst"]) for each in shown] == [(6, 3), (30, 30)]
    assert (shown[0]["buckets"][0]["remaining"], shown[1]["buckets"]) == (2, [])
    assert [each["name"] for each in vendor(admin, "tabnine")["limits"]] == ["tabnine"]


FAULTS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "of the vendor": ({"vendor": "augment"}, [1, 0]),
    "of every vendor": ({}, [1, 1]),
    "of an operation": ({"operation": "getDau"}, [1, 0]),
    "of a path": ({"path": "/api/v1/*"}, [0, 1]),
}


@pytest.mark.parametrize(("target", "counts"), FAULTS.values(), ids=FAULTS)
def test_vendor_counts_the_faults_that_can_affect_it(admin: Admin, target: dict[str, Any], counts: list[int]) -> None:
    admin.send("POST", "/faults", {**target, "effect": {"status": 503}})
    assert [vendor(admin, name)["faults"] for name in ("augment", "tabnine")] == counts


def test_spent_fault_no_longer_counts(admin: Admin) -> None:
    admin.send("POST", "/faults", {"vendor": "augment", "times": 1, "effect": {"rate_limited": True}})
    assert vendor(admin)["faults"] == 1
    assert admin.vendor() == 429
    assert vendor(admin)["faults"] == 0


def test_vendor_names_its_defects_and_changed_switches(admin: Admin) -> None:
    admin.done("PUT", "/policy", {"augment": {"last_cursor": "null", "retry_after": "off"}})
    known = [each["name"] for each in admin.get("/defects")["known"] if each["vendor"] == "augment"]
    admin.done("PUT", "/defects", {"armed": known[:1]})
    assert vendor(admin)["defects"] == known[:1]
    assert vendor(admin)["changed_switches"] == ["last_cursor"]
    assert (vendor(admin, "tabnine")["defects"], vendor(admin, "tabnine")["changed_switches"]) == ([], [])


def test_overview_counts_the_requests_of_the_journal() -> None:
    admin = Admin(create_app(replace(SETTINGS, journal_size=2)), {"Host": "127.0.0.1:8080"})
    assert (admin.get("/overview")["requests"], admin.get("/overview")["newest_request"]) == (0, 0)
    for _ in range(3):
        admin.vendor()
    assert (admin.get("/overview")["requests"], admin.get("/overview")["newest_request"]) == (2, 3)

"""Audits: the findings of the command, with progress, from a sandbox that does not notice them."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from mockserver import vendors
from mockserver.app import create_app
from mockserver.audit import run
from mockserver.client import Client, in_process
from mockserver.settings import Settings
from tests.admin.driver import Admin
from tests.admin.jobs import PATIENCE, Gate, ended, gate_before, reached, started
from tests.admin.sandboxes import made, registry
from tests.conftest import SETTINGS
from tests.contract.audits import GROUPS, NAMES

FEW = {"vendors": ["cross-vendor"]}
"""The group with the fewest invariants."""


@pytest.fixture
def settings() -> Settings:
    """A small organization."""
    return replace(SETTINGS, organization="documented")


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate before the check of each invariant."""
    with gate_before(run, "check") as gate:
        yield gate


def findings(app: Flask, **choices: Any) -> list[dict[str, Any]]:
    """What the command would show of an audit of the first sandbox."""
    client = Client("http://localhost", transport=in_process(app))
    _, results = run.audit(client, vendors.room("invariants"), **choices)
    return [each.to_json() for each in results]


def outcomes(audit: Any) -> set[str]:
    """The outcomes of the checks."""
    return {each["outcome"] for each in audit["invariants"]}


def test_audit_has_the_findings_of_the_command(admin: Admin) -> None:
    audit = started(admin)
    assert (audit["id"], audit["state"] in {"waiting", "running"}) == ("audit-1", True)
    assert (audit["vendors"], audit["total"], audit["sampled"]) == ([*GROUPS], len(NAMES), True)
    audit = ended(admin)
    assert (audit["state"], audit["done"], audit["current"], audit["error"]) == ("finished", len(NAMES), None, None)
    assert (audit["from"], audit["to"], audit["violated"]) == ("2025-10-13", "2025-10-19", 0)
    assert audit["requests_made"] > 0
    assert audit["invariants"] == findings(admin.app)


def test_armed_defect_is_found_with_its_requests(admin: Admin) -> None:
    admin.done("PUT", "/defects", {"armed": ["dau-count-off-by-one"]})
    started(admin, body={"vendors": ["augment"]})
    audit = ended(admin)
    failed = [each for each in audit["invariants"] if each["outcome"] == "failed"]
    assert (audit["violated"], len(failed) > 0) == (len(failed), True)
    assert failed == [each for each in findings(admin.app, vendors=["augment"]) if each["outcome"] == "failed"]
    assert {each["vendor"] for each in failed[0]["requests"]} == {"augment"}
    assert any(each["path"].startswith("/analytics/v0/dau-count?") for each in failed[0]["requests"])
    assert {(each["method"], each["body"]) for each in failed[0]["requests"]} == {("GET", None)}


def test_requests_with_a_body_are_listed_with_it(admin: Admin) -> None:
    admin.done("PUT", "/defects", {"armed": ["billed-off-by-a-dollar"]})
    started(admin, body={"vendors": ["augment"]})
    failed = next(each for each in ended(admin)["invariants"] if each["outcome"] == "failed")
    assert failed["name"] == "augment-billed-is-base-and-surcharge"
    body = (
        '{"start_date": "2025-10-13", "end_date": "2025-10-19", "page_size": 1000, '
        '"group_by_keys": ["COST_ANALYTICS_GROUP_BY_RESOURCE"]}'
    )
    sent = {"method": "POST", "vendor": "augment", "path": "/analytics/v0/cost-analytics", "body": body}
    assert failed["requests"] == [sent]


def test_sandbox_does_not_notice_an_audit(admin: Admin) -> None:
    names = [vendor.name for vendor in vendors.discover()]
    admin.done("PUT", "/limits", {name: {"per_minute": 1, "burst": 1} for name in names})
    admin.done("PUT", "/faults", {"rules": [{"effect": {"status": 503}}]})
    for token in admin.get("/tokens")["tokens"]:
        admin.send("DELETE", f"/tokens/{token['id']}")
    parts = [admin.get(path) for path in ("/limits", "/faults", "/requests", "/tokens", "/defects", "/policy")]
    started(admin)
    assert "failed" not in outcomes(ended(admin))
    assert [admin.get(path) for path in ("/limits", "/faults", "/requests", "/tokens", "/defects", "/policy")] == parts
    assert parts[2] == {"requests": []}


def test_audit_takes_no_place_in_the_response_cache(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = registry(admin).answers
    with monkeypatch.context() as patch:
        patch.setattr(cache, "put", None)
        started(admin, body=FEW)
        assert ended(admin)["state"] == "finished"


def test_audit_sees_the_clock_and_the_policy_of_its_sandbox(admin: Admin) -> None:
    names = {"items": "rows", "enabledUsers": "licensed"}
    policy = {"augment": {"last_cursor": "null"}, "jetbrains-ide": {"names": names}}
    sandbox = made(admin, now="2025-10-25T10:30:00Z", policy=policy)
    path = f"/sandboxes/{sandbox['id']}/audits"
    started(admin, path)
    audit = ended(admin, f"{path}/audit-1")
    assert (audit["from"], audit["to"], "failed" in outcomes(audit)) == ("2025-10-17", "2025-10-23", False)
    assert admin.get("/audits") == {"audits": []}


def test_audit_stays_at_the_moment_it_was_started(admin: Admin, gate: Gate) -> None:
    started(admin, body=FEW)
    assert gate.entered.wait(PATIENCE)
    admin.done("PUT", "/defects", {"armed": ["ghost"]})
    admin.done("PUT", "/clock", {"now": "2025-01-01T00:00:00Z"})
    gate.open()
    assert ended(admin)["violated"] == 0


def test_days_and_groups_can_be_chosen(admin: Admin) -> None:
    started(admin, body={"from": "2025-10-01", "to": "2025-10-02", "vendors": ["cross-vendor", "augment"]})
    audit = ended(admin)
    assert (audit["from"], audit["to"]) == ("2025-10-01", "2025-10-02")
    assert audit["vendors"] == ["augment", "cross-vendor"]
    assert audit["total"] == len(GROUPS["augment"]) + len(GROUPS["cross-vendor"])


ENDS_BY = "the range is at most 90 days and ends by 2025-10-19"

BAD: dict[str, tuple[Any, str, str]] = {
    "an unknown group": ({"vendors": ["augmet"]}, "vendors.0", "there is no group 'augmet' (did you mean 'augment'?)"),
    "no group": ({"vendors": []}, "vendors", "name at least one group"),
    "days that are not complete": ({"to": "2025-10-20"}, "to", ENDS_BY),
    "days in reverse": ({"from": "2025-10-20"}, "from", ENDS_BY),
    "too many days": ({"from": "2025-01-01", "to": "2025-10-01"}, "to", ENDS_BY),
    "no date": ({"from": "today"}, "from", "must be a date that exists"),
    "an unknown field": ({"full": True}, "full", "there is no field 'full'"),
}


@pytest.mark.parametrize(("body", "field", "rule"), BAD.values(), ids=BAD)
def test_bad_audit_is_refused_with_the_rule(admin: Admin, body: Any, field: str, rule: str) -> None:
    assert rule in admin.refused("POST", "/audits", body).errors[field][0]
    assert admin.get("/audits") == {"audits": []}


def test_sandbox_has_one_audit_at_a_time(admin: Admin, gate: Gate) -> None:
    started(admin, body=FEW)
    assert gate.entered.wait(PATIENCE)
    audit = admin.get("/audits/audit-1")
    first = GROUPS["cross-vendor"][0].name
    assert (audit["state"], audit["done"], audit["current"]) == ("running", 0, first)
    message = admin.refused("POST", "/audits", FEW, status=409).detail
    assert message.startswith("this sandbox is being audited already, by audit-1; ")
    gate.open()
    ended(admin)
    assert started(admin, body=FEW)["id"] == "audit-2"
    ended(admin, "/audits/audit-2")


def test_audit_of_another_sandbox_waits_for_its_turn(admin: Admin, gate: Gate) -> None:
    path = f"/sandboxes/{made(admin)['id']}/audits"
    started(admin, body=FEW)
    assert gate.entered.wait(PATIENCE)
    assert started(admin, path, FEW)["state"] == "waiting"
    assert admin.get(f"{path}/audit-1")["state"] == "waiting"
    gate.open()
    assert ended(admin, f"{path}/audit-1")["state"] == "finished"


def test_two_apps_audit_at_the_same_time(settings: Settings, gate: Gate) -> None:
    one, other = (Admin(create_app(settings), {"Host": "localhost"}) for _ in range(2))
    for admin in (one, other):
        started(admin, body=FEW)
        reached(admin, "/audits/audit-1", "running")
    gate.open()
    for admin in (one, other):
        assert ended(admin)["state"] == "finished"


def remove(admin: Admin) -> None:
    """Remove the audit itself."""
    assert admin.send("DELETE", "/audits/audit-1").status == 204


def reset(admin: Admin) -> None:
    """Reset the sandbox."""
    admin.done("POST", "/reset")


def reset_audits(admin: Admin) -> None:
    """Reset only the audits."""
    assert admin.done("POST", "/reset", {"only": ["audits"]}) == {"reset": ["audits"]}


@pytest.mark.parametrize("end", [remove, reset, reset_audits])
def test_running_audit_ends_when_it_is_removed(admin: Admin, gate: Gate, end: Any) -> None:
    started(admin)
    assert gate.entered.wait(PATIENCE)
    [inner] = registry(admin).default.audits
    end(admin)
    assert admin.get("/audits") == {"audits": []}
    assert "there is no audit 'audit-1'" in admin.refused("GET", "/audits/audit-1", status=404).detail
    gate.open()
    started(admin, body=FEW)  # It has the only thread once the first one has ended.
    assert ended(admin, "/audits/audit-2")["state"] == "finished"
    assert inner.done < inner.total


def test_other_resets_leave_an_audit_alone(admin: Admin, gate: Gate) -> None:
    started(admin, body=FEW)
    assert gate.entered.wait(PATIENCE)
    admin.done("POST", "/reset", {"only": ["clock", "journal"]})
    gate.open()
    assert ended(admin)["state"] == "finished"


def test_audit_ends_with_its_sandbox(admin: Admin, gate: Gate) -> None:
    sandbox = made(admin)
    started(admin, f"/sandboxes/{sandbox['id']}/audits")
    assert gate.entered.wait(PATIENCE)
    inner = weakref.ref(registry(admin).find(sandbox["id"]) or admin)
    assert admin.send("DELETE", f"/sandboxes/{sandbox['id']}").status == 204
    gate.open()
    started(admin, body=FEW)
    ended(admin)
    gc.collect()
    assert inner() is None


def test_waiting_audit_that_is_removed_never_runs(admin: Admin, gate: Gate) -> None:
    path = f"/sandboxes/{made(admin)['id']}/audits"
    started(admin, body=FEW)
    assert gate.entered.wait(PATIENCE)
    started(admin, path, FEW)
    [removed] = registry(admin).sandboxes[1].audits
    assert admin.send("DELETE", f"{path}/audit-1").status == 204
    started(admin, path, FEW)
    gate.open()
    assert ended(admin, f"{path}/audit-2")["state"] == "finished"
    assert (removed.done, removed.state) == (0, "waiting")


def test_error_of_the_server_ends_only_the_audit(
    admin: Admin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("no such thing")

    with monkeypatch.context() as patch:
        patch.setattr(run, "check", fail)
        started(admin, body=FEW)
        audit = ended(admin)
    assert (audit["state"], audit["current"], audit["invariants"]) == ("failed", None, [])
    assert audit["error"] == "the server failed; its log has the reason"
    assert [record.message for record in caplog.records] == ["the job audit-1 failed"]
    started(admin, body=FEW)
    assert ended(admin, "/audits/audit-2")["state"] == "finished"


def test_newest_ended_audits_are_kept(admin: Admin) -> None:
    for number in range(1, 8):
        started(admin, body=FEW)
        ended(admin, f"/audits/audit-{number}")
    listed = admin.get("/audits")["audits"]
    assert [each["id"] for each in listed] == [f"audit-{number}" for number in range(2, 8)]
    assert "invariants" not in listed[0]
    admin.refused("DELETE", "/audits/audit-1", status=404)

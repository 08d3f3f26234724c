"""Audits and runs of cases: one server does them, and all of a store list them and can remove them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from mockserver.audit import run
from mockserver.gateway.store import shared_jobs
from tests.admin.jobs import ENDED, PATIENCE, Gate, gate_before
from tests.contract.random_use import control
from tests.store.test_engine_away import registry_of

pytestmark = pytest.mark.memory("the tests have servers with a store of their own")

FEW = {"from": "2025-10-13", "to": "2025-10-13", "vendors": ["cross-vendor"]}


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate before the check of each invariant."""
    with gate_before(run, "check") as gate:
        yield gate


def ended(app: Flask, path: str) -> Any:
    """A job when it has ended, as a server lists it."""
    while (job := control(app, "GET", path))["state"] not in ENDED:
        pass
    return job


def test_audit_of_one_server_is_listed_by_all(servers: list[Flask], gate: Gate) -> None:
    started = control(servers[0], "POST", "/audits", FEW)
    assert gate.entered.wait(PATIENCE)
    for each in servers:
        [listed] = control(each, "GET", "/audits")["audits"]
        assert (listed["id"], listed["from"], listed["vendors"]) == (started["id"], "2025-10-13", ["cross-vendor"])
    assert control(servers[1], "POST", "/audits", FEW)["status"] == 409
    gate.open()
    found = [ended(each, f"/audits/{started['id']}") for each in servers]
    assert found[0] == found[1] == found[2]
    assert (found[0]["state"], found[0]["done"], found[0]["violated"]) == ("finished", found[0]["total"], 0)


def test_audit_ends_when_another_server_removes_it(servers: list[Flask], gate: Gate) -> None:
    first = control(servers[0], "POST", "/audits", FEW)["id"]
    assert gate.entered.wait(PATIENCE)
    control(servers[1], "DELETE", f"/audits/{first}")
    gate.open()
    second = control(servers[2], "POST", "/audits", FEW)["id"]
    assert second != first
    assert ended(servers[1], f"/audits/{second}")["state"] == "finished"
    assert [each["id"] for each in control(servers[0], "GET", "/audits")["audits"]] == [second]


def test_audit_ends_with_its_sandbox(servers: list[Flask], gate: Gate) -> None:
    sandbox = control(servers[0], "POST", "/sandboxes", {})["id"]
    control(servers[0], "POST", f"/sandboxes/{sandbox}/audits", FEW)
    assert gate.entered.wait(PATIENCE)
    [audit] = registry_of(servers[0]).audits_of(sandbox)
    control(servers[1], "DELETE", f"/sandboxes/{sandbox}")
    assert control(servers[0], "GET", f"/sandboxes/{sandbox}")["status"] == 404
    gate.open()
    assert audit.is_removed


def test_few_audits_are_kept(servers: list[Flask]) -> None:
    for number in range(7):
        audit = control(servers[number % 3], "POST", "/audits", FEW)
        assert audit["state"] in {"waiting", "running"}, audit
        ended(servers[0], f"/audits/{audit['id']}")
    assert [each["id"] for each in control(servers[0], "GET", "/audits")["audits"]][-1] == "audit-7"
    assert len(control(servers[0], "GET", "/audits")["audits"]) <= 6


def test_audit_of_a_server_that_has_ended_has_failed(
    servers: list[Flask], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = control(servers[0], "POST", "/audits", FEW)["id"]
    assert gate.entered.wait(PATIENCE)
    assert control(servers[1], "GET", f"/audits/{audit}")["state"] == "running"
    monkeypatch.setattr(shared_jobs, "SILENT_SECONDS", -1)
    found = control(servers[1], "GET", f"/audits/{audit}")
    assert (found["state"], found["error"] is None) == ("failed", False)
    assert control(servers[0], "GET", f"/audits/{audit}")["state"] == "running"


def test_run_of_a_case_is_listed_by_all(servers: list[Flask]) -> None:
    case = control(servers[0], "GET", "/cases")["cases"][0]["id"]
    started = control(servers[0], "POST", "/case-runs", {"case": case})
    path = f"/case-runs/{started['id']}"
    found = [ended(each, path) for each in servers]
    assert found[0] == found[1] == found[2]
    assert (found[0]["case"], found[0]["result"] in {"passed", "skipped"}) == (case, True)
    control(servers[2], "DELETE", path)
    assert control(servers[0], "GET", path)["status"] == 404

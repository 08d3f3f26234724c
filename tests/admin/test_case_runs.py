"""Runs of cases: each has its progress and its result, and leaves no sandbox."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.admin import admin_context, case_runs
from mockserver.app import create_app
from mockserver.cases import running
from mockserver.settings import Settings
from tests.admin.driver import Admin
from tests.admin.jobs import PATIENCE, Gate, ended, gate_before, reached, set_waiting_case, started

pytestmark = pytest.mark.usefixtures("undescribed")

RUNS = "/case-runs"


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate before each run of a case."""
    with gate_before(running, "run") as gate:
        yield gate


def result(admin: Admin, case: str = "C001") -> Any:
    """A run of a case that has ended."""
    return ended(admin, f"{RUNS}/{started(admin, RUNS, {'case': case})['id']}")


def test_run_passes_and_leaves_no_sandbox(admin: Admin) -> None:
    assert result(admin) == {
        "id": "run-1",
        "case": "C001",
        "state": "finished",
        "done": 3,
        "total": 3,
        "current": None,
        "result": "passed",
        "messages": [],
        "error": None,
    }
    assert len(admin.get("/sandboxes")["sandboxes"]) == 1


def test_run_uses_the_admin_token_of_the_server() -> None:
    admin = Admin(create_app(replace(Settings(), admin_token="secret")), {"Authorization": "Bearer secret"})
    assert result(admin)["result"] == "passed"


@pytest.mark.in_process("there is a socket that can be cut in the other mode")
def test_case_that_needs_a_socket_is_skipped(admin: Admin) -> None:
    run = result(admin, "C059")
    assert run["result"] == "skipped"
    assert "reset needs a socket" in run["messages"][0]


def test_case_without_a_place_for_its_sandbox_fails() -> None:
    run = result(Admin(create_app(replace(Settings(), sandboxes_maximum=0)), {"Host": "localhost"}))
    assert run["result"] == "failed"
    assert "its sandbox cannot be created: 409 " in run["messages"][0]


def test_unknown_case_is_refused_with_a_suggestion(admin: Admin) -> None:
    assert (
        "there is no case 'c001' (did you mean C001" in admin.refused("POST", RUNS, {"case": "c001"}).errors["case"][0]
    )
    assert "case" in admin.refused("POST", RUNS, {}).errors
    assert "there is no field 'times'" in admin.refused("POST", RUNS, {"case": "C001", "times": 2}).detail
    assert admin.get(RUNS) == {"case_runs": []}


def test_run_shows_its_step_and_ends_when_it_is_removed(admin: Admin, tmp_path: Path) -> None:
    set_waiting_case(admin, tmp_path)
    path = f"{RUNS}/{started(admin, RUNS, {'case': 'C001'})['id']}"
    reached(admin, path, "running")
    while (run := admin.get(path))["done"] == 0:
        pass
    assert (run["done"], run["total"], run["current"]) == (1, 3, "GET /analytics/v0/dau")
    assert run["result"] is None
    with admin.app.app_context():
        [inner] = admin_context.context().case_runs
    assert len(admin.get("/sandboxes")["sandboxes"]) == 2
    assert admin.send("DELETE", path).status == 204
    assert len(admin.get("/sandboxes")["sandboxes"]) == 1
    assert admin.get(RUNS) == {"case_runs": []}
    assert "there is no run 'run-1'" in admin.refused("GET", path, status=404).detail
    assert (inner.done, inner.result) == (1, None)


def test_four_cases_run_at_a_time(admin: Admin, gate: Gate) -> None:
    for _ in range(admin_context.CASE_THREADS):
        reached(admin, f"{RUNS}/{started(admin, RUNS, {'case': 'C001'})['id']}", "running")
    last = f"{RUNS}/{started(admin, RUNS, {'case': 'C001'})['id']}"
    assert admin.get(last)["state"] == "waiting"
    gate.open()
    assert ended(admin, last)["result"] == "passed"


def test_number_of_unfinished_runs_is_limited(admin: Admin, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_runs, "UNFINISHED_MAXIMUM", 2)
    for _ in range(2):
        started(admin, RUNS, {"case": "C001"})
    message = admin.refused("POST", RUNS, {"case": "C001"}, status=409).detail
    assert message == "2 runs of cases are unfinished, which is the maximum; wait until one has ended, or DELETE one"
    assert gate.entered.wait(PATIENCE)
    assert admin.send("DELETE", f"{RUNS}/run-1").status == 204
    assert started(admin, RUNS, {"case": "C001"})["id"] == "run-3"

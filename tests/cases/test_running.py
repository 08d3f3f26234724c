"""Tests of running a case: failures are reported with their step, and no sandbox is left behind."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mockserver import vendors
from mockserver.admin import admin_context
from mockserver.app import create_app
from mockserver.cases import running
from mockserver.cases.records import Case, Catalogue
from mockserver.cases.running import Outcome
from mockserver.client import Client, NoAnswer, Response, Transport, in_process
from mockserver.settings import Settings
from tests.cases.sending import GOOD
from tests.cases.test_loading import read

SERVED = vendors.discover()
DAU = "/analytics/v0/dau"
CONSOLE = "/metrics/api/v2/adoption/limit-hits/group-by/date?fromDate=2025-10-01&toDate=2025-10-03"


@pytest.fixture(scope="module")
def app() -> Flask:
    """An app shared by the tests, each of which has its own case."""
    return create_app(Settings())


def case_of(folder: Path, *steps: dict[str, Any], vendor: str = "augment", **setup: Any) -> Case:
    """A case with these steps."""
    fields = {**GOOD, "vendor": vendor, "steps": list(steps), "setup": {**GOOD["setup"], **setup}}
    return read(folder, fields, name=vendor).cases[0]


def run(app: Flask, case: Case, send: Transport | None = None) -> list[str]:
    """The failures when this is the only case of the app."""
    return list(outcome(app, case, send).messages)


def outcome(app: Flask, case: Case, send: Transport | None = None) -> Outcome:
    """The outcome when this is the only case of the app."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        context = admin_context.context()
        changed = replace(context, sources=replace(context.sources, cases=lambda: Catalogue((case,))))
        patch.setitem(app.extensions, "mockserver.admin", changed)
        return running.run(case, Client("http://localhost", transport=send or in_process(app)), SERVED)


def test_passed_case_leaves_no_sandbox(app: Flask, tmp_path: Path) -> None:
    assert run(app, case_of(tmp_path, *GOOD["steps"])) == []
    with app.app_context():
        assert [each.id for each in admin_context.context().registry.sandboxes] == ["default"]


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"status": 400}, 'expected status 400, got 200: {"users"'),
        (
            {"headers": {"Retry-After": "present"}},
            "header Retry-After: expected a value that is present, got nothing",
        ),
        (
            {"headers": {"Content-Type": {"contains": "xml"}}},
            'header Content-Type: expected a value that contains "xml"',
        ),
        ({"body": {"users": {"length": 3}}}, "users: expected a value that has the length 3, got ["),
        ({"body": {"$": {"absent": True}}}, "$: expected a value that is absent"),
        ({"text": {"contains": "<html"}}, '$: expected a value that contains "<html"'),
        ({"cut": True}, "expected the connection to be cut, got a complete answer with status 200"),
    ],
)
def test_failure_names_its_step(app: Flask, tmp_path: Path, expect: Any, message: str) -> None:
    right = {"request": f"GET {DAU}"}
    (failure,) = run(app, case_of(tmp_path, right, {"request": f"GET {DAU}?page_size=2", "expect": expect}))
    assert failure.startswith(f"step 2 (GET {DAU}?page_size=2): {message}")


def test_repeated_step_is_checked_each_time(app: Flask, tmp_path: Path) -> None:
    case = case_of(tmp_path, {"request": f"GET {DAU}", "times": 22, "expect": {"status": 200}})
    assert [failure.partition(", got ")[2][:3] for failure in run(app, case)] == ["429", "429"]


def test_case_stops_without_a_value_to_keep(app: Flask, tmp_path: Path) -> None:
    first = {"request": f"GET {DAU}", "keep": {"cursor": "pagination.cursor"}}
    failures = run(
        app, case_of(tmp_path, first, {"request": f"GET {DAU}?cursor={{cursor}}", "expect": {"status": 1 + 399}})
    )
    assert failures == [f"step 1 (GET {DAU}): cursor cannot be kept: there is nothing at pagination.cursor"]


def test_refused_sandbox_is_the_only_failure(app: Flask, tmp_path: Path) -> None:
    case = case_of(tmp_path, *GOOD["steps"], organization="acne")
    (failure,) = run(app, case)
    assert failure.startswith("its sandbox cannot be created: 400 ")
    assert "there is no organization 'acne'" in failure


@pytest.mark.in_process("over a socket the connection can be cut")
def test_case_that_the_server_cannot_run_is_skipped(app: Flask, tmp_path: Path) -> None:
    rule = {"operation": "getDau", "effect": {"reset": True}}
    result = outcome(app, case_of(tmp_path, *GOOD["steps"], faults=[rule]))
    assert (result.result, "409" in result.messages[0], "reset needs a socket" in result.messages[0]) == (
        running.SKIPPED,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("method", "failures"),
    [
        ("POST", ["its sandbox cannot be created: the server gives no whole answer"]),
        ("DELETE", []),
    ],
)
def test_cut_connection_around_the_steps_is_reported(
    app: Flask, tmp_path: Path, method: str, failures: list[str]
) -> None:
    def cut(sent: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        if sent == method:
            raise NoAnswer("the server gives no whole answer")
        return in_process(app)(sent, target, headers, body)

    assert run(app, case_of(tmp_path, *GOOD["steps"]), cut) == failures


def test_cut_connection_fails_unless_expected(app: Flask, tmp_path: Path) -> None:
    def cut(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        if target.startswith(DAU):
            raise NoAnswer("the server gives no whole answer")
        return in_process(app)(method, target, headers, body)

    steps = {"request": f"GET {DAU}"}, {"request": f"GET {DAU}?page_size=1", "expect": {"cut": True}}
    assert run(app, case_of(tmp_path, *steps), cut) == [f"step 1 (GET {DAU}): the server gives no whole answer"]


def test_step_sends_its_credentials(app: Flask, tmp_path: Path) -> None:
    statuses = {"granted": 200, "forbidden": 403, "nobody": 401, "Bearer {granted}": 200, "{granted}": 401}
    steps = [{"request": f"GET {DAU}", "as": who, "expect": {"status": status}} for who, status in statuses.items()]
    assert run(app, case_of(tmp_path, *steps)) == []


def test_access_tokens_are_fetched_once_for_each_client(app: Flask, tmp_path: Path) -> None:
    steps: list[dict[str, Any]] = [
        {"request": f"GET {CONSOLE}", "times": 2, "expect": {"status": 200}},
        {"request": f"GET {CONSOLE}", "as": "groups", "expect": {"status": 200}},
        {"request": f"GET {CONSOLE}", "as": "forbidden", "expect": {"status": 403}},
        {
            "request": "POST /api/rest/oauth2/token",
            "form": "grant_type=client_credentials",
            "expect": {"status": 200},
            "keep": {"access": "access_token"},
        },
        {"request": f"GET {CONSOLE}", "as": "Bearer {access}", "expect": {"status": 200}},
        {
            "request": "POST /api/rest/oauth2/token",
            "as": "nobody",
            "form": "grant_type=client_credentials&client_id={granted}&client_secret={secret}",
            "expect": {"status": 401},
        },
        {"mock": "GET /requests?path=/api/rest/oauth2/token", "expect": {"body": {"requests": {"length": 4}}}},
    ]
    assert run(app, case_of(tmp_path, *steps, vendor="jetbrains-console")) == []


def test_refused_access_token_stops_the_case(app: Flask, tmp_path: Path) -> None:
    revoked = {"mock": "DELETE /tokens/jetbrains-console-seeded"}
    (failure,) = run(app, case_of(tmp_path, revoked, {"request": f"GET {CONSOLE}"}, vendor="jetbrains-console"))
    assert failure.startswith(f"step 2 (GET {CONSOLE}): POST /api/rest/oauth2/token returned 401: no access token")


def test_control_plane_steps_use_the_sandbox(app: Flask, tmp_path: Path) -> None:
    steps = [
        {"mock": "PUT /clock", "body": {"now": "2025-01-01T00:00:00Z"}, "expect": {"status": 200}},
        {"mock": "GET /sandboxes/{sandbox}", "expect": {"body": {"now": {"matches": "^2025-01-01"}}}},
        {"mock": "DELETE /sandboxes/{sandbox}", "expect": {"status": 204}},
        {"request": f"GET {DAU}", "headers": {"X-One": "{sandbox}"}, "expect": {"status": 401}},
    ]
    assert run(app, case_of(tmp_path, *steps)) == []


@pytest.mark.parametrize(("vendor", "status"), [("augment", 404), ("cross-vendor", 404)])
def test_path_below_no_mount_belongs_to_the_vendor_of_the_case(
    app: Flask, tmp_path: Path, vendor: str, status: int
) -> None:
    steps = (
        {"request": "GET /analytics/v1/dau", "expect": {"status": status}},
        {
            "request": "GET /analytics/v1/dau",
            "as": "Bearer x",
            "expect": {"status": status},
        },
    )
    assert run(app, case_of(tmp_path, *steps, vendor=vendor)) == []

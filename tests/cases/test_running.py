"""Promises about running a case: what does not come back is named, and nothing is left behind."""

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
from mockserver.cases.running import Answer, IncompleteAnswer, Outcome, Send
from mockserver.settings import Settings
from tests.cases import sending
from tests.cases.sending import GOOD
from tests.cases.test_reading import read

SERVED = vendors.discover()
DAU = "/analytics/v0/dau"
CONSOLE = "/metrics/api/v2/adoption/limit-hits/group-by/date?fromDate=2025-10-01&toDate=2025-10-03"


@pytest.fixture(scope="module")
def app() -> Flask:
    """An app that the tests share, each with a case of its own."""
    return create_app(Settings())


def case_of(folder: Path, *steps: dict[str, Any], vendor: str = "augment", **setup: Any) -> Case:
    """A case with these steps."""
    stated = {**GOOD, "vendor": vendor, "steps": list(steps), "setup": {**GOOD["setup"], **setup}}
    return read(folder, stated, name=vendor).cases[0]


def run(app: Flask, case: Case, send: Send | None = None) -> list[str]:
    """What fails when an app has this case alone."""
    return list(outcome(app, case, send).said)


def outcome(app: Flask, case: Case, send: Send | None = None) -> Outcome:
    """How a case comes out when an app has it alone."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        held = admin_context.context()
        changed = replace(held, sources=replace(held.sources, cases=lambda: Catalogue((case,))))
        patch.setitem(app.extensions, "mockserver.admin", changed)
        return running.run(case, send or sending.to(app), SERVED)


def test_a_case_that_comes_out_has_no_faults_and_leaves_no_sandbox(app: Flask, tmp_path: Path) -> None:
    assert run(app, case_of(tmp_path, *GOOD["steps"])) == []
    with app.app_context():
        assert [each.id for each in admin_context.context().registry.sandboxes] == ["default"]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"status": 400}, 'the status should be 400, but is 200: {"users"'),
        (
            {"headers": {"Retry-After": "present"}},
            "header Retry-After should be such that it is there, but there is nothing",
        ),
        (
            {"headers": {"Content-Type": {"contains": "xml"}}},
            'header Content-Type should be such that it contains "xml"',
        ),
        ({"body": {"users": {"length": 3}}}, "users should be such that it has the length 3, but there is ["),
        ({"body": {"$": {"absent": True}}}, "$ should be such that it is not there"),
        ({"text": {"contains": "<html"}}, '$ should be such that it contains "<html"'),
        ({"cut": True}, "the connection should have been cut, but a whole answer came: 200"),
    ],
)
def test_a_wrong_expectation_is_named_with_its_step(app: Flask, tmp_path: Path, expect: Any, said: str) -> None:
    right = {"request": f"GET {DAU}"}
    (fault,) = run(app, case_of(tmp_path, right, {"request": f"GET {DAU}?page_size=2", "expect": expect}))
    assert fault.startswith(f"step 2 (GET {DAU}?page_size=2): {said}")


def test_each_time_is_judged(app: Flask, tmp_path: Path) -> None:
    case = case_of(tmp_path, {"request": f"GET {DAU}", "times": 22, "expect": {"status": 200}})
    assert [fault.partition(", but is ")[2][:3] for fault in run(app, case)] == ["429", "429"]


def test_nothing_goes_on_without_what_was_to_be_kept(app: Flask, tmp_path: Path) -> None:
    first = {"request": f"GET {DAU}", "keep": {"cursor": "pagination.cursor"}}
    faults = run(
        app, case_of(tmp_path, first, {"request": f"GET {DAU}?cursor={{cursor}}", "expect": {"status": 1 + 399}})
    )
    assert faults == [f"step 1 (GET {DAU}): cursor cannot be kept: there is nothing at pagination.cursor"]


def test_a_sandbox_that_cannot_be_made_is_the_one_fault(app: Flask, tmp_path: Path) -> None:
    case = case_of(tmp_path, *GOOD["steps"], organization="acne")
    (fault,) = run(app, case)
    assert fault.startswith("its sandbox cannot be made: 400 ")
    assert "there is no organization 'acne'" in fault


@pytest.mark.in_process("over a socket the connection can be cut")
def test_a_case_that_needs_what_the_server_cannot_do_is_passed_over(app: Flask, tmp_path: Path) -> None:
    rule = {"operation": "getDau", "effect": {"reset": True}}
    told = outcome(app, case_of(tmp_path, *GOOD["steps"], faults=[rule]))
    assert (told.word, "409" in told.said[0], "reset needs a socket" in told.said[0]) == (
        running.SKIPPED,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("method", "faults"),
    [
        ("POST", ["its sandbox cannot be made: the connection ended before the answer was whole"]),
        ("DELETE", []),
    ],
)
def test_a_connection_that_is_cut_around_the_steps_is_no_crash(
    app: Flask, tmp_path: Path, method: str, faults: list[str]
) -> None:
    def cut(asked: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if asked == method:
            raise IncompleteAnswer
        return sending.to(app)(asked, target, headers, body)

    assert run(app, case_of(tmp_path, *GOOD["steps"]), cut) == faults


def test_a_connection_that_is_cut_is_a_fault_unless_it_must_be(app: Flask, tmp_path: Path) -> None:
    def cut(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if target.startswith(DAU):
            raise IncompleteAnswer
        return sending.to(app)(method, target, headers, body)

    steps = {"request": f"GET {DAU}"}, {"request": f"GET {DAU}?page_size=1", "expect": {"cut": True}}
    assert run(app, case_of(tmp_path, *steps), cut) == [
        f"step 1 (GET {DAU}): the connection ended before the answer was whole"
    ]


def test_credentials_are_whose_the_step_says(app: Flask, tmp_path: Path) -> None:
    asked = {"granted": 200, "forbidden": 403, "nobody": 401, "Bearer {granted}": 200, "{granted}": 401}
    steps = [{"request": f"GET {DAU}", "as": who, "expect": {"status": status}} for who, status in asked.items()]
    assert run(app, case_of(tmp_path, *steps)) == []


def test_access_tokens_are_got_once_and_clients_show_their_secret_where_they_are_got(
    app: Flask, tmp_path: Path
) -> None:
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


def test_a_client_that_gets_no_access_token_stops_the_case(app: Flask, tmp_path: Path) -> None:
    revoked = {"mock": "DELETE /tokens/jetbrains-console-seeded"}
    (fault,) = run(app, case_of(tmp_path, revoked, {"request": f"GET {CONSOLE}"}, vendor="jetbrains-console"))
    assert fault.startswith(f"step 2 (GET {CONSOLE}): no access token is given: 401 ")


def test_the_control_plane_is_the_sandboxs_own_but_for_sandboxes(app: Flask, tmp_path: Path) -> None:
    steps = [
        {"mock": "PUT /clock", "body": {"now": "2025-01-01T00:00:00Z"}, "expect": {"status": 200}},
        {"mock": "GET /sandboxes/{sandbox}", "expect": {"body": {"now": {"matches": "^2025-01-01"}}}},
        {"mock": "DELETE /sandboxes/{sandbox}", "expect": {"status": 204}},
        {"request": f"GET {DAU}", "headers": {"X-One": "{sandbox}"}, "expect": {"status": 401}},
    ]
    assert run(app, case_of(tmp_path, *steps)) == []


@pytest.mark.parametrize(("vendor", "status"), [("augment", 404), ("between", 404)])
def test_a_path_below_no_mount_is_asked_for_the_cases_vendor(
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

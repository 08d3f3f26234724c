"""Tests of a case's description: its curl lines, pasted into a shell, send its requests."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.cases import describe
from mockserver.cases.records import Case
from mockserver.settings import Settings
from tests.cases.sending import CATALOGUE, GOOD
from tests.cases.test_loading import read

pytestmark = [pytest.mark.unix("the lines are for a POSIX shell"), pytest.mark.usefixtures("undescribed")]

SERVED = vendors.discover()
DAU = "/analytics/v0/dau"
TOKEN = "/api/rest/oauth2/token"
AT = "http://127.0.0.1:8080"
GRANTED = "-H 'Authorization: Bearer mock-augment-acme'"
CLIENT = "mock-jetbrains-console-acme:mock-secret"
STATUS = "-o /dev/null -w '%{http_code}\\n'"
JSON = "-H 'Content-Type: application/json'"
CONSOLE = "/metrics/api/v2/adoption/limit-hits/group-by/date?fromDate=2025-10-01&toDate=2025-10-03"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a server with default settings."""
    with server.in_thread(create_app(Settings())) as running:
        yield running.url


def case_of(folder: Path, *steps: dict[str, Any], vendor: str = "augment") -> Case:
    """A case with these steps."""
    return read(folder, {**GOOD, "vendor": vendor, "steps": list(steps)}, name=vendor).cases[0]


def lines(case: Case) -> list[str]:
    """The lines for a server of its own, without comments."""
    return [line for line in describe.curl_lines(case, SERVED) if not line.startswith("#")]


def output(commands: list[str], folder: Path) -> str:
    """The output of a shell."""
    found = subprocess.run(
        ["bash", "-uc", "\n".join(commands)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert found.stderr == ""
    return found.stdout


def test_every_line_is_followed_by_the_expected_answer(tmp_path: Path) -> None:
    assert describe.curl_lines(case_of(tmp_path, {**GOOD["steps"][0], "note": "the first page"}), SERVED) == [
        "# the first page",
        f"curl -s -D - -o answer.json {GRANTED} '{AT}{DAU}?page_size=2'; cat answer.json; echo",
        "#   status 200",
        "#   users has the length 2",
        """cursor=$(python3 -c 'import json; print (json.load(open("answer.json"))["pagination"]["next_cursor"])')""",
    ]


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            {"request": f"GET {DAU}", "times": 20},
            f"for i in $(seq 20); do curl -s -o /dev/null -w '%{{http_code}}\\n' {GRANTED} {AT}{DAU}; done",
        ),
        (
            {"request": f"GET {DAU}", "as": "nobody", "times": 2, "expect": {"headers": {"X": "absent"}}},
            "for i in $(seq 2); do curl -s -i http://127.0.0.1:8080/analytics/v0/dau; echo; done",
        ),
        ({"request": f"HEAD {DAU}", "as": "nobody"}, "curl -s -I http://127.0.0.1:8080/analytics/v0/dau"),
        (
            {"request": f"GET {DAU}", "as": "it's $5", "headers": {"X-One": "1"}},
            """curl -s -i -H 'Authorization: it'"'"'s $5' -H 'X-One: 1' http://127.0.0.1:8080/analytics/v0/dau; echo""",
        ),
        (
            {"request": f"GET {DAU}?a[0]=1", "as": "forbidden"},
            f"curl -s -i -g -H 'Authorization: Bearer mock-augment-acme-forbidden' '{AT}{DAU}?a[0]=1'; echo",
        ),
        (
            {"mock": "POST /clock/advance", "body": {"minutes": 1}},
            f"curl -s {STATUS} -X POST {JSON} -d '{{\"minutes\": 1}}' {AT}/_mock/clock/advance",
        ),
        (
            {"mock": "POST /clock/advance", "body": {"minutes": 1}, "expect": {"status": 200}},
            f"curl -s -i -X POST {JSON} -d '{{\"minutes\": 1}}' {AT}/_mock/clock/advance; echo",
        ),
        ({"mock": "GET /sandboxes/{sandbox}"}, "curl -s -i http://127.0.0.1:8080/_mock/sandboxes/default; echo"),
        (
            {"request": f"GET {DAU}", "as": "nobody", "expect": {"cut": True}},
            'curl -s -i http://127.0.0.1:8080/analytics/v0/dau; echo "curl ends with $?"',
        ),
        (
            {"request": "POST /api/rest/oauth2/token", "form": "grant_type=client_credentials"},
            f"curl -s -i -X POST -u {CLIENT} -d grant_type=client_credentials {AT}{TOKEN}; echo",
        ),
    ],
)
def test_step_is_one_line(tmp_path: Path, step: dict[str, Any], line: str) -> None:
    assert lines(case_of(tmp_path, step)) == [line]


def test_access_tokens_are_fetched_once_for_each_client(tmp_path: Path) -> None:
    steps = [{"request": f"GET {CONSOLE}", "as": who} for who in ("granted", "granted", "forbidden", "groups")]
    pasted = lines(case_of(tmp_path, *steps, vendor="jetbrains-console"))
    assert [line.partition("=")[0] for line in pasted if not line.startswith("curl")] == [
        "access",
        "access_forbidden",
        "access_groups",
    ]
    assert sum('"Authorization: Bearer $access"' in line for line in pasted) == 2


def test_pasted_lines_work_on_any_server(tmp_path: Path, url: str) -> None:
    cursor = f"GET {DAU}?page_size=2&cursor={{cursor}}"
    console = {"vendor": "jetbrains-console"}
    steps = [
        GOOD["steps"][0],
        {"request": cursor, "keep": {"user": "users[0].user_email"}},
        {"request": f"GET {CONSOLE}", "as": "granted"},
        {"request": "GET /analytics/v0/nothing", "headers": {"X": "{user} $HOME `id`"}},
        {"mock": "POST /tokens", "body": {**console, "permission": "granted"}, "keep": {"client": "token"}},
        {"request": f"POST {TOKEN}", "as": "nobody", "form": "client_id={client}"},
        {"mock": "DELETE /sandboxes/{sandbox}"},
        {"request": f"GET {DAU}"},
    ]
    pasted = describe.curl_lines(case_of(tmp_path, *steps), SERVED, url, in_sandbox=True)
    # The server does not know the case of this test, so the whole body creates its sandbox.
    pasted[0] = pasted[0].replace('{"case": "C001"}', '{"now": "2025-10-21T10:30:00Z", "frozen": true}')
    printed = output(pasted, tmp_path)
    statuses = re.findall(r"^(?:HTTP/1\.\d )?(\d{3})\b", printed, re.MULTILINE)
    assert statuses == ["200", "200", "200", "404", "201", "401", "204", "401"]
    assert printed.count('"returned_user_count":2') == 2


@pytest.mark.parametrize("case_id", ["C015", "C031", "C059"])
def test_lines_of_bundled_cases_give_the_expected_answers(tmp_path: Path, url: str, case_id: str) -> None:
    case = CATALOGUE.find(case_id)
    pasted = describe.curl_lines(case, SERVED, url, in_sandbox=True)
    expected = [step.expect.status for step in case.steps if step.expect.status]
    printed = output(pasted, tmp_path)
    statuses = [int(line.split()[1]) for line in printed.splitlines() if line.startswith("HTTP/1.")]
    assert set(expected) <= set(statuses)
    assert ("curl ends with" in printed) is any(step.expect.cut for step in case.steps)


def test_description_has_every_part(tmp_path: Path) -> None:
    data = describe.describe(case_of(tmp_path, *GOOD["steps"]), SERVED, "http://here")
    assert (data["serve"], data["marker"]) == (
        "mockserver serve --case C001",
        '@pytest.mark.mockserver(case="C001")',
    )
    assert data["sandbox"] == GOOD["setup"]
    assert data["expect"] == [
        {"request": "GET /analytics/v0/dau?page_size=2", "answer": ["status 200", "users has the length 2"]}
    ]
    assert any("http://here/analytics" in line for line in data["curl"])
    assert """-d '{"case": "C001"}' http://here/_mock/sandboxes""" in data["curl_in_sandbox"][0]

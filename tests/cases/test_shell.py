"""Promises about a case by hand: the lines that are told, pasted into a shell, ask what the case asks."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.cases import describe, shell
from mockserver.cases.records import Case
from mockserver.settings import Settings
from tests.cases.sending import CATALOGUE, GOOD
from tests.cases.test_reading import read
from tests.contract.watch import Watch

SERVED = vendors.discover()
DAU = "/analytics/v0/dau"
TOKEN = "/api/rest/oauth2/token"
AT = "http://127.0.0.1:8080"
GRANTED = "-H 'Authorization: Bearer mock-augment-acme'"
CLIENT = "mock-jetbrains-console-acme:mock-secret"
STATUS = "-o /dev/null -w '%{http_code}\\n'"
JSON = "-H 'Content-Type: application/json'"
CONSOLE = "/metrics/api/v2/adoption/limit-hits/group-by/date?fromDate=2025-10-01&toDate=2025-10-03"


@pytest.fixture(autouse=True)
def excused(described: None, watch: Watch) -> Iterator[None]:  # noqa: ARG001 (it judges when this is over)
    """What a fault makes of an answer need not be described."""
    yield
    watch.take()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a server without flags is."""
    with server.in_thread(create_app(Settings(server="threaded"))) as running:
        yield running.url


def case_of(folder: Path, *steps: dict[str, Any], vendor: str = "augment") -> Case:
    """A case with these steps."""
    return read(folder, {**GOOD, "vendor": vendor, "steps": list(steps)}, name=vendor).cases[0]


def lines(case: Case) -> list[str]:
    """What is to be pasted for a server of its own, comments left out."""
    return [line for line in shell.of_server(case, SERVED) if not line.startswith("#")]


def done(commands: list[str], folder: Path) -> str:
    """What a shell prints."""
    found = subprocess.run(
        ["bash", "-uc", "\n".join(commands)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert found.stderr == ""
    return found.stdout


def test_every_line_is_told_with_what_must_come_back(tmp_path: Path) -> None:
    assert shell.of_server(case_of(tmp_path, {**GOOD["steps"][0], "note": "the first page"}), SERVED) == [
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
def test_a_step_is_one_line(tmp_path: Path, step: dict[str, Any], line: str) -> None:
    assert lines(case_of(tmp_path, step)) == [line]


def test_access_tokens_are_got_once_for_each_client(tmp_path: Path) -> None:
    steps = [{"request": f"GET {CONSOLE}", "as": who} for who in ("granted", "granted", "forbidden", "groups")]
    told = lines(case_of(tmp_path, *steps, vendor="jetbrains-console"))
    assert [line.partition("=")[0] for line in told if not line.startswith("curl")] == [
        "access",
        "access_forbidden",
        "access_groups",
    ]
    assert sum('"Authorization: Bearer $access"' in line for line in told) == 2


def test_what_is_pasted_gets_the_case_from_any_server(tmp_path: Path, url: str) -> None:
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
    told = shell.of_sandbox(case_of(tmp_path, *steps), SERVED, url)
    # The server knows no case of this test's; its sandbox is made of the whole body in its place.
    told[0] = told[0].replace('{"case": "C001"}', '{"now": "2025-10-21T10:30:00Z", "frozen": true}')
    printed = done(told, tmp_path)
    statuses = re.findall(r"^(?:HTTP/1\.\d )?(\d{3})\b", printed, re.MULTILINE)
    assert statuses == ["200", "200", "200", "404", "201", "401", "204", "401"]
    assert printed.count('"returned_user_count":2') == 2


@pytest.mark.parametrize("case_id", ["C015", "C031", "C059"])
def test_the_catalogues_own_lines_do_what_they_say(tmp_path: Path, url: str, case_id: str) -> None:
    case = CATALOGUE.find(case_id)
    told = shell.of_sandbox(case, SERVED, url)
    wanted = [step.expect.status for step in case.steps if step.expect.status]
    printed = done(told, tmp_path)
    statuses = [int(line.split()[1]) for line in printed.splitlines() if line.startswith("HTTP/1.")]
    assert set(wanted) <= set(statuses)
    assert ("curl ends with" in printed) is any(step.expect.cut for step in case.steps)


def test_a_case_is_told_whole(tmp_path: Path) -> None:
    told = describe.describe(case_of(tmp_path, *GOOD["steps"]), SERVED, "http://here")
    assert (told["serve"], told["marker"]) == (
        "mockserver serve --case C001",
        '@pytest.mark.mockserver(case="C001")',
    )
    assert told["sandbox"] == GOOD["setup"]
    assert told["expect"] == [
        {"request": "GET /analytics/v0/dau?page_size=2", "answer": ["status 200", "users has the length 2"]}
    ]
    assert any("http://here/analytics" in line for line in told["curl"])
    assert """-d '{"case": "C001"}' http://here/_mock/sandboxes""" in told["curl_in_sandbox"][0]


def test_a_case_that_cuts_connections_says_what_its_server_needs(tmp_path: Path) -> None:
    setup = {**GOOD["setup"], "faults": [{"vendor": "augment", "effect": {"reset": True}}]}
    (case,) = read(tmp_path, {**GOOD, "setup": setup}).cases
    assert describe.serve(case) == "mockserver serve --case C001 --server threaded"

"""Tests of `mockserver cases`: the list, a case in full, and runs with their exit code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mockserver import resources, server
from mockserver.app import create_app
from mockserver.cli import options
from mockserver.gateway.switches import Grade
from mockserver.settings import Settings
from tests.cases.sending import CATALOGUE
from tests.cli.conftest import Run
from tests.contract.watch import Watch

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

WRONG = """
- id: C001
  title: What cannot be
  vendor: augment
  rationale: Nobody does.
  setup: {organization: acme, now: 2025-10-21T10:30:00Z}
  steps: [{request: GET /analytics/v0/dau, expect: {status: 418}}]
  returns: A teapot.
  grade: A
  source: nobody
"""


@pytest.fixture(autouse=True)
def unchecked_answers(described: None, watch: Watch) -> Iterator[None]:  # noqa: ARG001 (it checks after this fixture)
    """Answers that a fault changed need not be described."""
    yield
    watch.take()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cases in place of the product's."""
    monkeypatch.setattr(resources, "cases", lambda: tmp_path)
    return tmp_path


def test_every_case_is_a_line(run: Run) -> None:
    lines = run("cases").stdout.splitlines()
    for case in CATALOGUE.cases:
        assert any(line.startswith(f"{case.id} {case.grade} {case.vendor} ") for line in lines)


def test_grades_are_those_of_the_cases() -> None:
    assert tuple(Grade) == options.GRADES


def test_vendor_and_grade_pick_some(run: Run) -> None:
    lines = run("cases", "--vendor", "augment", "--grade", "O").stdout.splitlines()
    expected = [case.id for case in CATALOGUE.cases if (case.vendor, case.grade) == ("augment", "O")]
    assert [line[:4] for line in lines] == expected
    refused = run("cases", "--vendor", "augmnt")
    assert (refused.exit_code, "those with cases are: augment, tabnine" in refused.stderr) == (2, True)


def test_case_in_full_has_every_way_to_reach_it(run: Run) -> None:
    printed = run("cases", "C001", "--url", "http://here:9/").stdout
    case = CATALOGUE.find("C001")
    assert printed.startswith(f"C001  {case.title}\naugment, grade D: {case.source}\n")
    for part in (
        f"Why clients fail on it\n  {case.rationale}\n",
        "A server of its own\n  mockserver serve --case C001\n  curl -s -i ",
        "In a sandbox of a running server\n  id=$(curl ",
        f"on a server started without flags\n  {json.dumps(dict(case.setup))}\n",
        'In pytest\n  @pytest.mark.mockserver(case="C001")\n',
        f"What must come back\n  {case.returns}\n",
        "http://here:9/analytics/v0/dau",
    ):
        assert part in printed


def test_curl_lines_of_a_guarded_server_have_the_admin_token(run: Run) -> None:
    plain, guarded = run("cases", "C001").stdout, run("cases", "C001", "--admin-token", "s").stdout
    header = ' -H "Authorization: Bearer $MOCKSERVER_ADMIN_TOKEN"'
    assert guarded.replace(header, "") == plain
    assert [line.count(header) for line in guarded.splitlines() if "/_mock/" in line] == [1, 1, 1]


def test_filters_without_a_match_are_a_usage_error(run: Run) -> None:
    refused = run("cases", "--run", "C001", "--vendor", "tabnine")
    assert (refused.exit_code, "no case matches all of this" in refused.stderr) == (2, True)


def test_case_that_the_server_cannot_run_is_skipped(run: Run) -> None:
    def conflict(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        healthy = environ["PATH_INFO"] == "/_mock/health"
        start("200 OK" if healthy else "409 Conflict", [])
        return [b'{"vendors": []}' if healthy else b"cannot cut"]

    with server.in_thread(conflict) as running:
        done = run("cases", "--run", "C059", "--url", running.url)
    title = CATALOGUE.find("C059").title
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [
            f"skipped  C059  {title}",
            "        its sandbox cannot be created: 409 cannot cut",
            "1 case, 0 failed, 1 skipped",
        ],
    )


def test_json_lists_every_case(run: Run) -> None:
    printed = json.loads(run("cases", "C001", "C002", "--json").stdout)["cases"]
    assert [case["id"] for case in printed] == ["C001", "C002"]
    assert {"curl", "curl_in_sandbox", "sandbox", "marker", "serve", "expect"} <= {*printed[0]}


def test_unknown_case_is_a_usage_error_with_a_suggestion(run: Run) -> None:
    refused = run("cases", "c001")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "there is no case 'c001' (did you mean C001" in refused.stderr


def test_invalid_case_file_is_a_usage_error(run: Run, folder: Path) -> None:
    (folder / "augment.yaml").write_text("- id: X", encoding="utf-8")
    refused = run("cases")
    assert (refused.exit_code, "augment.yaml: X: id: must be C and three digits" in refused.stderr) == (2, True)


def test_run_prints_the_outcome_of_each_case(run: Run) -> None:
    done = run("cases", "--run", "C001", "C058", "C059")
    titles = [CATALOGUE.find(case_id).title for case_id in ("C001", "C058", "C059")]
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"passed  C001  {titles[0]}",
        f"passed  C058  {titles[1]}",
        f"passed  C059  {titles[2]}",
        "3 cases, 0 failed",
    ]


def test_run_uses_a_running_server_with_its_admin_token(run: Run) -> None:
    with server.in_thread(create_app(Settings(admin_token="s"))) as running:
        refused = run("cases", "--run", "C001", "--url", running.url)
        done = run("cases", "--run", "C001", "--json", "--url", f"{running.url}/", "--admin-token", "s")
    assert (refused.exit_code, "its sandbox cannot be created: 401 " in refused.stdout) == (1, True)
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {"cases": [{"id": "C001", "outcome": "passed", "messages": []}]},
    )


def test_failed_case_has_exit_code_1(run: Run, folder: Path) -> None:
    from mockserver import app

    (folder / "augment.yaml").write_text(WRONG, encoding="utf-8")
    app._catalogue.cache_clear()  # noqa: SLF001 (another catalogue for this test alone)
    try:
        done = run("cases", "--run")
    finally:
        app._catalogue.cache_clear()  # noqa: SLF001
    assert done.exit_code == 1
    assert "failed  C001  What cannot be\n        step 1 (GET /analytics/v0/dau): expected status 418" in done.stdout
    assert done.stdout.endswith("1 case, 1 failed\n")

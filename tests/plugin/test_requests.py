"""sandbox.requests: the journal can be read, filtered and asserted; a failed assertion shows the nearest requests."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from analytics_mockserver.pytest_plugin import Request, SandboxFixture
from mockserver import server

pytestmark = pytest.mark.in_process("these tests are about a sandbox in this process")

DAU = "/analytics/v0/dau"
COUNT = "/analytics/v0/dau-count"


@pytest.fixture
def used(sandbox: SandboxFixture) -> SandboxFixture:
    """A sandbox with four requests."""
    client = sandbox.app.test_client()
    for query in ("?page_size=100", "?page_size=100&date=2026-10-30", ""):
        client.get(f"{DAU}{query}", headers=sandbox.headers("augment"))
    client.get(COUNT, headers=sandbox.headers("augment", forbidden=True))
    return sandbox


def test_request_has_all_fields_of_its_journal_entry(used: SandboxFixture) -> None:
    first = used.requests[0]
    assert first == Request(
        id=1,
        at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        vendor="augment",
        operation="getDau",
        method="GET",
        path=DAU,
        query_string="page_size=100",
        query={"page_size": ["100"]},
        body_digest=None,
        status=200,
        duration_ms=first.duration_ms,
        organization="acme",
        fault=None,
        refusal=None,
        outcome="answered",
    )
    assert str(first) == "#1 2026-11-02 10:00:00 augment GET /analytics/v0/dau?page_size=100 -> 200"


@pytest.mark.usefixtures("undescribed")
def test_line_of_a_request_mentions_faults_and_refusals(used: SandboxFixture) -> None:
    assert str(used.requests[-1]).endswith("GET /analytics/v0/dau-count -> 403 (refused: forbidden)")
    used.faults.add(operation="getDau", status=503)
    used.app.test_client().get(DAU, headers=used.headers("augment"))
    assert "-> 503 (refused: " in str(used.requests[-1])
    assert "met fault-1)" in str(used.requests[-1])


def test_requests_behave_like_a_list_that_is_read_anew(used: SandboxFixture) -> None:
    assert ([each.id for each in used.requests], len(used.requests)) == ([1, 2, 3, 4], 4)
    assert [each.id for each in used.requests[1:3]] == [2, 3]
    assert [each.id for each in used.requests.newest(2)] == [3, 4]
    used.requests.clear()
    assert list(used.requests) == []


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        pytest.param({}, [1, 2, 3, 4], id="none"),
        pytest.param({"vendor": "augment", "method": "GET"}, [1, 2, 3, 4], id="vendor and method"),
        pytest.param({"vendor": "jetbrains_ide"}, [], id="another vendor"),
        pytest.param({"operation": "getDau"}, [1, 2, 3], id="operation"),
        pytest.param({"path": DAU}, [1, 2, 3], id="whole path"),
        pytest.param({"path": "/analytics/*"}, [1, 2, 3, 4], id="path with wildcard"),
        pytest.param({"path": "*/v0/*-c*t"}, [4], id="path with wildcards"),
        pytest.param({"path": "/*/v1/*"}, [], id="path with wildcards that match nothing"),
        pytest.param({"path": "/analytics.v0.dau"}, [], id="dot in path is literal"),
        pytest.param({"status": 403}, [4], id="status"),
        pytest.param({"status": "2xx"}, [1, 2, 3], id="status class"),
        pytest.param({"query": {"page_size": 100}}, [1, 2], id="parameter"),
        pytest.param({"query": {"page_size": [100], "date": None}}, [1], id="absent parameter"),
        pytest.param({"query": {"date": date(2026, 10, 30)}}, [2], id="date parameter"),
        pytest.param({"query": {"page_size": (100, 50)}}, [], id="repeated parameter"),
    ],
)
def test_request_must_match_all_filters(used: SandboxFixture, filters: dict[str, Any], ids: list[int]) -> None:
    assert [each.id for each in used.requests.where(**filters)] == ids


def test_assertion_returns_the_matching_requests(used: SandboxFixture) -> None:
    assert [each.id for each in used.requests.assert_made(operation="getDau")] == [1, 2, 3]
    assert [each.id for each in used.requests.assert_made(operation="getDau", count=3)] == [1, 2, 3]
    assert used.requests.assert_made(status=500, count=0) == []


def failure(used: SandboxFixture, **expected: Any) -> list[str]:
    """The lines of a failed assertion's message."""
    with pytest.raises(AssertionError) as raised:
        used.requests.assert_made(**expected)
    return str(raised.value).splitlines()


def test_failed_assertion_shows_the_nearest_requests(used: SandboxFixture) -> None:
    assert failure(used, operation="getDau", query={"page_size": 50}) == [
        "expected at least 1 request with operation getDau and page_size 50; 0 of 4 in this sandbox match",
        "3 similar requests:",
        f"  {used.requests[0]}, differing in page_size (sent 100, expected 50)",
        f"  {used.requests[1]}, differing in page_size (sent 100, expected 50)",
        f"  {used.requests[2]}, differing in page_size (sent nothing, expected 50)",
    ]


def test_failed_assertion_omits_requests_that_differ_more(used: SandboxFixture) -> None:
    assert failure(used, path=DAU, status=200, query={"page_size": 50, "date": "2026-10-30"})[1:] == [
        "1 similar request:",
        f"  {used.requests[1]}, differing in page_size (sent 100, expected 50)",
    ]


def test_request_that_differs_in_everything_is_not_similar(used: SandboxFixture) -> None:
    lines = failure(used, status="5xx")
    assert lines[1] == "4 other requests:"
    assert lines[2].endswith("differing in status (sent 200, expected 5xx)")


def test_wrong_count_shows_the_matching_requests(used: SandboxFixture) -> None:
    assert failure(used, operation="getDauCount", count=2) == [
        "expected 2 requests with operation getDauCount; 1 of 4 in this sandbox matches",
        f"  {used.requests[3]}",
        "3 other requests:",
        *(f"  {each}, differing in operation (sent getDau, expected getDauCount)" for each in used.requests[:3]),
    ]
    assert failure(used, count=1)[0].startswith("expected 1 request; 4 of 4 in this sandbox match")


def test_failed_assertion_shows_five_requests_at_most(used: SandboxFixture) -> None:
    for _ in range(4):
        used.app.test_client().get(DAU, headers=used.headers("augment"))
    lines = failure(used, method="POST", operation="getDau")
    assert (lines[1], len(lines), lines[2].split()[0]) == ("7 similar requests (the newest 5):", 7, "#3")


def test_without_requests_the_message_suggests_a_wrong_url(sandbox: SandboxFixture) -> None:
    assert failure(sandbox, path=DAU)[1:] == [
        "no request was made in this sandbox: does the client use http://localhost, with a token of sandbox.tokens?"
    ]


def test_request_that_timed_out_counts_at_once(sandbox: SandboxFixture) -> None:
    """The client gives up while a fault delays the answer; its request is in progress, or abandoned."""
    rule = sandbox.faults.add(operation="getDau", delay_seconds=3600)
    with server.in_thread(sandbox.app) as running:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                urlopen(HttpRequest(f"{running.url}{DAU}", headers=sandbox.headers("augment")), timeout=0.2)
        try:
            found = sandbox.requests.assert_made(operation="getDau", count=3)
            message = failure(sandbox, operation="getDau", status=200)
        finally:
            sandbox.faults.clear()
    assert {each.outcome for each in found} <= {"in_progress", "abandoned"}
    assert {each.status for each in found} == {None}
    assert {each.fault for each in found} == {rule.id}
    lines = tuple(f"-> {outcome} (met {rule.id})" for outcome in ("in progress", "abandoned"))
    assert all(str(each).endswith(lines) for each in found)
    assert message[1] == "3 similar requests:"
    assert message[2].endswith(
        ("differing in status (sent in progress, expected 200)", "differing in status (sent abandoned, expected 200)")
    )

"""Promises about the journal in a test: requests can be read, filtered and asserted, and a miss tells how near."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mockserver.pytest_plugin.journal import Request
from mockserver.pytest_plugin.sandboxes import Sandbox

pytestmark = pytest.mark.in_process("a sandbox that is in the process is what is tested")

DAU = "/analytics/v0/dau"
COUNT = "/analytics/v0/dau-count"


@pytest.fixture
def made(world: Sandbox) -> Sandbox:
    """A sandbox in which four requests were made."""
    client = world.app.test_client()
    for query in ("?page_size=100", "?page_size=100&date=2026-10-30", ""):
        client.get(f"{DAU}{query}", headers=world.headers("augment"))
    client.get(COUNT, headers=world.headers("augment", forbidden=True))
    return world


def test_a_request_has_everything_that_was_asked(made: Sandbox) -> None:
    first = made.requests[0]
    assert first == Request(
        id=1,
        at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        vendor="augment",
        operation="getDau",
        method="GET",
        path=DAU,
        query_string="page_size=100",
        query={"page_size": ["100"]},
        status=200,
        duration_ms=first.duration_ms,
        organization="acme",
        fault=None,
        refusal=None,
    )
    assert str(first) == "#1 2026-11-02 10:00:00 augment GET /analytics/v0/dau?page_size=100 -> 200"


def test_a_line_tells_of_faults_and_refusals(made: Sandbox) -> None:
    assert str(made.requests[-1]).endswith("GET /analytics/v0/dau-count -> 403 (refused: forbidden)")
    made.faults.add(operation="getDau", status=503)
    made.app.test_client().get(DAU, headers=made.headers("augment"))
    assert "-> 503 (refused: " in str(made.requests[-1])
    assert "met fault-1)" in str(made.requests[-1])


def test_the_requests_are_a_list_that_is_read_anew(made: Sandbox) -> None:
    assert ([each.id for each in made.requests], len(made.requests)) == ([1, 2, 3, 4], 4)
    assert [each.id for each in made.requests[1:3]] == [2, 3]
    assert [each.id for each in made.requests.newest(2)] == [3, 4]
    made.requests.clear()
    assert list(made.requests) == []


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        pytest.param({}, [1, 2, 3, 4], id="none"),
        pytest.param({"vendor": "augment", "method": "GET"}, [1, 2, 3, 4], id="vendor and method"),
        pytest.param({"vendor": "jetbrains_ide"}, [], id="another vendor"),
        pytest.param({"operation": "getDau"}, [1, 2, 3], id="operation"),
        pytest.param({"path": DAU}, [1, 2, 3], id="a path is whole"),
        pytest.param({"path": "/analytics/*"}, [1, 2, 3, 4], id="a pattern of paths"),
        pytest.param({"path": "/analytics.v0.dau"}, [], id="a dot is a dot"),
        pytest.param({"status": 403}, [4], id="status"),
        pytest.param({"status": "2xx"}, [1, 2, 3], id="a class of statuses"),
        pytest.param({"query": {"page_size": 100}}, [1, 2], id="a parameter among others"),
        pytest.param({"query": {"page_size": [100], "date": None}}, [1], id="a parameter that is not there"),
        pytest.param({"query": {"date": date(2026, 10, 30)}}, [2], id="a day"),
        pytest.param({"query": {"page_size": (100, 50)}}, [], id="a parameter that is repeated"),
    ],
)
def test_filters_must_all_be_met(made: Sandbox, filters: dict[str, Any], ids: list[int]) -> None:
    assert [each.id for each in made.requests.where(**filters)] == ids


def test_an_expectation_that_holds_gives_the_requests(made: Sandbox) -> None:
    assert [each.id for each in made.requests.assert_made(operation="getDau")] == [1, 2, 3]
    assert [each.id for each in made.requests.assert_made(operation="getDau", count=3)] == [1, 2, 3]
    assert made.requests.assert_made(status=500, count=0) == []


def failure(made: Sandbox, **expected: Any) -> list[str]:
    """What an expectation that does not hold says."""
    with pytest.raises(AssertionError) as failed:
        made.requests.assert_made(**expected)
    return str(failed.value).splitlines()


def test_a_miss_names_the_requests_that_came_closest(made: Sandbox) -> None:
    assert failure(made, operation="getDau", query={"page_size": 50}) == [
        "expected at least 1 request with operation getDau and page_size 50; 0 of 4 in this sandbox had all of it",
        "3 similar requests:",
        f"  {made.requests[0]}, differing in page_size (sent 100, expected 50)",
        f"  {made.requests[1]}, differing in page_size (sent 100, expected 50)",
        f"  {made.requests[2]}, differing in page_size (sent nothing, expected 50)",
    ]


def test_a_miss_leaves_out_what_differs_more(made: Sandbox) -> None:
    assert failure(made, path=DAU, status=200, query={"page_size": 50, "date": "2026-10-30"})[1:] == [
        "1 similar request:",
        f"  {made.requests[1]}, differing in page_size (sent 100, expected 50)",
    ]


def test_a_miss_in_everything_is_not_called_similar(made: Sandbox) -> None:
    said = failure(made, status="5xx")
    assert said[1] == "4 other requests:"
    assert said[2].endswith("differing in status (sent 200, expected 5xx)")


def test_a_wrong_count_shows_what_there_was(made: Sandbox) -> None:
    assert failure(made, operation="getDauCount", count=2) == [
        "expected 2 requests with operation getDauCount; 1 of 4 in this sandbox had all of it",
        f"  {made.requests[3]}",
        "3 other requests:",
        *(f"  {each}, differing in operation (sent getDau, expected getDauCount)" for each in made.requests[:3]),
    ]
    assert failure(made, count=1)[0].startswith("expected 1 request with anything at all; 4 of 4")


def test_a_miss_does_not_drown_the_reader(made: Sandbox) -> None:
    for _ in range(4):
        made.app.test_client().get(DAU, headers=made.headers("augment"))
    said = failure(made, method="POST", operation="getDau")
    assert (said[1], len(said), said[2].split()[0]) == ("7 similar requests (the newest 5):", 7, "#3")


def test_without_any_request_it_asks_where_the_client_points(world: Sandbox) -> None:
    assert failure(world, path=DAU)[1:] == [
        "no request was made here: is the client pointed at http://localhost, with the tokens of sandbox.tokens?"
    ]

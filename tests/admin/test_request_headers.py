"""The headers of requests and answers in the journal: shown when they are asked for, and of every outcome."""

from datetime import UTC, datetime

import pytest

from mockserver.gateway.journal import Record, SentRequest
from mockserver.simulation.clock import nanoseconds
from tests.admin.driver import Admin

COUNT = "/analytics/v0/dau-count"


def test_headers_are_shown_on_request_and_for_one_entry(admin: Admin) -> None:
    headers = {"Host": "localhost", "Authorization": "Bearer mock-augment-acme", "Accept": "text/csv", "X-Other": "1"}
    admin.app.test_client().get(COUNT, headers=headers)
    [entry] = admin.get("/requests?include=headers")["requests"]
    assert entry["request_headers"].pop("User-Agent").startswith("Werkzeug")
    assert entry["request_headers"] == {"Accept": "text/csv", "Authorization": "Bearer [redacted]", "Host": "localhost"}
    assert entry["response_headers"].keys() == {"Content-Type", "Content-Length"}
    assert "body" not in entry
    entry = admin.get("/requests?include=headers")["requests"][0]
    assert admin.get("/requests/1") == {**entry, "body": None}
    assert admin.get("/requests?include=body,headers")["requests"] == [{**entry, "body": None}]
    assert admin.get("/requests")["requests"][0].keys() == entry.keys() - {"request_headers", "response_headers"}


def test_refused_request_shows_when_to_try_again(admin: Admin) -> None:
    admin.done("PUT", "/limits", {"augment": {"per_minute": 1, "burst": 1}})
    admin.done("PATCH", "/policy", {"augment": {"retry_after": "seconds"}})
    assert [admin.vendor(COUNT, "mock-augment-acme") for _ in range(2)] == [200, 429]
    assert admin.get("/requests/2")["response_headers"]["Retry-After"] == "60"


@pytest.mark.memory("the test writes records of its own")
def test_request_that_is_not_answered_has_no_headers_of_an_answer(admin: Admin) -> None:
    begun, is_frozen = datetime(2025, 10, 21, tzinfo=UTC), True
    sent = SentRequest("augment", None, "GET", "/", "", "acme", None, 1, None, None)
    admin.journal.add(Record(nanoseconds(begun), sent, 0, is_frozen, 0))
    assert admin.get("/requests/1")["response_headers"] is None

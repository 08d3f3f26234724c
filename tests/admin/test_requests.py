"""The journal: every request of a client is in it once, oldest first, and every filter works."""

import gc
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver import vendors
from mockserver.admin.requests import JournalSchema
from mockserver.admin.responses import CHUNK_BYTES
from mockserver.app import create_app
from mockserver.gateway import response_cache
from mockserver.gateway.journal import Journal, Record, SentRequest, State
from mockserver.gateway.view import QUERY_MAXIMUM
from mockserver.simulation.clock import nanoseconds
from mockserver.validation.schemas import dump
from tests.admin.driver import Admin
from tests.conftest import SETTINGS

VENDORS = ", ".join(vendor.name for vendor in vendors.discover())
OPERATIONS = ", ".join(route.operation for route in vendors.discover()[0].routes)
MOUNTS = ", ".join(mount for vendor in vendors.discover() for mount in vendor.mounts)
STATUS = "must be a status from 100 to 599, or a class of them, as in 4xx"
PATH = "must be text of 1 to 1000 printable characters"
KNOWN = "vendor, operation, path, status, limit, after, include"
COUNT, DAU = "/analytics/v0/dau-count", "/analytics/v0/dau"


@pytest.fixture
def busy(admin: Admin) -> Admin:
    """A client of an app with six vendor requests."""
    for path, token in (
        (f"{COUNT}?start_date=2025-10-01", "mock-augment-acme"),
        (DAU, "mock-augment-acme"),
        (COUNT, "nobody's"),
        (DAU, "mock-augment-acme-forbidden"),
        ("/analytics/v0/nowhere", "mock-augment-acme"),
        (f"{COUNT}?start_date=never", "mock-augment-acme"),
    ):
        admin.vendor(path, token)
    return admin


def ids(admin: Admin, **filters: object) -> list[int]:
    """The ids of the entries that meet the filters."""
    return [entry["id"] for entry in admin.get(f"/requests?{urlencode(filters)}")["requests"]]


def test_entry_shows_request_and_outcome(busy: Admin) -> None:
    first, *_, last = busy.get("/requests")["requests"]
    assert isinstance(first.pop("duration_ms"), int)
    assert first == {
        "id": 1,
        "at": "2025-10-21T10:30:00Z",
        "vendor": "augment",
        "operation": "getDauCount",
        "method": "GET",
        "path": COUNT,
        "query": "start_date=2025-10-01",
        "body_digest": None,
        "status": 200,
        "organization": "acme",
        "fault": None,
        "defects": [],
        "refusal": None,
        "outcome": "answered",
    }
    assert (last["status"], last["refusal"]) == (400, "invalid")


def test_entries_are_ordered_oldest_first(busy: Admin) -> None:
    entries = busy.get("/requests")["requests"]
    assert [entry["id"] for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry["status"] for entry in entries] == [200, 200, 401, 403, 404, 400]


FILTERS: dict[str, tuple[dict[str, object], list[int]]] = {
    "a vendor": ({"vendor": "augment"}, [1, 2, 3, 4, 5, 6]),
    "an operation": ({"operation": "getDau"}, [2, 4]),
    "an operation without requests": ({"operation": "getDailyUsage"}, []),
    "a path": ({"path": COUNT}, [1, 3, 6]),
    "a path without requests": ({"path": "/analytics/v0/daily-usage"}, []),
    "a path is not a prefix": ({"path": "/analytics/v0/da"}, []),
    "a pattern of paths": ({"path": "/analytics/*/dau*"}, [1, 2, 3, 4, 6]),
    "an unknown path": ({"path": "/analytics/v0/nowhere"}, [5]),
    "a status": ({"status": 200}, [1, 2]),
    "a class of statuses": ({"status": "4xx"}, [3, 4, 5, 6]),
    "a class without requests": ({"status": "5xx"}, []),
    "the newest two": ({"limit": 2}, [5, 6]),
    "more than there are": ({"limit": 100}, [1, 2, 3, 4, 5, 6]),
    "after an entry": ({"after": 4}, [5, 6]),
    "after none": ({"after": 0}, [1, 2, 3, 4, 5, 6]),
    "after the last": ({"after": 6}, []),
    "all that match, by AND": ({"path": COUNT, "status": 200}, [1]),
    "the newest of what matches": ({"path": COUNT, "limit": 2}, [3, 6]),
    "the newest after an entry": ({"after": 1, "limit": 1, "status": 200}, [2]),
}


@pytest.mark.parametrize(("filters", "found"), FILTERS.values(), ids=FILTERS)
def test_filter_keeps_matching_entries(busy: Admin, filters: dict[str, object], found: list[int]) -> None:
    assert ids(busy, **filters) == found


BAD: dict[str, tuple[str, dict[str, list[str]]]] = {
    "an unknown filter": (
        "statsu=200",
        {"statsu": [f"there is no filter 'statsu' (did you mean 'status'?); there are: {KNOWN}"]},
    ),
    "an unknown vendor": (
        "vendor=augmnet",
        {"vendor": [f"there is no vendor 'augmnet' (did you mean 'augment'?); there are: {VENDORS}"]},
    ),
    "a status that is not a number": ("status=ok", {"status": [STATUS]}),
    "a status out of range": ("status=99", {"status": [STATUS]}),
    "a class out of range": ("status=6xx", {"status": [STATUS]}),
    "half a class": ("status=40x", {"status": [STATUS]}),
    "an unknown operation": (
        "operation=getDua&vendor=augment",
        {"operation": [f"there is no operation 'getDua' (did you mean 'getDau'?); there are: {OPERATIONS}"]},
    ),
    "an operation of another vendor": (
        "operation=getTeams&vendor=augment",
        {"operation": [f"'getTeams' belongs to tabnine; augment has: {OPERATIONS}"]},
    ),
    "an operation at another path": (
        f"operation=getDau&path={COUNT}",
        {"path": ["is not a path of getDau, which is at /analytics/v0/dau"]},
    ),
    "a path with a query": (
        "path=/dau?page_size=5",
        {"path": [f"is below no mount, so no request can match it; the mounts are: {MOUNTS}"]},
    ),
    "an empty status": ("status=", {"status": [STATUS]}),
    "a limit of zero": ("limit=0", {"limit": ["must be a whole number from 1 to 1000000"]}),
    "a negative limit": ("limit=-1", {"limit": ["must be a whole number from 1 to 1000000"]}),
    "digits of another script": ("limit=%D9%A3", {"limit": ["must be a whole number from 1 to 1000000"]}),
    "a very long number": (f"limit={'9' * 5000}", {"limit": ["must be a whole number from 1 to 1000000"]}),
    "a fraction": ("after=1.5", {"after": ["must be a whole number from 0 to 999999999999999999"]}),
    "a filter twice": ("limit=1&limit=2", {"limit": ["must be given once"]}),
    "a very long path": (f"path=/analytics/{'*a' * 500}", {"path": [PATH]}),
    "an empty path": ("path=", {"path": [PATH]}),
    "anything else to include": (
        "include=bodies",
        {"include": ["must be body, headers, or both with a comma between them"]},
    ),
}


@pytest.mark.parametrize(("query", "errors"), BAD.values(), ids=BAD)
def test_bad_filter_is_refused_by_name(busy: Admin, query: str, errors: object) -> None:
    assert busy.refused("GET", f"/requests?{query}").errors == errors


def test_journal_contains_no_credentials(admin: Admin) -> None:
    admin.vendor(f"{COUNT}?token=mock-augment-acme&note=mock-augment-acme")
    assert b"mock-augment-acme" not in admin.send("GET", "/requests").body


def test_control_requests_are_not_in_the_journal(admin: Admin) -> None:
    admin.get("/clock")
    admin.refused("GET", "/nowhere", status=404)
    assert ids(admin) == []


def test_delete_empties_the_journal(busy: Admin) -> None:
    gone = busy.send("DELETE", "/requests")
    assert (gone.status, gone.body) == (204, b"")
    assert ids(busy) == []
    busy.vendor()
    assert ids(busy) == [1]


def test_only_the_newest_entries_are_kept() -> None:
    admin = Admin(create_app(replace(SETTINGS, journal_size=3)), {"Host": "localhost"})
    for _ in range(5):
        admin.vendor()
    assert ids(admin) == [3, 4, 5]


ROUNDED = {"less than half": (499, 0), "half": (500, 1), "one": (1000, 1), "more": (12_345, 12)}


@pytest.mark.memory("the test writes records of its own")
@pytest.mark.parametrize(("microseconds", "shown"), ROUNDED.values(), ids=ROUNDED)
def test_duration_is_rounded_to_milliseconds(admin: Admin, microseconds: int, shown: int) -> None:
    admin.vendor()
    (record,) = admin.journal.records()
    record.state = record.state._replace(duration_us=microseconds)
    assert admin.get("/requests")["requests"][0]["duration_ms"] == shown


def record(number: int, **more: Any) -> Record:
    """A record that was begun, with a query of its own."""
    fields: dict[str, Any] = {
        "vendor": "augment",
        "operation": None if number % 3 else "getDau",
        "method": "GET",
        "path": DAU,
        "query": f"page_size=50&é={number}&token={number}",
        "organization": "acme",
        "grant": "augment-seeded",
        "generation": 1,
        "authorization": None,
        "body": None,
    }
    at = nanoseconds(datetime(2025, 10, 21, tzinfo=UTC) + timedelta(seconds=number / 2))
    return Record(at, SentRequest(**{**fields, **more}), 0, frozen=True, start_seq=0)


def fill(journal: Journal, count: int) -> None:
    """Add so many records, with an answer but for every fifth."""
    for number in range(count):
        added = record(number)
        journal.add(added)
        if number % 5:
            added.finish(200 + number % 300, "invalid" if number % 2 else None)


@pytest.mark.memory("the test writes records of its own")
def test_request_in_progress_has_no_status(admin: Admin) -> None:
    fill(admin.journal, 2)
    first, second = admin.get("/requests")["requests"]
    assert [first[name] for name in ("id", "status", "duration_ms", "outcome")] == [1, None, None, "in_progress"]
    assert [second["status"], second["outcome"]] == [201, "answered"]
    assert ids(admin, status="2xx") == [2]
    assert ids(admin, vendor="augment") == ids(admin, path=DAU) == ids(admin, limit=2) == [1, 2]
    assert ids(admin, after=1) == [2]


@pytest.mark.memory("the test writes records of its own")
def test_abandoned_request_has_no_status(admin: Admin) -> None:
    fill(admin.journal, 2)
    for each in admin.journal.records():
        each.abandon()
    entries = admin.get("/requests")["requests"]
    assert [(each["status"], each["outcome"], each["refusal"]) for each in entries] == [
        (None, "abandoned", None),
        (None, "abandoned", "invalid"),
    ]
    assert all(isinstance(each["duration_ms"], int) for each in entries)
    assert ids(admin, status="2xx") == []


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_list_has_the_bytes_of_its_schema(admin: Admin, count: int) -> None:
    fill(admin.journal, count)
    entries = [
        {**entry._asdict(), "duration_ms": entry.duration_us and (entry.duration_us + 500) // 1000}
        for entry in admin.journal
    ]
    expected = response_cache.to_json(dump(JournalSchema, {"requests": entries}))
    assert admin.send("GET", "/requests").body == expected.encode()


def chunks(admin: Admin, path: str) -> Any:
    """The chunks of an answer, as they are made."""
    context = admin.app.test_request_context(f"/_mock{path}", headers=dict(admin.headers))
    return iter(admin.app.wsgi_app(context.request.environ, lambda *_: lambda _: None))


@pytest.mark.memory("the test writes records of its own")
@pytest.mark.in_process("the test reads the chunks as the app makes them")
def test_large_list_is_made_in_chunks_while_it_is_sent(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(admin.journal, 3000)
    read: list[int] = []

    def noted(journal: Journal, each: Record, state: State, _read: Any = Journal.read) -> Any:
        read.append(each.id)
        return _read(journal, each, state)

    monkeypatch.setattr(Journal, "read", noted)
    parts = chunks(admin, "/requests")
    first = next(parts)
    assert CHUNK_BYTES <= len(first) < CHUNK_BYTES + 1000
    assert len(read) < 600, "no more than two chunks are made before the first is sent"
    whole = json.loads(b"".join([first, *parts]))
    assert [each["id"] for each in whole["requests"]] == list(range(1, 3001))


@pytest.mark.memory("the test writes records of its own")
@pytest.mark.in_process("the test reads the chunks as the app makes them")
def test_list_shows_what_matches_when_it_is_sent(admin: Admin) -> None:
    fill(admin.journal, 1000)
    parts = chunks(admin, "/requests?status=2xx")
    first = next(parts)
    for each in admin.journal.records():
        each.abandon()
    admin.journal.clear()
    entries = json.loads(b"".join([first, *parts]))["requests"]
    assert 200 < len(entries) < 500, "those whose client has left have no status"
    assert {each["outcome"] for each in entries} == {"answered"}


@pytest.mark.memory("the test writes records of its own")
@pytest.mark.in_process("the test reads the chunks as the app makes them")
def test_journal_that_is_emptied_while_it_is_sent_is_sent_whole(admin: Admin) -> None:
    fill(admin.journal, 1000)
    parts = chunks(admin, "/requests")
    first = next(parts)
    admin.journal.clear()
    assert len(json.loads(b"".join([first, *parts]))["requests"]) == 1000


@pytest.mark.in_process("the test keeps the answers unread")
def test_answers_that_nobody_reads_take_little_memory(admin: Admin) -> None:
    fill(admin.journal, 10_000)
    unread = [chunks(admin, "/requests") for _ in range(20)]
    before = len(gc.get_objects())
    for each in unread:
        assert next(each)
    made = len(gc.get_objects()) - before
    assert made < 10_000, "a list of the records for each, and few entries as they are shown"


def test_small_list_has_a_content_length(busy: Admin) -> None:
    answer = busy.send("GET", "/requests")
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_head_of_a_large_list_has_no_body(admin: Admin) -> None:
    fill(admin.journal, 1000)
    answer = admin.send("HEAD", "/requests")
    assert (answer.status, answer.body) == (200, b"")


CLIENT = "mock-jetbrains-console-acme"
TOKEN_PATH = "/api/rest/oauth2/token"
FORM = b"grant_type=client_credentials&client_secret=mine&note=mock-secret&x=1"


def exchange(admin: Admin, body: bytes = FORM) -> dict[str, Any]:
    """The entry of a request to a token endpoint, with its body."""
    basic = b64encode(f"{CLIENT}:mock-secret".encode()).decode()
    form = "application/x-www-form-urlencoded"
    admin.app.test_client().post(
        TOKEN_PATH, data=body, headers={"Authorization": f"Basic {basic}", "Content-Type": form}
    )
    entry: dict[str, Any] = admin.get("/requests?include=body,headers")["requests"][-1]
    return entry


def test_body_is_shown_on_request_without_credentials(admin: Admin) -> None:
    entry = exchange(admin)
    assert entry["body"] == "grant_type=client_credentials&client_secret=[redacted]&note=[redacted]&x=1"
    assert entry["body_digest"] == sha256(FORM).hexdigest()
    assert "body" not in admin.get("/requests")["requests"][0]


def test_large_body_has_only_a_digest(admin: Admin) -> None:
    entry = exchange(admin, FORM + b"&y=" + b"y" * 5000)
    assert (entry["body"], entry["status"], len(entry["body_digest"])) == (None, 400, 64)


def test_request_without_a_body_shows_none(busy: Admin) -> None:
    assert {each["body"] for each in busy.get("/requests?include=body")["requests"]} == {None}


def test_path_filter_finds_no_credential(admin: Admin) -> None:
    admin.vendor("/analytics/v0/mock-augment-acme")
    assert ids(admin, path="/analytics/v0/mock*") == []
    assert ids(admin, path="/analytics/v0/[redacted]") == [1]


@pytest.mark.parametrize("path", ["/requests", "/clock", "/nowhere", "/lint"])
def test_long_query_string_is_refused_like_a_vendors(admin: Admin, path: str) -> None:
    refused = admin.refused("GET", f"{path}?path=/{'*a' * 15_000}")
    rule = f"the query string has 30006 bytes; at most {QUERY_MAXIMUM} are read; ask in several requests"
    assert refused.detail == rule


def test_one_request_is_read_with_its_body(admin: Admin) -> None:
    entry = exchange(admin)
    assert admin.get(f"/requests/{entry['id']}") == entry
    assert admin.get(f"/sandboxes/default/requests/{entry['id']}") == entry


@pytest.mark.parametrize("name", ["2", "0", "01", "one", "mock-augment-acme"])
def test_unknown_request_is_not_found(admin: Admin, name: str) -> None:
    admin.vendor()
    refused = admin.refused("GET", f"/requests/{name}", status=404)
    assert "in the journal: its id is unknown, or it was removed" in refused.detail
    assert "mock-augment-acme" not in refused.detail

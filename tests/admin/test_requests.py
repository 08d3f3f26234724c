"""The journal: every request of a client is in it once, oldest first, and every filter works."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver import vendors
from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS

VENDORS = ", ".join(vendor.name for vendor in vendors.discover())
OPERATIONS = ", ".join(route.operation for route in vendors.discover()[0].routes)
MOUNTS = ", ".join(mount for vendor in vendors.discover() for mount in vendor.mounts)
STATUS = "must be a status from 100 to 599, or a class of them, as in 4xx"
KNOWN = "vendor, operation, path, status, limit, after"
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
        "status": 200,
        "organization": "acme",
        "fault": None,
        "refusal": None,
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


@pytest.mark.parametrize(("microseconds", "shown"), ROUNDED.values(), ids=ROUNDED)
def test_duration_is_rounded_to_milliseconds(admin: Admin, microseconds: int, shown: int) -> None:
    admin.vendor()
    journal: Any = admin.journal
    (entry,) = journal
    journal.clear()
    journal.append(entry._replace(duration_us=microseconds))
    assert admin.get("/requests")["requests"][0]["duration_ms"] == shown

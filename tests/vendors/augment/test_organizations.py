"""The bundled organizations as a client of Augment sees them."""

from collections.abc import Callable

import pytest

from tests.contract.client import Client
from tests.vendors.augment import worlds

RECORDS = "/daily-user-activity-by-editor-language"


@pytest.fixture
def initech(opened: Callable[[str], Client]) -> Client:
    """A client at the organization that is awkward on purpose."""
    return opened("initech")


@pytest.mark.parametrize(("day", "users"), [("2025-09-16", 50), ("2025-09-17", 100), ("2025-09-18", 250)])
def test_initech_has_full_pages_exactly(initech: Client, day: str, users: int) -> None:
    [counted] = initech.got("/dau-count", start_date=day, end_date=day)["daily_active_user_counts"]
    assert counted["user_count"] == users
    page = initech.got("/dau", date=day, page_size=users)
    assert page["metadata"]["returned_user_count"] == len(page["users"]) == users
    assert page["pagination"] == {"next_cursor": "", "has_more": False}
    assert initech.got("/dau", date=day, page_size=users - 1)["pagination"]["has_more"] is True


@pytest.mark.parametrize(("first", "last"), [("2024-08-12", "2024-08-18"), ("2025-08-11", "2025-08-17")])
def test_silent_week_has_no_data(initech: Client, first: str, last: str) -> None:
    span = {"start_date": first, "end_date": last}
    assert [row["user_count"] for row in initech.got("/dau-count", **span)["daily_active_user_counts"]] == [0] * 7
    assert initech.got("/daily-usage", **span)["daily_usage"] == []
    assert initech.got("/daily-usage", **span)["metadata"]["total_days"] == 0
    assert initech.got("/user-activity", **span)["users"] == []


def test_user_can_be_active_on_one_day_only(initech: Client) -> None:
    span = {"start_date": "2025-08-01", "end_date": "2025-10-20"}
    [row] = [
        row
        for row in initech.paginate("/user-activity", **span, page_size=100)
        if row.get("user_email") == "one.day@initech.example"
    ]
    assert row["active_days"] == 1
    assert {"user_email": "one.day@initech.example"} in initech.paginate("/dau", date="2025-10-14")


def test_user_can_leave_in_the_middle_of_a_month(initech: Client) -> None:
    def users(first: str, last: str) -> set[str]:
        rows = initech.paginate("/user-activity", start_date=first, end_date=last, page_size=100)
        return {str(row.get("user_email")) for row in rows}

    assert "mid.month@initech.example" in users("2025-10-01", "2025-10-14")
    assert "mid.month@initech.example" not in users("2025-10-15", "2025-10-20")


def test_addresses_are_served_as_written(initech: Client) -> None:
    span = {"start_date": "2025-08-01", "end_date": "2025-10-20"}
    emails = {row.get("user_email") for row in initech.paginate("/user-activity", **span, page_size=100)}
    written = {"Siobhan.O'Brien@Initech.Example", "nikos@INITECH.example", "BOB.P@consultants.example"}
    assert written <= emails


def test_organization_without_activity_has_empty_answers(opened: Callable[[str], Client]) -> None:
    empty = opened("empty")
    counts = empty.got("/dau-count")["daily_active_user_counts"]
    assert [row["user_count"] for row in counts] == [0] * 7
    assert empty.got("/daily-usage")["daily_usage"] == []
    for path, key in (("/dau", "users"), ("/user-activity", "users"), (RECORDS, "records")):
        page = empty.got(path)
        assert (page[key], page["pagination"]) == ([], {"next_cursor": "", "has_more": False})


@pytest.mark.parametrize("organization", ["acme", "globex", "hooli"])
def test_active_organization_has_every_kind_of_row(opened: Callable[[str], Client], organization: str) -> None:
    records = opened(organization).got(RECORDS, page_size=100)["records"]
    assert len({worlds.name(row) for row in records}) > 10
    assert len({row["language"] for row in records}) >= 4
    assert {"VSCode", "JetBrains", "CLI"} <= {row["editor"] for row in records}


def test_acme_has_service_accounts(opened: Callable[[str], Client]) -> None:
    users = opened("acme").paginate("/user-activity", page_size=100)
    assert [row for row in users if "service_account_name" in row]

"""Freshness: when the data of a day arrive, and the answers before that (contract, section 3, freshness)."""

import pytest

from tests.contract.client import Client

YESTERDAY = "2025-10-20"  # a Monday
RANGED = ("/dau-count", "/daily-usage", "/user-activity")
DATED = ("/dau", "/daily-user-activity-by-editor-language")

ARRIVED = {
    "midnight": ("2025-10-21T00:00:00Z", 2, False),
    "an hour later": ("2025-10-21T01:00:00Z", 2, False),
    "the last timestamp before": ("2025-10-21T01:59:59.999999Z", 2, False),
    "two o'clock": ("2025-10-21T02:00:00Z", 2, True),
    "the end of the day": ("2025-10-21T23:59:59.999999Z", 2, True),
    "published at midnight": ("2025-10-21T00:00:00Z", 0, True),
    "a late day, just before": ("2025-10-21T10:29:59Z", 11, False),
    "a late day, just before the hour": ("2025-10-21T10:59:59Z", 11, False),
    "a late day, on the hour": ("2025-10-21T11:00:00Z", 11, True),
    "the latest hour, before": ("2025-10-21T22:59:59Z", 23, False),
    "the latest hour": ("2025-10-21T23:00:00Z", 23, True),
}
EARLY = ("2025-10-21T00:00:00Z", "2025-10-21T01:59:59.999Z")


@pytest.mark.parametrize(("now", "hour", "arrived"), ARRIVED.values(), ids=ARRIVED)
def test_data_arrive_at_the_publication_hour_of_the_next_day(
    augment: Client, now: str, hour: int, *, arrived: bool
) -> None:
    augment.at(now).switched(publication_hour=hour)
    [counted] = augment.got("/dau-count", start_date=YESTERDAY)["daily_active_user_counts"]
    assert (counted["user_count"] > 0) is arrived
    assert bool(augment.got("/daily-usage", start_date=YESTERDAY)["daily_usage"]) is arrived
    assert bool(augment.got("/user-activity", start_date=YESTERDAY)["users"]) is arrived
    assert bool(augment.got("/dau")["users"]) is arrived
    assert bool(augment.got("/daily-user-activity-by-editor-language")["records"]) is arrived


@pytest.mark.parametrize("now", EARLY)
def test_yesterday_is_empty_before_publication(augment: Client, now: str) -> None:
    augment.at(now)
    counted = augment.got("/dau-count", start_date="2025-10-14", end_date=YESTERDAY)
    assert [row["date"] for row in counted["daily_active_user_counts"]][-1] == YESTERDAY
    assert counted["daily_active_user_counts"][-1]["user_count"] == 0
    assert counted["daily_active_user_counts"][-4]["user_count"] > 0
    used = augment.got("/daily-usage", start_date="2025-10-14", end_date=YESTERDAY)
    assert YESTERDAY not in [row["date"] for row in used["daily_usage"]]
    assert used["metadata"]["effective_end_date"] == YESTERDAY
    for path in DATED:
        page = augment.got(path, date=YESTERDAY)
        assert page["pagination"] == {"next_cursor": "", "has_more": False}
        assert page["metadata"]["effective_date"] == YESTERDAY


def test_user_activity_before_publication_has_earlier_days(augment: Client) -> None:
    early = augment.at(EARLY[0]).paginate("/user-activity", start_date="2025-10-15", end_date=YESTERDAY)
    known = augment.at("2025-10-21T12:00:00Z").paginate(
        "/user-activity", start_date="2025-10-15", end_date="2025-10-19"
    )
    assert early == known != []


def test_cursor_into_a_day_without_data_leads_to_nothing(augment: Client) -> None:
    cursor = augment.got("/dau", page_size=1)["pagination"]["next_cursor"]
    augment.at(EARLY[0])
    for path in DATED:
        assert augment.get(path, {"cursor": cursor}).json["pagination"]["has_more"] is False


@pytest.mark.parametrize("now", EARLY)
def test_yesterday_can_be_refused_before_publication(augment: Client, now: str) -> None:
    augment.at(now).switched(before_publication="reject")
    for query in (f"start_date={YESTERDAY}", f"end_date={YESTERDAY}", f"start_date=2025-10-14&end_date={YESTERDAY}"):
        for path in RANGED:
            assert augment.get(path, query).code == "InvalidArgument"
    for path in DATED:
        answer = augment.get(path, f"date={YESTERDAY}")
        assert answer.message.startswith("date cannot be later than 2025-10-19")


def test_default_range_can_end_the_day_before_yesterday(augment: Client) -> None:
    augment.at(EARLY[0]).switched(before_publication="reject")
    for path in RANGED:
        metadata = augment.got(path)["metadata"]
        assert (metadata["effective_start_date"], metadata["effective_end_date"]) == ("2025-10-13", "2025-10-19")
        cut = augment.got(path, start_date="2025-10-17")["metadata"]
        assert cut["effective_end_date"] == "2025-10-19"
    for path in DATED:
        assert augment.got(path)["metadata"]["effective_date"] == "2025-10-19"


def test_before_publication_changes_nothing_after_publication(augment: Client) -> None:
    before = [augment.get(path).body for path in (*RANGED, *DATED)]
    augment.switched(before_publication="reject")
    assert [augment.get(path).body for path in (*RANGED, *DATED)] == before


def test_oldest_day_is_counted_from_yesterday(augment: Client) -> None:
    for option in ("empty", "reject"):
        augment.at(EARLY[0]).switched(before_publication=option)
        assert augment.get("/dau", "date=2023-10-20").status == 200
        assert augment.get("/dau", "date=2023-10-19").status == 400


def test_answer_changes_when_data_arrive(augment: Client) -> None:
    """What was answered before may have been kept; it must not outlive the moment."""
    augment.at("2025-10-21T01:59:59.999999Z")
    before = augment.got("/dau")["users"]
    after = augment.at("2025-10-21T02:00:00Z").got("/dau")["users"]
    assert (before, bool(after)) == ([], True)

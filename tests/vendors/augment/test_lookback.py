"""Lookback: the oldest allowed day, and a start before it (contract, section 3, the oldest day)."""

import pytest

from tests.contract.client import Client

RANGED = ("/dau-count", "/daily-usage", "/user-activity")
DATED = ("/dau", "/daily-user-activity-by-editor-language")

# Oldest day: two years before yesterday; 29 February becomes 28 February.
OLDEST = {
    "yesterday is 29 February": ("2024-03-01T10:00:00Z", "2022-02-28"),
    "yesterday is 28 February of a leap year": ("2024-02-29T10:00:00Z", "2022-02-28"),
    "yesterday is 1 March of a leap year": ("2024-03-02T10:00:00Z", "2022-03-01"),
    "29 February lies two years back": ("2026-03-01T10:00:00Z", "2024-02-28"),
    "29 February lies just within": ("2026-02-28T10:00:00Z", "2024-02-27"),
    "29 February lies just beyond": ("2026-03-02T10:00:00Z", "2024-03-01"),
    "yesterday is New Year's Eve": ("2026-01-01T10:00:00Z", "2023-12-31"),
    "the last timestamp of a day": ("2025-10-20T23:59:59.999999Z", "2023-10-19"),
    "the first timestamp of a day": ("2025-10-21T00:00:00Z", "2023-10-20"),
}


@pytest.mark.parametrize(("now", "oldest"), OLDEST.values(), ids=OLDEST)
def test_oldest_day_is_two_years_before_yesterday(augment: Client, now: str, oldest: str) -> None:
    augment.at(now)
    assert augment.get("/dau", f"date={oldest}").status == 200
    assert augment.get("/dau-count", f"start_date={oldest}").status == 200
    refused = augment.get("/dau", "date=1990-01-01")
    assert refused.message.startswith(f"date cannot be earlier than {oldest}")


# The switch `lookback_exceeded` at `clamp`: the start moves up first, then the 7-day and the 90-day rules apply.
CLAMPED = {
    "start only": ("start_date=2020-01-01", "2023-10-20", "2023-10-26"),
    "one day too old": ("start_date=2023-10-19", "2023-10-20", "2023-10-26"),
    "both": ("start_date=2020-01-01&end_date=2023-11-01", "2023-10-20", "2023-11-01"),
    "both, to the oldest day": ("start_date=2020-01-01&end_date=2023-10-20", "2023-10-20", "2023-10-20"),
    "both, 90 days are left": ("start_date=2020-01-01&end_date=2024-01-17", "2023-10-20", "2024-01-17"),
}
CLAMPED_AND_REFUSED = {
    "91 days are left": "start_date=2020-01-01&end_date=2024-01-18",
    "the end is too old": "start_date=2020-01-01&end_date=2023-10-19",
    "an end alone is too old": "end_date=2023-10-19",
}


@pytest.mark.parametrize(("query", "first", "last"), CLAMPED.values(), ids=CLAMPED)
@pytest.mark.parametrize("path", RANGED)
def test_clamping_moves_the_start_before_the_other_rules(
    augment: Client, path: str, query: str, first: str, last: str
) -> None:
    metadata = augment.switched(lookback_exceeded="clamp").get(path, query).json["metadata"]
    assert (metadata["effective_start_date"], metadata["effective_end_date"]) == (first, last)


@pytest.mark.parametrize("query", CLAMPED_AND_REFUSED.values(), ids=CLAMPED_AND_REFUSED)
@pytest.mark.parametrize("path", RANGED)
def test_clamping_concerns_only_the_start(augment: Client, path: str, query: str) -> None:
    assert augment.switched(lookback_exceeded="clamp").get(path, query).code == "InvalidArgument"


@pytest.mark.parametrize("path", DATED)
def test_single_day_is_not_clamped(augment: Client, path: str) -> None:
    """Section 3 clamps starts of ranges; an end that is too old is refused all the same, and so is a day."""
    assert augment.switched(lookback_exceeded="clamp").get(path, "date=2023-10-19").code == "InvalidArgument"


BOUNDS = {
    "before the organization was there": ("1999-06-15T12:00:00Z", "1999-06-08", "1999-06-14"),
    "the first timestamp of a clock": ("1971-01-01T00:00:00Z", "1970-12-25", "1970-12-31"),
    "the last timestamp of a clock": ("2199-12-31T23:59:59.999999Z", "2199-12-24", "2199-12-30"),
    "a leap day in a century": ("2000-02-29T12:00:00Z", "2000-02-22", "2000-02-28"),
    "a century without one": ("2100-03-01T12:00:00Z", "2100-02-22", "2100-02-28"),
}


@pytest.mark.parametrize(("now", "first", "last"), BOUNDS.values(), ids=BOUNDS)
def test_every_endpoint_answers_at_any_time(augment: Client, now: str, first: str, last: str) -> None:
    augment.at(now)
    for path in RANGED:
        metadata = augment.got(path)["metadata"]
        assert (metadata["effective_start_date"], metadata["effective_end_date"]) == (first, last)
    for path in DATED:
        assert augment.got(path)["metadata"]["effective_date"] == last


def test_nobody_is_active_before_the_first_day(augment: Client) -> None:
    augment.at("1999-06-15T12:00:00Z")
    counts = augment.got("/dau-count")["daily_active_user_counts"]
    assert [row["user_count"] for row in counts] == [0] * 7
    assert augment.got("/user-activity")["users"] == []

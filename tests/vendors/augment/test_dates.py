"""Allowed days, and the range of a query (contract, section 3, without freshness)."""

import pytest

from tests.contract.client import Client

RANGED = ("/dau-count", "/daily-usage", "/user-activity")
DATED = ("/dau", "/daily-user-activity-by-editor-language")

# The clock stands at 2025-10-21T10:30:00Z: yesterday is 2025-10-20, the oldest day 2023-10-20.
EFFECTIVE = {
    "neither": ("", "2025-10-14", "2025-10-20"),
    "start only": ("start_date=2025-09-01", "2025-09-01", "2025-09-07"),
    "start only, cut at yesterday": ("start_date=2025-10-17", "2025-10-17", "2025-10-20"),
    "start only, yesterday": ("start_date=2025-10-20", "2025-10-20", "2025-10-20"),
    "start only, a whole week to yesterday": ("start_date=2025-10-14", "2025-10-14", "2025-10-20"),
    "start only, the oldest": ("start_date=2023-10-20", "2023-10-20", "2023-10-26"),
    "end only": ("end_date=2025-09-30", "2025-09-24", "2025-09-30"),
    "end only, yesterday": ("end_date=2025-10-20", "2025-10-14", "2025-10-20"),
    "end only, its start clamped": ("end_date=2023-10-22", "2023-10-20", "2023-10-22"),
    "end only, the oldest": ("end_date=2023-10-20", "2023-10-20", "2023-10-20"),
    "both": ("start_date=2025-10-15&end_date=2025-10-20", "2025-10-15", "2025-10-20"),
    "both, one day": ("start_date=2025-10-15&end_date=2025-10-15", "2025-10-15", "2025-10-15"),
    "both, across February of a leap year": ("start_date=2024-02-28&end_date=2024-03-01", "2024-02-28", "2024-03-01"),
    "both, 29 February": ("start_date=2024-02-29&end_date=2024-02-29", "2024-02-29", "2024-02-29"),
    "both, 90 days": ("start_date=2025-07-23&end_date=2025-10-20", "2025-07-23", "2025-10-20"),
    "both, the oldest 90 days": ("start_date=2023-10-20&end_date=2024-01-17", "2023-10-20", "2024-01-17"),
}

REFUSED_RANGES = {
    "91 days": ("start_date=2025-07-22&end_date=2025-10-20", "end_date", "longer than 90 days"),
    "a start after the end": ("start_date=2025-10-16&end_date=2025-10-15", "start_date", "later than end_date"),
    "an end today": ("end_date=2025-10-21", "end_date", "later than yesterday (UTC)"),
    "an end in the future": ("end_date=2999-12-31", "end_date", "later than yesterday (UTC)"),
    "a start today": ("start_date=2025-10-21", "start_date", "later than yesterday (UTC)"),
    "a start and an end today": (
        "start_date=2025-10-21&end_date=2025-10-21",
        "start_date",
        "later than yesterday (UTC)",
    ),
    "an end beyond the oldest": ("end_date=2023-10-19", "end_date", "earlier than 2023-10-20"),
    "a start beyond the oldest": ("start_date=2023-10-19", "start_date", "earlier than 2023-10-20"),
    "the year 1": ("start_date=0001-01-01", "start_date", "earlier than 2023-10-20"),
}

MALFORMED = {
    "no zeros": "2025-1-5",
    "a space before": " 2025-01-05",
    "a space behind": "2025-01-05 ",
    "a line end behind": "2025-01-05\n",
    "full-width digits": "\uff12\uff10\uff12\uff15-01-05",
    "Arabic digits": "\u0662\u0660\u0662\u0665-01-05",
    "a day that does not exist": "2025-02-30",
    "29 February of a common year": "2025-02-29",
    "a month that does not exist": "2025-13-01",
    "the day zero": "2025-01-00",
    "the year zero": "0000-01-01",
    "no hyphens": "20250105",
    "slashes": "2025/01/05",
    "a week": "2025-W01-1",
    "a day of the year": "2025-005",
    "a timestamp": "2025-01-05T00:00:00Z",
    "the other way round": "05-01-2025",
    "a minus": "-2025-01-05",
    "five digits": "12025-01-05",
    "a word": "yesterday",
    "NUL": "2025-01-05\0",
    "very long": "2" * 5000,
}


@pytest.mark.parametrize(("query", "first", "last"), EFFECTIVE.values(), ids=EFFECTIVE)
@pytest.mark.parametrize("path", RANGED)
def test_effective_range_follows_from_the_given_dates(
    augment: Client, path: str, query: str, first: str, last: str
) -> None:
    answer = augment.get(path, query)
    assert answer.status == 200, answer.body
    metadata = answer.json["metadata"]
    assert (metadata["effective_start_date"], metadata["effective_end_date"]) == (first, last)


@pytest.mark.parametrize(("query", "name", "rule"), REFUSED_RANGES.values(), ids=REFUSED_RANGES)
@pytest.mark.parametrize("path", RANGED)
def test_invalid_range_is_400_and_names_both_dates(
    augment: Client, path: str, query: str, name: str, rule: str
) -> None:
    answer = augment.get(path, query)
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert rule in answer.message
    assert name in answer.message or "range" in answer.message


def test_documented_messages_are_used(augment: Client) -> None:
    answer = augment.get("/dau-count", "end_date=2025-10-21")
    assert answer.message == "end_date cannot be later than yesterday (UTC)"


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_malformed_date_of_a_range_is_400(augment: Client, name: str, text: str) -> None:
    answer = augment.get("/daily-usage", {name: text})
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.message.startswith(f"{name} must be a date that exists, written YYYY-MM-DD")
    assert len(answer.message) < 200


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("path", DATED)
def test_malformed_date_of_a_day_is_400(augment: Client, path: str, text: str) -> None:
    answer = augment.get(path, {"date": text})
    assert (answer.status, answer.code) == (400, "InvalidArgument")


DAYS = {
    "left out": ("", "2025-10-20"),
    "yesterday": ("date=2025-10-20", "2025-10-20"),
    "before": ("date=2025-10-15", "2025-10-15"),
    "29 February": ("date=2024-02-29", "2024-02-29"),
    "the oldest": ("date=2023-10-20", "2023-10-20"),
}
REFUSED_DAYS = {
    "today": ("date=2025-10-21", "date cannot be later than yesterday (UTC)"),
    "the last day there is": ("date=9999-12-31", "date cannot be later than yesterday (UTC)"),
    "beyond the oldest": ("date=2023-10-19", "date cannot be earlier than 2023-10-20"),
}


@pytest.mark.parametrize(("query", "day"), DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("path", DATED)
def test_default_day_is_yesterday(augment: Client, path: str, query: str, day: str) -> None:
    answer = augment.get(path, query)
    assert (answer.status, answer.json["metadata"]["effective_date"]) == (200, day)


@pytest.mark.parametrize(("query", "rule"), REFUSED_DAYS.values(), ids=REFUSED_DAYS)
@pytest.mark.parametrize("path", DATED)
def test_day_outside_the_period_is_400(augment: Client, path: str, query: str, rule: str) -> None:
    answer = augment.get(path, query)
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.message.startswith(rule)


def test_total_days_counts_the_days_of_the_range(augment: Client) -> None:
    for path in ("/dau-count", "/user-activity"):
        metadata = augment.got(path, start_date="2025-08-01", end_date="2025-08-31")["metadata"]
        assert metadata["total_days"] == 31

"""Promises about needless requests: which are findings, and which are not."""

from datetime import UTC, datetime

import pytest

from tests.conduct.stories import Line, journal, line, violations

COUNT, METRICS, USAGE = "getDauCount", "getMetrics", "getOrganizationUsage"
USERS, MONTHS = "getOrganizationUsers", "getOrganizationAccountUtilizations"
NIGHT = datetime(2025, 10, 21, 1, 0, tzinfo=UTC)


def days(operation: str, query: str, count: int = 5) -> list[Line]:
    """A request for each of so many days."""
    return [line(operation, query.format(day=f"{day:02}", next=f"{day + 1:02}")) for day in range(1, count + 1)]


CASES: dict[str, tuple[str, list[Line], list[int]]] = {
    "the same twice": ("same-question-again", [line(COUNT), line(COUNT)], [2]),
    "the same in another order": (
        "same-question-again",
        [line("getDau", "date=2025-10-01&page_size=9"), line("getDau", "page_size=9&date=2025-10-01")],
        [2],
    ),
    "the same hours later, perhaps after a restart": (
        "same-question-again",
        [line(COUNT), line(COUNT, after=7200)],
        [],
    ),
    "the same every few hours": ("same-question-again", [line(COUNT, after=7200)] * 4, [3, 4]),
    "a page again at once": ("same-question-again", [line("getDau", "cursor=a")] * 2, [2]),
    "a page again after a minute, to resume": (
        "same-question-again",
        [line("getDau", "cursor=a", after=60)] * 3,
        [3],
    ),
    "the same a minute later": ("same-question-again", [line(COUNT, after=60)] * 2, [2]),
    "two pages": ("same-question-again", [line("getDau"), line("getDau", "cursor=a")], []),
    "by another token": ("same-question-again", [line(COUNT), line(COUNT, grant="other")], []),
    "again after a failure": ("same-question-again", [line(COUNT, status=500), line(COUNT)], []),
    "again after a damaged answer": ("same-question-again", [line(COUNT, fault="truncated"), line(COUNT)], []),
    "again the next day": ("same-question-again", [line(COUNT), line(COUNT, after=86_400)], []),
    "a range that has passed": ("same-question-again", [line(METRICS, "toDate=2025-10-20")] * 2, [2]),
    "a range with today in it": ("same-question-again", [line(METRICS, "toDate=2025-10-21")] * 2, []),
    "a usage that has passed": ("same-question-again", [line(USAGE, "to=2025-10-21T10:00:00Z")] * 2, [2]),
    "a usage up to later": ("same-question-again", [line(USAGE, "to=2025-10-21T23:00:00Z")] * 2, []),
    "an invalid range": ("same-question-again", [line(METRICS, "toDate=soon")] * 2, []),
    "a request without dates": ("same-question-again", [line("getOrganization")] * 2, []),
    "Augment day by day": (
        "day-by-day",
        days(COUNT, "start_date=2025-10-{day}&end_date=2025-10-{day}"),
        [1, 2, 3, 4, 5],
    ),
    "IDE Services day by day": (
        "day-by-day",
        days(METRICS, "fromDate=2025-10-{day}&toDate=2025-10-{day}"),
        [1, 2, 3, 4, 5],
    ),
    "Tabnine day by day": (
        "day-by-day",
        days(USAGE, "from=2025-10-{day}T00:00:00Z&to=2025-10-{next}T00:00:00Z"),
        [1, 2, 3, 4, 5],
    ),
    "four single days": ("day-by-day", days(COUNT, "start_date=2025-10-{day}&end_date=2025-10-{day}", 4), []),
    "one single day five times": ("day-by-day", [line(COUNT, "start_date=2025-10-01&end_date=2025-10-01")] * 5, []),
    "ranges of two days": ("day-by-day", days(COUNT, "start_date=2025-10-{day}&end_date=2025-10-{next}"), []),
    "five users, one day each": (
        "day-by-day",
        [
            line(USAGE, f"userId={who}&from=2025-10-0{who}T00:00:00Z&to=2025-10-0{who + 1}T00:00:00Z")
            for who in range(1, 6)
        ],
        [],
    ),
    "single days that no range returns": (
        "day-by-day",
        days("getUserActivity", "start_date=2025-10-{day}&end_date=2025-10-{day}"),
        [],
    ),
    "yesterday, every day": (
        "day-by-day",
        [line(COUNT, f"start_date=2025-10-2{day}&end_date=2025-10-2{day}", after=86_400) for day in range(1, 7)],
        [],
    ),
    "invalid days": ("day-by-day", days(COUNT, "start_date=x{day}&end_date=x{day}"), []),
    "no dates": ("day-by-day", [line(COUNT)] * 5, []),
    "users three times": ("users-polled", [line(USERS, "offset=0&limit=50")] * 3, [3]),
    "users three times, in other pages": (
        "users-polled",
        [line(USERS, f"offset=0&limit={limit}") for limit in (50, 60, 70)],
        [3],
    ),
    "users twice": ("users-polled", [line(USERS, "offset=0&limit=50")] * 2, []),
    "users, page by page": ("users-polled", [line(USERS, f"offset={at}&limit=5") for at in (0, 5, 10, 15)], []),
    "users with three filters": (
        "users-polled",
        [line(USERS, f"offset=0&limit=0{query}") for query in ("", "&active=true", "&active=false")],
        [],
    ),
    "a request for today": ("today-requested", [line("getDau", "date=2025-10-21", 400)], [1]),
    "a range up to today": ("today-requested", [line(COUNT, "start_date=2025-10-01&end_date=2025-10-21", 400)], [1]),
    "yesterday": ("today-requested", [line("getDau", "date=2025-10-20")], []),
    "another error": ("today-requested", [line("getDau", "date=2025-10-20&page_size=0", 400)], []),
    "no date": ("today-requested", [line("getDau", "date=today", 400)], []),
    "month 00": ("month-index", [line(MONTHS, "startDate=2025-00", 400)], [1]),
    "month 01": ("month-index", [line(MONTHS, "startDate=2025-01")], []),
    "no month": ("month-index", [line(MONTHS), line("getOrganization", "startDate=2025-00")], []),
    "limit hits under v1": ("older-version", [line("getLimitHitsV1")], [1]),
    "adoption under v1, as documented": ("older-version", [line("getUsersAdoptionV1")], []),
}


@pytest.mark.parametrize(("rule", "lines", "ids"), CASES.values(), ids=CASES)
def test_needless_requests_are_found(rule: str, lines: list[Line], ids: list[int]) -> None:
    assert violations(rule, journal(lines)) == ids


@pytest.mark.parametrize(
    ("published", "after", "ids"),
    [
        pytest.param(2, 1800, [2], id="before the data arrive"),
        pytest.param(2, 3540, [2], id="just before"),
        pytest.param(2, 3600, [], id="once the data have arrived"),
        pytest.param(1, 1800, [2], id="long after an earlier hour"),
        pytest.param(3, 3540, [2], id="before a later hour"),
    ],
)
def test_data_day_begins_when_the_data_arrive(published: int, after: int, ids: list[int]) -> None:
    assert (
        violations(
            "same-question-again",
            journal([line(COUNT, after=0), line(COUNT, after=after)], NIGHT),
            hours={"augment": published},
        )
        == ids
    )

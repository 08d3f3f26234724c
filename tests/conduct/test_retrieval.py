"""Tests of the rules about retrieving data: which requests are findings, and which are not."""

from datetime import UTC, datetime

import pytest

from tests.conduct.stories import Line, journal, line, violations

COUNT, DAU, METRICS, USAGE = "getDauCount", "getDau", "getMetrics", "getOrganizationUsage"
CREDITS, COSTS = "getCreditUsageByUser", "queryCostAnalytics"
FIRST_COSTS = '{"group_by_keys": ["a"], "page_size": 5}'
SECOND_COSTS = '{"page_size": 5, "group_by_keys": ["a"], "cursor": "b"}'
THIRD_COSTS = '{"cursor": "c", "group_by_keys": ["a"]}'
ROWS, USERS, MONTHS = "getUsersPaged", "getOrganizationUsers", "getOrganizationAccountUtilizations"
A, B = "fromDate=2025-10-01&toDate=2025-10-02", "fromDate=2025-10-01&toDate=2025-10-03"
NIGHT = datetime(2025, 10, 21, 1, 0, tzinfo=UTC)


def days(operation: str, query: str, count: int = 5) -> list[Line]:
    """A request for each of so many days."""
    return [line(operation, query.format(day=f"{day:02}", next=f"{day + 1:02}")) for day in range(1, count + 1)]


def pages(operation: str = DAU, query: str = "", **fields: object) -> list[Line]:
    """Three pages in order."""
    return [
        line(operation, query, next_page="b", **fields),  # type: ignore[arg-type]
        line(operation, f"{query}&cursor=b", next_page="c", **fields),  # type: ignore[arg-type]
        line(operation, f"{query}&cursor=c", **fields),  # type: ignore[arg-type]
    ]


def posted(*bodies: str | None, next_pages: str = "bc") -> list[Line]:
    """Pages of costs, whose page is in the body of the request; None for a body that the journal does not have."""
    leading = (*next_pages, None)
    return [
        line(
            COSTS, method="POST", body_digest=f"digest {index}", body_text=body, next_page=leading[index % len(leading)]
        )
        for index, body in enumerate(bodies)
    ]


def offsets(*afters: float) -> list[Line]:
    """Three pages of users by offset, with the seconds before each."""
    leading = ("50", "100", None)
    return [
        line(USERS, f"offset={index * 50}&limit=50", after=after, next_page=leading[index])
        for index, after in enumerate(afters)
    ]


CASES: dict[str, tuple[str, list[Line], list[int]]] = {
    "the same twice": ("same-question-again", [line(COUNT), line(COUNT)], [2]),
    "credits, which grow": ("same-question-again", [line(CREDITS), line(CREDITS)], []),
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
    "credits of today": ("today-requested", [line(CREDITS, "end_date=2025-10-21&page_size=0", 400)], []),
    "credits day by day": (
        "day-by-day",
        days(CREDITS, "start_date=2025-10-{day}&end_date=2025-10-{day}"),
        [1, 2, 3, 4, 5],
    ),
    "yesterday": ("today-requested", [line("getDau", "date=2025-10-20")], []),
    "another error": ("today-requested", [line("getDau", "date=2025-10-20&page_size=0", 400)], []),
    "no date": ("today-requested", [line("getDau", "date=today", 400)], []),
    "month 00": ("month-index", [line(MONTHS, "startDate=2025-00", 400)], [1]),
    "month 01": ("month-index", [line(MONTHS, "startDate=2025-01")], []),
    "no month": ("month-index", [line(MONTHS), line("getOrganization", "startDate=2025-00")], []),
    "agent usage without a range": (
        "agent-range",
        [
            line("getOrganizationAgentUsage", "startDate=2025-09-01&endDate=2025-10-01", 500),
            line("getOrganizationAgentUsage", "from=2025-09-01T00:00:00Z&to=2025-10-01T00:00:00Z"),
            line("getOrganizationUsage", "granularity=all", 400),
        ],
        [1],
    ),
    "limit hits under v1": ("older-version", [line("getLimitHitsV1")], [1]),
    "adoption under v1, as documented": ("older-version", [line("getUsersAdoptionV1")], []),
    "the first page alone": ("pagination-abandoned", pages()[:1], [1]),
    "all but the last page": ("pagination-abandoned", pages()[:2], [2]),
    "all pages": ("pagination-abandoned", pages(), []),
    "until a refusal": ("pagination-abandoned", [pages()[0], line(DAU, "cursor=b", 429)], []),
    "a damaged page": ("pagination-abandoned", [line(DAU, next_page="b", fault="truncated")], []),
    "two lists, one of them to the end": ("pagination-abandoned", [*pages(ROWS, A), pages(ROWS, B)[0]], [4]),
    "a next page of another size": (
        "pagination-abandoned",
        [line(ROWS, "limit=10", next_page="b"), line(ROWS, "limit=90&cursor=b")],
        [],
    ),
    "one after the other": ("pages-out-of-order", offsets(1, 1, 1), []),
    "all at once": ("pages-out-of-order", offsets(1, 0.0001, 0.0001), [2, 3]),
    "in reverse": ("pages-out-of-order", [*reversed(offsets(1, 1, 1))], [1, 2]),
    "again when the pages are known": ("pages-out-of-order", [*offsets(1, 1, 1), *offsets(1, 1, 1)], []),
    "from an arbitrary offset": ("pages-out-of-order", [line(USERS, "offset=700&limit=50")], []),
    "the cursor with another range": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, f"{B}&cursor=b")],
        [2],
    ),
    "a refused cursor with another range": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, f"{B}&cursor=b", 400)],
        [2],
    ),
    "the cursor with another size": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, f"{A}&cursor=b&limit=90")],
        [],
    ),
    "a cursor from two requests": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, B, next_page="b"), line(ROWS, f"{B}&cursor=b")],
        [],
    ),
    "a cursor from before the journal": ("cursor-with-other-filters", [line(ROWS, f"{A}&cursor=b")], []),
    "a cursor twice": ("cursor-used-twice", [*pages(), line(DAU, "cursor=b")], [4]),
    "a cursor again after a failure": (
        "cursor-used-twice",
        [pages()[0], line(DAU, "cursor=b", 503), line(DAU, "cursor=b")],
        [],
    ),
    "the whole list twice": ("cursor-used-twice", [*pages(), *pages()], []),
    "a cursor from before the journal, twice": ("cursor-used-twice", [line(DAU, "cursor=b")] * 2, []),
    "a probe of one row": ("pagination-abandoned", [line(DAU, "page_size=1", next_page="b")], []),
    "a probe of the total": ("pagination-abandoned", [line(USERS, "offset=0&limit=1", next_page="1")], []),
    "pages of one row, not to the end": (
        "pagination-abandoned",
        [line(DAU, "page_size=1", next_page="b"), line(DAU, "page_size=1&cursor=b", next_page="c")],
        [2],
    ),
    "all other pages at once, with a known total": (
        "pages-out-of-order",
        [
            offsets(1)[0],
            line(USERS, "offset=50&limit=50", after=0.002, next_page="100"),
            line(USERS, "offset=100&limit=50", after=0.0001, next_page="150"),
            line(USERS, "offset=150&limit=50", after=0.0001),
        ],
        [3, 4],
    ),
    "a cursor again, to resume": (
        "cursor-used-twice",
        [
            *pages()[:2],
            line(DAU, "cursor=b", after=60, next_page="c"),
            line(DAU, "cursor=c"),
            line(DAU, "cursor=b", after=60),
        ],
        [5],
    ),
    "a cursor from two requests, one of them delayed": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, B, next_page="b", fault="slow"), line(ROWS, f"{B}&cursor=b")],
        [],
    ),
    "pages in bodies, to the end": ("pagination-abandoned", posted(FIRST_COSTS, SECOND_COSTS, THIRD_COSTS), []),
    "pages in bodies, not to the end": ("pagination-abandoned", posted(FIRST_COSTS, SECOND_COSTS), [2]),
    "a page in an empty object": ("pagination-abandoned", posted("{}", '{"cursor": "b"}', '{"cursor": "c"}'), []),
    "a page in a body with null": ("pagination-abandoned", posted('{"cursor": null}', '{"cursor": "b"}'), [2]),
    "pages in a body with other fields": (
        "cursor-with-other-filters",
        posted(FIRST_COSTS, '{"group_by_keys": ["b"], "cursor": "b"}'),
        [2],
    ),
    "a cursor in a body twice": (
        "cursor-used-twice",
        posted(FIRST_COSTS, SECOND_COSTS, THIRD_COSTS, SECOND_COSTS),
        [4],
    ),
    "a page in a body that is too large for the journal": ("pagination-abandoned", posted(None), []),
    "a page in a body that is no object": ("pagination-abandoned", posted("[]", "no JSON", "[" * 4000), []),
    "the same costs again": ("same-question-again", posted(FIRST_COSTS, FIRST_COSTS, next_pages=""), [2]),
    "the same body without its text": ("same-question-again", posted(None, None, next_pages=""), []),
    "the first page alone, without rows": (
        "stopped-at-empty-page",
        [line(DAU, next_page="b", is_empty_page=True)],
        [1],
    ),
    "an empty page that is followed": (
        "stopped-at-empty-page",
        [line(DAU, next_page="b", is_empty_page=True), line(DAU, "cursor=b")],
        [],
    ),
    "stopped at a page with rows": ("stopped-at-empty-page", pages()[:2], []),
    "stopped at an empty page, which another rule finds": (
        "pagination-abandoned",
        [line(DAU, next_page="b", is_empty_page=True)],
        [],
    ),
    "a page that leads to itself": (
        "repeated-cursor-followed",
        [pages()[0], *[line(DAU, "cursor=b", next_page="b")] * 3],
        [3, 4],
    ),
    "a page that leads to itself, not followed": (
        "repeated-cursor-followed",
        [pages()[0], line(DAU, "cursor=b", next_page="b")],
        [],
    ),
    "a page that leads to one before it": (
        "repeated-cursor-followed",
        [*pages()[:2], line(DAU, "cursor=c", next_page="b"), line(DAU, "cursor=b")],
        [4],
    ),
    "an offset that leads to itself": (
        "repeated-cursor-followed",
        [line(USERS, "offset=0&limit=50", next_page="50"), *[line(USERS, "offset=50&limit=50", next_page="50")] * 2],
        [3],
    ),
    "the whole list again": ("repeated-cursor-followed", [*pages(), *pages()], []),
    "the list again from its second page": ("repeated-cursor-followed", [*pages(), *pages()[1:]], []),
    "a page again after a failure, when it leads to itself": (
        "repeated-cursor-followed",
        [pages()[0], line(DAU, "cursor=b", 503), line(DAU, "cursor=b", next_page="b")],
        [],
    ),
    "the same cursor in another list": (
        "repeated-cursor-followed",
        [*pages(ROWS, A)[:2], line(ROWS, f"{B}&cursor=b"), line(ROWS, f"{B}&cursor=c")],
        [],
    ),
    "small pages": ("page-size-below-default", pages(DAU, "page_size=99"), [2, 3]),
    "pages of the default size": ("page-size-below-default", pages(DAU, "page_size=100"), []),
    "pages without a size": ("page-size-below-default", pages(DAU), []),
    "small pages at IDE Services": ("page-size-below-default", pages(ROWS, "limit=49"), [2, 3]),
    "one small page": ("page-size-below-default", [line(DAU, "page_size=5")], []),
    "a size that is not a number": ("page-size-below-default", [line(DAU, "page_size=x&cursor=b", 400)], []),
    "small pages without a documented default": ("page-size-below-default", pages(USERS, "limit=3"), []),
}


@pytest.mark.parametrize(("rule", "lines", "ids"), CASES.values(), ids=CASES)
def test_careless_retrieval_is_found(rule: str, lines: list[Line], ids: list[int]) -> None:
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

"""Promises about pages: which requests are findings, and which are not."""

import pytest

from tests.conduct.stories import Line, journal, line, violations

DAU, ROWS, USERS = "getDau", "getUsersPaged", "getOrganizationUsers"
A, B = "fromDate=2025-10-01&toDate=2025-10-02", "fromDate=2025-10-01&toDate=2025-10-03"


def pages(operation: str = DAU, query: str = "", **fields: object) -> list[Line]:
    """Three pages in order."""
    return [
        line(operation, query, next_page="b", **fields),  # type: ignore[arg-type]
        line(operation, f"{query}&cursor=b", next_page="c", **fields),  # type: ignore[arg-type]
        line(operation, f"{query}&cursor=c", **fields),  # type: ignore[arg-type]
    ]


def offsets(*afters: float) -> list[Line]:
    """Three pages of users by offset, with the seconds before each."""
    leading = ("50", "100", None)
    return [
        line(USERS, f"offset={index * 50}&limit=50", after=after, next_page=leading[index])
        for index, after in enumerate(afters)
    ]


CASES: dict[str, tuple[str, list[Line], list[int]]] = {
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
    "small pages": ("page-size-below-default", pages(DAU, "page_size=99"), [2, 3]),
    "pages of the default size": ("page-size-below-default", pages(DAU, "page_size=100"), []),
    "pages without a size": ("page-size-below-default", pages(DAU), []),
    "small pages at IDE Services": ("page-size-below-default", pages(ROWS, "limit=49"), [2, 3]),
    "one small page": ("page-size-below-default", [line(DAU, "page_size=5")], []),
    "a size that is not a number": ("page-size-below-default", [line(DAU, "page_size=x&cursor=b", 400)], []),
    "small pages without a documented default": ("page-size-below-default", pages(USERS, "limit=3"), []),
}


@pytest.mark.parametrize(("rule", "lines", "ids"), CASES.values(), ids=CASES)
def test_wrong_paging_is_found(rule: str, lines: list[Line], ids: list[int]) -> None:
    assert violations(rule, journal(lines)) == ids

"""Promises about walks through pages: what is found, and what must not be."""

import pytest

from tests.conduct.stories import Line, journal, line, violations

DAU, ROWS, USERS = "getDau", "getUsersPaged", "getOrganizationUsers"
A, B = "fromDate=2025-10-01&toDate=2025-10-02", "fromDate=2025-10-01&toDate=2025-10-03"


def walk(operation: str = DAU, query: str = "", **fields: object) -> list[Line]:
    """A walk over three pages as it should be."""
    return [
        line(operation, query, next_page="b", **fields),  # type: ignore[arg-type]
        line(operation, f"{query}&cursor=b", next_page="c", **fields),  # type: ignore[arg-type]
        line(operation, f"{query}&cursor=c", **fields),  # type: ignore[arg-type]
    ]


def offsets(*afters: float) -> list[Line]:
    """Three pages of Tabnine's users, by the seconds between them."""
    leading = ("50", "100", None)
    return [
        line(USERS, f"offset={place * 50}&limit=50", after=after, next_page=leading[place])
        for place, after in enumerate(afters)
    ]


CASES: dict[str, tuple[str, list[Line], list[int]]] = {
    "the first page alone": ("pagination-abandoned", walk()[:1], [1]),
    "all but the last": ("pagination-abandoned", walk()[:2], [2]),
    "to the end": ("pagination-abandoned", walk(), []),
    "to a refusal": ("pagination-abandoned", [walk()[0], line(DAU, "cursor=b", 429)], []),
    "a page that was broken": ("pagination-abandoned", [line(DAU, next_page="b", fault="truncated")], []),
    "two walks, one of them to the end": ("pagination-abandoned", [*walk(ROWS, A), walk(ROWS, B)[0]], [4]),
    "a walk with pages of another size": (
        "pagination-abandoned",
        [line(ROWS, "limit=10", next_page="b"), line(ROWS, "limit=90&cursor=b")],
        [],
    ),
    "one after the other": ("pages-out-of-order", offsets(1, 1, 1), []),
    "all at once": ("pages-out-of-order", offsets(1, 0.0001, 0.0001), [2, 3]),
    "from the last to the first": ("pages-out-of-order", [*reversed(offsets(1, 1, 1))], [1, 2]),
    "again while the first walk is known": ("pages-out-of-order", [*offsets(1, 1, 1), *offsets(1, 1, 1)], []),
    "from somewhere": ("pages-out-of-order", [line(USERS, "offset=700&limit=50")], []),
    "another range with the cursor": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, f"{B}&cursor=b")],
        [2],
    ),
    "another range with a refused cursor": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, f"{B}&cursor=b", 400)],
        [2],
    ),
    "another size with the cursor": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, f"{A}&cursor=b&limit=90")],
        [],
    ),
    "a cursor that two questions gave": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, B, next_page="b"), line(ROWS, f"{B}&cursor=b")],
        [],
    ),
    "a cursor from before the journal": ("cursor-with-other-filters", [line(ROWS, f"{A}&cursor=b")], []),
    "a cursor twice": ("cursor-used-twice", [*walk(), line(DAU, "cursor=b")], [4]),
    "a cursor again after a failure": (
        "cursor-used-twice",
        [walk()[0], line(DAU, "cursor=b", 503), line(DAU, "cursor=b")],
        [],
    ),
    "two walks": ("cursor-used-twice", [*walk(), *walk()], []),
    "a cursor from before the journal, twice": ("cursor-used-twice", [line(DAU, "cursor=b")] * 2, []),
    "a look at one row": ("pagination-abandoned", [line(DAU, "page_size=1", next_page="b")], []),
    "a look at how many there are": ("pagination-abandoned", [line(USERS, "offset=0&limit=1", next_page="1")], []),
    "one row after the other, not to the end": (
        "pagination-abandoned",
        [line(DAU, "page_size=1", next_page="b"), line(DAU, "page_size=1&cursor=b", next_page="c")],
        [2],
    ),
    "all the rest at once, the total being told": (
        "pages-out-of-order",
        [
            offsets(1)[0],
            line(USERS, "offset=50&limit=50", after=0.002, next_page="100"),
            line(USERS, "offset=100&limit=50", after=0.0001, next_page="150"),
            line(USERS, "offset=150&limit=50", after=0.0001),
        ],
        [3, 4],
    ),
    "a cursor again, where a walk broke off": (
        "cursor-used-twice",
        [
            *walk()[:2],
            line(DAU, "cursor=b", after=60, next_page="c"),
            line(DAU, "cursor=c"),
            line(DAU, "cursor=b", after=60),
        ],
        [5],
    ),
    "a cursor that came late, and that another question gave too": (
        "cursor-with-other-filters",
        [line(ROWS, A, next_page="b"), line(ROWS, B, next_page="b", fault="slow"), line(ROWS, f"{B}&cursor=b")],
        [],
    ),
    "small pages": ("page-size-below-default", walk(DAU, "page_size=99"), [2, 3]),
    "pages of the default size": ("page-size-below-default", walk(DAU, "page_size=100"), []),
    "pages of no size": ("page-size-below-default", walk(DAU), []),
    "small pages at IDE Services": ("page-size-below-default", walk(ROWS, "limit=49"), [2, 3]),
    "one small page": ("page-size-below-default", [line(DAU, "page_size=5")], []),
    "no number": ("page-size-below-default", [line(DAU, "page_size=x&cursor=b", 400)], []),
    "small pages where none is documented": ("page-size-below-default", walk(USERS, "limit=3"), []),
}


@pytest.mark.parametrize(("rule", "lines", "ids"), CASES.values(), ids=CASES)
def test_a_walk_that_goes_astray_is_found(rule: str, lines: list[Line], ids: list[int]) -> None:
    assert violations(rule, journal(lines)) == ids

"""Lark's pagination: pages are numbered from 1, and a Link header has the URL of the next one."""

from dataclasses import dataclass
from typing import Generic

from mockserver.gateway import paging
from mockserver.gateway.paging import Row


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page, its Link header, and the number of the next page."""

    rows: list[Row]
    headers: dict[str, str]
    next_page: str | None


def cut(rows: list[Row], path: str, query: str, page: int, size: int) -> Page[Row]:
    """Return the page for rows from its first one on, which include one more than its size if there is a next page."""
    rows, has_more = paging.cut(rows, size)
    if not has_more:
        return Page(rows, {}, None)
    link = f'<{path}?{query}page={page + 1}&per_page={size}>; rel="next"'
    return Page(rows, {"Link": link}, str(page + 1))

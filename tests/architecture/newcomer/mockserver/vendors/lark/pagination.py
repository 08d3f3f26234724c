"""Lark's pages: numbered from 1, with the next one in a Link header."""

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
    """The page out of the rows from its first one on, up to one row more than its size."""
    rows, has_more = paging.cut(rows, size)
    if not has_more:
        return Page(rows, {}, None)
    link = f'<{path}?{query}page={page + 1}&per_page={size}>; rel="next"'
    return Page(rows, {"Link": link}, str(page + 1))

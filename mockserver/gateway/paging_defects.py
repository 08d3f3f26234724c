"""Defects in the way from page to page, for every vendor that declares how it pages (`Pages`).

They keep nothing between requests: a page depends on its request alone, so a client meets the same pages again.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from mockserver.gateway import paging
from mockserver.gateway.defects import PagingDefect, PlainView, rows
from mockserver.gateway.paging import CursorError
from mockserver.gateway.vendor import Reply, ViewRequest
from mockserver.validation import json_text
from mockserver.validation.json_text import JsonError

_EMPTY: Final = "empty_page"
"""The field that marks a cursor as leading to an empty page. A vendor that decodes the cursor ignores it."""

REPEATS: Final = "cursor-repeats"
EMPTY_PAGE: Final = "cursor-on-empty-page"
TWICE: Final = "row-on-two-pages"


@dataclass(frozen=True, slots=True, eq=False)
class Pages:
    """How a vendor pages.

    * `rows`: where the rows are in the answer, by operation, as in "usage.data".
    * `position` and `size` are the parameters, in the query or in a JSON body; `by_offset`: the position is an offset.
    * `link` lets a body lead to another page: it gets the body, the position of that page, and the size in the request,
      None for none. `count`, if given, sets the number of rows in a body.
    """

    rows: Mapping[str, str]
    position: str
    size: str
    link: Callable[[Any, str, str | None], None]
    count: Callable[[Any, int], None] | None = None
    by_offset: bool = False


def defects(pages: Pages | None) -> tuple[PagingDefect, ...]:
    """The defects in a vendor's pages, each once for every place of rows; none for a vendor without pages."""
    return () if pages is None else tuple(_defects(pages))


def _defects(pages: Pages) -> Iterator[PagingDefect]:
    by_rows: defaultdict[str, list[str]] = defaultdict(list)
    for operation, path in pages.rows.items():
        by_rows[path].append(operation)
    for name, description, by_cursor, by_offset in _WAYS:
        respond = by_offset if pages.by_offset else by_cursor
        for path, operations in by_rows.items():
            yield PagingDefect(name, tuple(operations), description, partial(_respond, pages, path, respond))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that is requested, and the view that knows the list."""

    pages: Pages
    path: str
    view: PlainView
    request: ViewRequest

    @property
    def position(self) -> str | None:
        """Its position in the request; None for the first page."""
        position = _parameter(self.request, self.pages.position)
        return None if position in {"", "0"} else position

    @property
    def window(self) -> tuple[int, int]:
        """Its offset and its size; a size of 0 where they are missing or no numbers, or where everything is wanted."""
        offset, size = (_parameter(self.request, each) or "" for each in (self.pages.position, self.pages.size))
        is_window = offset.isdecimal() and size.isdecimal()
        return (int(offset), int(size)) if is_window else (0, 0)

    def reply(self) -> Reply:
        """The view's reply."""
        return self.view(self.request)

    def reply_with(self, parameter: str, value: str | int) -> Reply:
        """The view's reply to the same request with another value of a parameter."""
        return self.view(_with_parameter(self.request, parameter, value))

    def rows(self, reply: Reply) -> list[Any]:
        return rows(reply.body, self.path)

    def leading_to(self, next_page: str | None, reply: Reply, *, without_rows: bool = False) -> Reply:
        """A reply that leads to another page (None: as it does), with or without its rows."""
        body = deepcopy(reply.body)
        listed = rows(body, self.path)
        if without_rows:
            listed.clear()
        if self.pages.count is not None:
            self.pages.count(body, len(listed))
        if next_page is not None:
            self.pages.link(body, next_page, _parameter(self.request, self.pages.size))
        return replace(reply, body=body, next_page=next_page or reply.next_page, is_empty_page=without_rows)

    def moved(self, by: int) -> Reply:
        """The page that begins so many rows later, with a link as if it began where it was requested."""
        reply = self.reply_with(self.pages.position, self.window[0] + by)
        next_page = None if reply.next_page is None else str(int(reply.next_page) - by)
        return self.leading_to(next_page, reply)


def _respond(
    pages: Pages, path: str, respond: Callable[[_Page], Reply | None], view: PlainView, request: ViewRequest
) -> Reply | None:
    return respond(_Page(pages, path, view, request))


def _repeat(page: _Page) -> Reply | None:
    reply = page.reply()
    return page.leading_to(page.position, reply) if page.position is not None and page.rows(reply) else None


def _empty_by_cursor(page: _Page) -> Reply | None:
    """The first page leads to the second one by a marked cursor, under which that page is empty."""
    reply = page.reply()
    if page.position is None:
        return page.leading_to(_marked(reply.next_page), reply) if reply.next_page else None
    unmarked = _unmarked(page.position)
    return page.leading_to(unmarked, reply, without_rows=True) if unmarked else None


def _empty_by_offset(page: _Page) -> Reply | None:
    """The second page is empty, and whatever is at an offset behind it comes one page later."""
    offset, size = page.window
    if not size or offset < size:
        return None
    if offset >= 2 * size:
        return page.moved(-size)
    reply = page.reply()
    return page.leading_to(str(offset + size), reply, without_rows=True) if page.rows(reply) else None


def _twice_by_cursor(page: _Page) -> Reply | None:
    """The next page is that of a page with one row less."""
    reply = page.reply()
    size = len(page.rows(reply)) - 1
    if reply.next_page is None or not size:
        return None
    return page.leading_to(page.reply_with(page.pages.size, size).next_page, reply)


def _twice_by_offset(page: _Page) -> Reply | None:
    """From the second page on, everything comes one row later, as if a row had been added to the first page."""
    offset, size = page.window
    return page.moved(-1) if size and offset >= size else None


_WAYS: Final = (
    (REPEATS, "From the second page on, each page leads to itself: pagination never ends.", _repeat, _repeat),
    (
        EMPTY_PAGE,
        "The second page is empty and leads to another one, and all its rows are still to come.",
        _empty_by_cursor,
        _empty_by_offset,
    ),
    (
        TWICE,
        "A row is the last one of a page and the first one of the next; pages by cursor need two rows for that.",
        _twice_by_cursor,
        _twice_by_offset,
    ),
)


def _marked(cursor: str) -> str:
    return paging.encode({**paging.decode(cursor), _EMPTY: True})


def _unmarked(cursor: str) -> str | None:
    """A marked cursor without its mark; None for any other."""
    try:
        content = paging.decode(cursor)
    except CursorError:
        return None
    return paging.encode(content) if content.pop(_EMPTY, False) else None


def _parameter(request: ViewRequest, name: str) -> str | None:
    """A parameter that was sent once, in the query or in the JSON body."""
    if not request.body:
        values = request.args.getlist(name)
        return values[0] if len(values) == 1 else None
    try:
        body = json_text.parse(request.body)
    except JsonError:
        return None
    value = body.get(name) if isinstance(body, dict) else None
    return None if value is None else str(value)


def _with_parameter(request: ViewRequest, name: str, value: str | int) -> ViewRequest:
    if request.body:
        return replace(request, body=json.dumps({**json.loads(request.body), name: value}).encode())
    args = MultiDict(request.args)
    args[name] = str(value)
    return replace(request, args=args)

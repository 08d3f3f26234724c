"""Tabnine's pages: `offset` and `limit` in, `count`, `total` and `next` out.

A list is handed over whole, as something that can be sliced; only the items of the page are made into rows.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from mockserver.gateway.switches import Switches
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.policy import LastNext


class Items(Protocol):
    """A list, or an array, of whatever rows are made from."""

    def __len__(self) -> int: ...

    def __getitem__(self, cut: slice, /) -> Any: ...


class PageBounds(Protocol):
    """The page that a query asks for; `limit` 0 is everything."""

    @property
    def offset(self) -> int: ...

    @property
    def limit(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Page:
    """The items of a page, its `meta` object, and the offset of the next page, None on the last."""

    items: Any
    meta: dict[str, Any]
    next_page: str | None


def cut(items: Items, query: PageBounds, switches: Switches) -> Page:
    """The page of a list that a query asks for; the switch `last_next` decides about `next` on the last one."""
    end = query.offset + query.limit if query.limit else len(items)
    on_page = items[query.offset : end]
    meta: dict[str, Any] = {"count": len(on_page), "total": len(items)}
    if end < len(items):
        return Page(on_page, {**meta, "next": {"limit": query.limit, "offset": end}}, str(end))
    if switches[policy.LAST_NEXT] is LastNext.NULL:
        meta["next"] = None
    return Page(on_page, meta, None)

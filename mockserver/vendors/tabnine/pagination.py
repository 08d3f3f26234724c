"""Tabnine's pages: `offset` and `limit` in, `count`, `total` and `next` out.

A list is handed over whole, as something that can be sliced; only the items of the page are made into rows.
"""

from dataclasses import dataclass
from typing import Any

from mockserver.gateway.switches import Switches
from mockserver.simulation.hashing import I64
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.policy import LastNext


@dataclass(frozen=True, slots=True)
class Page:
    """The items of a page, its `meta` object, and the offset of the next page, None on the last."""

    items: Any
    meta: dict[str, Any]
    next_page: str | None


def cut(items: list[Any] | I64, offset: int, limit: int, switches: Switches) -> Page:
    """The page of a list at an offset (a limit of 0 is everything); the switch `last_next` decides about the last."""
    end = offset + limit if limit else len(items)
    on_page = items[offset:end]
    meta: dict[str, Any] = {"count": len(on_page), "total": len(items)}
    if end < len(items):
        return Page(on_page, {**meta, "next": {"limit": limit, "offset": end}}, str(end))
    if switches[policy.LAST_NEXT] is LastNext.NULL:
        meta["next"] = None
    return Page(on_page, meta, None)

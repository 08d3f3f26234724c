"""Tabnine's pages: `offset` and `limit` in, `count`, `total` and `next` out."""

from collections.abc import Callable
from typing import Any, Final

from mockserver.gateway.paging_defects import Pages
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Reply
from mockserver.simulation.hashing import I64
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.policy import LastNext


def _link(body: Any, offset: str, limit: str | None) -> None:
    body["meta"]["next"] = {"limit": int(limit or len(body["data"])), "offset": int(offset)}


def _count(body: Any, count: int) -> None:
    """The number of rows in the page; the total stays true."""
    body["meta"]["count"] = count


PAGES: Final = Pages(
    rows=dict.fromkeys(("getTeams", "getOrganizationUsers", "getTeamUsers"), "data"),
    position="offset",
    size="limit",
    link=_link,
    count=_count,
    by_offset=True,
)
"""Every list in pages."""


def reply(
    items: list[Any] | I64, offset: int, limit: int, dump: Callable[[Any], list[dict[str, Any]]], switches: Switches
) -> Reply:
    """The page of a list at an offset, whose items `dump` makes into rows; a limit of 0 is everything.

    The switch `last_next` decides about the last page.
    """
    end = offset + limit if limit else len(items)
    data = dump(items[offset:end])
    meta: dict[str, Any] = {"count": len(data), "total": len(items)}
    next_page = None
    if end < len(items):
        meta["next"], next_page = {"limit": limit, "offset": end}, str(end)
    elif switches[policy.LAST_NEXT] is LastNext.NULL:
        meta["next"] = None
    return Reply({"data": data, "meta": meta}, next_page=next_page)

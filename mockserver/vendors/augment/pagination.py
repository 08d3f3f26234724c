"""Augment's pages: keyset cursors over {"last_id"}, with `next_cursor` and `has_more`."""

from typing import Any, Final

from mockserver.gateway import paging
from mockserver.gateway.paging_defects import Pages
from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.row_cache import EncodedRow
from mockserver.gateway.switches import Switches
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import LastCursor


def _link(body: Any, cursor: str, _: str | None) -> None:
    body["pagination"] = {"next_cursor": cursor, "has_more": True}


def _count(body: Any, count: int) -> None:
    """The number of rows, which is the last field of the metadata."""
    metadata = body["metadata"]
    metadata[[*metadata][-1]] = count


PAGES: Final = Pages(
    rows={
        "getDau": "users",
        "getUserActivity": "users",
        "getDailyUserActivityByEditorLanguage": "records",
        "getCreditUsageByUser": "records",
        "queryCostAnalytics": "data_points",
    },
    position="cursor",
    size="page_size",
    link=_link,
    count=_count,
)
"""Every list in pages; that of costs has its page in the body of the request."""

_LAST_PAGE: Final[dict[LastCursor, dict[str, Any]]] = {
    LastCursor.EMPTY: {"next_cursor": ""},
    LastCursor.NULL: {"next_cursor": None},
    LastCursor.ABSENT: {},
}


def last_id(cursor: str | None) -> str | None:
    """The id of the row before the page, None for the first page; Rejection for a cursor of other origin."""
    if cursor is None:
        return None
    try:
        found = paging.decode(cursor).get("last_id")
    except paging.CursorError:
        found = None
    if not isinstance(found, str):
        rule = "cursor must be a next_cursor from an earlier answer, unchanged"
        raise Rejection(Reason.INVALID, rule, parameter_errors=(ParameterError("cursor", rule),))
    return found


def cut(
    rows: list[EncodedRow[str]], size: int, switches: Switches
) -> tuple[list[EncodedRow[str]], dict[str, Any], str | None]:
    """The first `size` rows, their `pagination` object, and the cursor of the next page, None on the last."""
    on_page, has_more = paging.cut(rows, size)
    if has_more:
        cursor = paging.encode({"last_id": on_page[-1].id})
        return on_page, {"next_cursor": cursor, "has_more": True}, cursor
    return on_page, {**_LAST_PAGE[switches[policy.LAST_CURSOR]], "has_more": False}, None

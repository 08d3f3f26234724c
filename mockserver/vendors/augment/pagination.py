"""How Augment cuts and words pages: keyset cursors over {"last_id"}, `next_cursor` and `has_more`.

Which rows there are stays out.
"""

from collections.abc import Callable
from typing import Any, Protocol

from mockserver.gateway import paging
from mockserver.gateway.paging import Page, Row
from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.switches import Values


class Asked(Protocol):
    """What a page needs of the question."""

    @property
    def cursor(self) -> str | None: ...

    @property
    def page_size(self) -> int: ...


def cut(take: Callable[[str | None, int], list[Row]], asked: Asked) -> Page[Row]:
    """The page asked for, out of a list that yields up to n rows after a row's id."""
    after = _last_id(asked.cursor) if asked.cursor is not None else None
    return paging.keyset(lambda count: take(after, count), asked.page_size)


def _last_id(cursor: str) -> str:
    try:
        last_id = paging.decode(cursor).get("last_id")
    except paging.CursorError:
        last_id = None
    if not isinstance(last_id, str):
        rule = "cursor must be a next_cursor from an earlier answer, unchanged"
        raise Rejection(Reason.INVALID, rule, parameter_errors=(ParameterError("cursor", rule),))
    return last_id


def words(page: Page[Row], row_id: Callable[[Row], str], values: Values) -> dict[str, Any]:
    """The `pagination` object of a page; the switch `last_cursor` decides what stands on the last one."""
    if page.more:
        return {"next_cursor": paging.encode({"last_id": row_id(page.rows[-1])}), "has_more": True}
    last: dict[str, dict[str, Any]] = {"empty": {"next_cursor": ""}, "null": {"next_cursor": None}, "absent": {}}
    return {**last[str(values["last_cursor"])], "has_more": False}


def onward(body: dict[str, Any]) -> str | None:
    """The cursor of the page behind a body's; None on a last page, and where there are none."""
    return body.get("pagination", {}).get("next_cursor") or None

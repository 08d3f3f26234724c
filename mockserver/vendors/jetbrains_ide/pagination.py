"""How IDE Services cuts and words pages: opaque cursors over the place of a row and the question it belongs to.

Which rows there are stays out.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from mockserver.gateway import paging
from mockserver.gateway.paging import Page, Row
from mockserver.gateway.rejection import ParameterError
from mockserver.gateway.switches import Values
from mockserver.products.jetbrains.facts import TOOLS
from mockserver.products.jetbrains.rows import RowPosition
from mockserver.simulation import hashing
from mockserver.simulation.organization import NEVER, PEOPLE_MAXIMUM
from mockserver.vendors.jetbrains_ide import errors

_BOUNDS: Final = (len(TOOLS) - 1, NEVER, PEOPLE_MAXIMUM - 1)
"""The greatest tool, day and index that a place can have."""

_FOREIGN: Final = (
    "belongs to another question: with a cursor, fromDate, toDate, tool, query and sortOrder must be those of the "
    "request that it came from"
)


class Asked(Protocol):
    """What a page needs of the question; `question` is all of it but the page itself."""

    @property
    def cursor(self) -> str | None: ...

    @property
    def limit(self) -> int: ...

    @property
    def question(self) -> tuple[str, ...]: ...


def cut(take: Callable[[RowPosition | None, int], list[Row]], asked: Asked, values: Values) -> Page[Row]:
    """The page asked for, out of a list that yields up to n rows behind a place; Rejection for a bad cursor."""
    after = _place(asked.cursor, asked, values) if asked.cursor is not None else None
    return paging.keyset(lambda count: take(after, count), asked.limit)


def words(page: Page[Row], place: Callable[[Row], RowPosition], asked: Asked, values: Values) -> dict[str, Any]:
    """What stands beside the rows of a page; the switch `last_cursor` decides about the last one."""
    if not page.more:
        return {"nextCursor": None} if values["last_cursor"] == "null" else {}
    at = place(page.rows[-1])
    return {"nextCursor": paging.encode({"after": [at.tool, at.day, at.index], "of": _mark(asked)})}


def _place(cursor: str, asked: Asked, values: Values) -> RowPosition:
    try:
        content = paging.decode(cursor)
    except paging.CursorError:
        content = {}
    after, mark = content.get("after"), content.get("of")
    if not (isinstance(after, list) and len(after) == len(_BOUNDS) and isinstance(mark, str)):
        raise errors.invalid(ParameterError("cursor", errors.CURSOR))
    if not all(type(part) is int and 0 <= part <= most for part, most in zip(after, _BOUNDS, strict=True)):
        raise errors.invalid(ParameterError("cursor", errors.CURSOR))
    if mark != _mark(asked) and values["foreign_cursor"] == "reject":
        raise errors.invalid(ParameterError("cursor", _FOREIGN))
    return RowPosition(*after)


def _mark(asked: Asked) -> str:
    """Tells the question of a cursor from others, in sixteen letters."""
    return f"{hashing.key(*asked.question):016x}"


def onward(body: dict[str, Any]) -> str | None:
    """The cursor of the page behind a body's; None on a last page, and where there are none."""
    return body.get("nextCursor")

"""IDE Services' pages: an opaque cursor holds the position of a row and marks the query that it belongs to."""

from functools import lru_cache
from typing import Final

from mockserver.gateway import paging
from mockserver.gateway.rejection import ParameterError, invalid_parameters
from mockserver.gateway.row_cache import EncodedRow
from mockserver.gateway.switches import Switches
from mockserver.products.jetbrains.facts import TOOLS
from mockserver.products.jetbrains.rows import RowPosition
from mockserver.simulation import hashing
from mockserver.simulation.organization import NEVER, PEOPLE_MAXIMUM
from mockserver.vendors.jetbrains_ide import errors, policy
from mockserver.vendors.jetbrains_ide.policy import ForeignCursor, LastCursor

_BOUNDS: Final = (len(TOOLS) - 1, NEVER, PEOPLE_MAXIMUM - 1)
"""The greatest tool, day and index of a position."""

_FOREIGN: Final = (
    "belongs to another question: with a cursor, fromDate, toDate, tool, query and sortOrder must be those of the "
    "request that it came from"
)


def cut(
    rows: list[EncodedRow[RowPosition]], limit: int, fingerprint: tuple[str, ...], switches: Switches
) -> tuple[list[EncodedRow[RowPosition]], dict[str, str | None]]:
    """The page of `limit` rows, out of up to one row more, and the fields beside it.

    The switch `last_cursor` decides about the last page. `fingerprint` is all of the query but the page.
    """
    rows, has_more = paging.cut(rows, limit)
    if has_more:
        last = rows[-1].id
        cursor = paging.encode({"after": [last.tool, last.day, last.index], "of": _mark(fingerprint)})
        return rows, {"nextCursor": cursor}
    return rows, {"nextCursor": None} if switches[policy.LAST_CURSOR] is LastCursor.NULL else {}


def position(cursor: str | None, fingerprint: tuple[str, ...], switches: Switches) -> RowPosition | None:
    """The position of the row before the page, None for the first page; Rejection for a bad cursor."""
    if cursor is None:
        return None
    try:
        content = paging.decode(cursor)
    except paging.CursorError:
        content = {}
    after, mark = content.get("after"), content.get("of")
    if not (isinstance(after, list) and len(after) == len(_BOUNDS) and isinstance(mark, str)):
        raise invalid_parameters(ParameterError("cursor", errors.CURSOR))
    if not all(type(part) is int and 0 <= part <= most for part, most in zip(after, _BOUNDS, strict=True)):
        raise invalid_parameters(ParameterError("cursor", errors.CURSOR))
    if mark != _mark(fingerprint) and switches[policy.FOREIGN_CURSOR] is ForeignCursor.REJECT:
        raise invalid_parameters(ParameterError("cursor", _FOREIGN))
    return RowPosition(*after)


@lru_cache(maxsize=64)  # The pages of a list have the same one.
def _mark(fingerprint: tuple[str, ...]) -> str:
    """A digest of a cursor's query, in 16 hexadecimal digits."""
    return f"{hashing.key(*fingerprint):016x}"

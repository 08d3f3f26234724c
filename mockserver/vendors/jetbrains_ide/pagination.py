"""IDE Services' pages: an opaque cursor holds the position of a row and marks the query that it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from mockserver.gateway import paging
from mockserver.gateway.paging_defects import Pages
from mockserver.gateway.rejection import ParameterError, invalid_parameters
from mockserver.gateway.row_cache import EncodedRow
from mockserver.gateway.switches import Switches
from mockserver.products.jetbrains.rows import RowPosition
from mockserver.simulation import hashing
from mockserver.simulation.organization import NEVER, PEOPLE_MAXIMUM
from mockserver.vendors.jetbrains_ide import errors, policy
from mockserver.vendors.jetbrains_ide.policy import ForeignCursor, LastCursor

Position = TypeVar("Position", RowPosition, int)


@dataclass(frozen=True, slots=True)
class Positions(Generic[Position]):
    """How cursors hold the positions of a list: as numbers, each with its greatest value."""

    greatest: tuple[int, ...]
    to_numbers: Callable[[Position], list[int]]
    from_numbers: Callable[..., Position]


_TOOL_NUMBERS: Final = (0, 1, 2, 5, 3, 4)
"""By tool: its number in cursors. A new tool gets a new number, so that older cursors stay valid."""


def _row_numbers(row: RowPosition) -> list[int]:
    return [_TOOL_NUMBERS[row.tool], row.day, row.member]


def _row_position(tool: int, day: int, index: int) -> RowPosition:
    return RowPosition(_TOOL_NUMBERS.index(tool), day, index)


def rows(switches: Switches) -> Positions[RowPosition]:
    """The rows of users.paged: by tool, day and member."""
    return Positions((len(policy.tools(switches)) - 1, NEVER, PEOPLE_MAXIMUM - 1), _row_numbers, _row_position)


def _link(body: Any, cursor: str, _: str | None) -> None:
    body["nextCursor"] = cursor


PAGES: Final = Pages(
    rows=dict.fromkeys(("getUsersPaged", "getUsers"), "items"), position="cursor", size="limit", link=_link
)
"""Every list in pages."""

PEOPLE: Final[Positions[int]] = Positions((PEOPLE_MAXIMUM - 1,), lambda index: [index], int)
"""Users, by their index."""

_FOREIGN: Final = (
    "belongs to another question: with a cursor, fromDate, toDate, tool, query and sortOrder must be those of the "
    "request that it came from"
)


def cut(
    rows: list[EncodedRow[Position]],
    limit: int,
    positions: Positions[Position],
    fingerprint: tuple[str, ...],
    switches: Switches,
) -> tuple[list[EncodedRow[Position]], dict[str, str | None]]:
    """The page of `limit` rows, out of up to one row more, and the fields beside it.

    The switch `last_cursor` decides about the last page. `fingerprint` is all of the query but the page.
    """
    rows, has_more = paging.cut(rows, limit)
    if has_more:
        cursor = paging.encode({"after": positions.to_numbers(rows[-1].id), "of": _mark(fingerprint)})
        return rows, {"nextCursor": cursor}
    return rows, {"nextCursor": None} if switches[policy.LAST_CURSOR] is LastCursor.NULL else {}


def position(
    cursor: str | None, positions: Positions[Position], fingerprint: tuple[str, ...], switches: Switches
) -> Position | None:
    """The position of the row before the page, None for the first page; Rejection for a bad cursor."""
    if cursor is None:
        return None
    try:
        content = paging.decode(cursor)
    except paging.CursorError:
        content = {}
    after, mark = content.get("after"), content.get("of")
    greatest = positions.greatest
    if not (isinstance(after, list) and len(after) == len(greatest) and isinstance(mark, str)):
        raise invalid_parameters(ParameterError("cursor", errors.CURSOR))
    if not all(type(part) is int and 0 <= part <= most for part, most in zip(after, greatest, strict=True)):
        raise invalid_parameters(ParameterError("cursor", errors.CURSOR))
    if mark != _mark(fingerprint) and switches[policy.FOREIGN_CURSOR] is ForeignCursor.REJECT:
        raise invalid_parameters(ParameterError("cursor", _FOREIGN))
    return positions.from_numbers(*after)


@lru_cache(maxsize=64)  # The pages of a list have the same one.
def _mark(fingerprint: tuple[str, ...]) -> str:
    """A digest of a cursor's query, in 16 hexadecimal digits."""
    return f"{hashing.key(*fingerprint):016x}"

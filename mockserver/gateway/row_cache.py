"""A bounded cache of the rows of paged lists, as JSON: pages that overlap do not compute the same rows again.

Which row comes after which does not depend on the size of a page, so the cache knows each row by the one before it.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from threading import Lock
from typing import Any, Final, Generic, NamedTuple, TypeVar

from mockserver.gateway.response_cache import EncodedRows, to_json
from mockserver.products.world import World

BYTES_MAXIMUM = 4 * 1024 * 1024
"""Bytes of rows that are cached of one world; the oldest of the list that was begun first are evicted first."""

AHEAD = 32
"""How many rows at least are computed for a client that follows the pages of a list."""

DAYS_AHEAD = 16
"""How many days are computed for a client that goes from day to day; of a hundred thousand people, these take 90 ms."""

_OVERHEAD = 400


RowId = TypeVar("RowId", bound=Hashable)


class EncodedRow(NamedTuple, Generic[RowId]):
    """A row's id in its list, and its JSON in UTF-8."""

    id: RowId
    json: bytes


def joined(rows: Sequence[EncodedRow[Any]]) -> EncodedRows:
    """Rows as the list of a reply's body."""
    return EncodedRows([row.json for row in rows])


def encode(rows: Iterable[tuple[RowId, object]]) -> list[EncodedRow[RowId]]:
    """Rows with their ids, as they are cached."""
    return [EncodedRow(row_id, to_json(row).encode()) for row_id, row in rows]


Compute = Callable[[RowId | None, int], Iterable[tuple[RowId, object]]]
"""The id and the row of so many rows (fewer at the end of the list) after the row with an id; None: from the start."""

Beside = Callable[[RowId, RowId], tuple[Sequence[RowId], Sequence[RowId]]]
"""The ids of some rows before the first, and after the last, of rows that follow one another; both ascending."""

_MISSING: Final = EncodedRow("", b"")
_Rows = dict[Hashable, EncodedRow[Any] | None]
_NO_ROWS: Final[_Rows] = {}


class RowCache:
    """The rows of one world's lists. A row must depend on nothing but the world, its list and its id."""

    def __init__(self, _: World, budget: int = BYTES_MAXIMUM) -> None:
        self._budget = budget
        self._bytes = 0
        # By list: the id of a row (None: the start of the list), to the next row; None: there is none.
        self._lists: dict[Hashable, _Rows] = {}
        self._lock = Lock()

    def rows(
        self, listed: Hashable, after: RowId | None, count: int, compute: Compute[RowId]
    ) -> list[EncodedRow[RowId]]:
        """The next `count` rows of a list, fewer at its end; `listed` identifies the list."""
        found: list[EncodedRow[RowId]] = []
        following = self._lists.get(listed, _NO_ROWS)
        for _ in range(count):
            row = following.get(after, _MISSING)
            if row is None:
                return found
            if row is _MISSING:
                wanted = count - len(found)
                return found + self._computed(listed, after, max(wanted, AHEAD if found else 0), compute)[:wanted]
            found.append(row)
            after = row.id
        return found

    def chosen(
        self,
        listed: Hashable,
        ids: Sequence[RowId],
        compute: Callable[[Sequence[RowId]], Iterable[object]],
        beside: Beside[RowId] | None = None,
    ) -> list[EncodedRow[RowId]]:
        """The rows of a list with these ids; `compute` makes all from the first to the last that is not cached.

        It also makes rows `beside` them for a client that comes from the one on the other side.
        """
        cached = self._lists.get(listed, _NO_ROWS)
        found = [*map(cached.get, ids)]
        missing = [index for index, row in enumerate(found) if row is None]
        if missing:
            span = slice(missing[0], missing[-1] + 1)
            before, after = _ahead(cached, *beside(ids[span][0], ids[span][-1])) if beside else ((), ())
            made = [*before, *ids[span], *after]
            rows = encode(zip(made, compute(made), strict=True))
            found[span] = rows[len(before) : len(rows) - len(after)]
            self._put(listed, zip(made, rows, strict=True))
        return [row for row in found if row is not None]

    def _computed(
        self, listed: Hashable, after: RowId | None, count: int, compute: Compute[RowId]
    ) -> list[EncodedRow[RowId]]:
        rows = encode(compute(after, count))
        previous = [after, *(row.id for row in rows)]
        following = [*rows, *([None] if len(rows) < count else [])]
        self._put(listed, zip(previous, following, strict=False))
        return rows

    def _put(self, listed: Hashable, found: Iterable[tuple[Hashable, EncodedRow[Any] | None]]) -> None:
        """Cache rows, and evict the oldest of the list that was begun first until the budget holds."""
        with self._lock:
            rows = self._lists.setdefault(listed, {})
            for row_id, row in found:
                if row_id not in rows:
                    self._bytes += _size(row)
                rows[row_id] = row
            while self._bytes > self._budget:
                self._evict()

    def _evict(self) -> None:
        oldest = next(iter(self._lists))
        rows = self._lists[oldest]
        self._bytes -= _size(rows.pop(next(iter(rows))))
        if not rows:
            del self._lists[oldest]


def days_beside(oldest: int, newest: int) -> Beside[int]:
    """DAYS_AHEAD days before and after others, all ordinals; none is before the oldest or after the newest."""

    def beside(first: int, last: int) -> tuple[range, range]:
        before = range(max(first - DAYS_AHEAD, oldest), first)
        return before, range(last + 1, min(last + DAYS_AHEAD, newest) + 1)

    return beside


def _ahead(cached: _Rows, before: Sequence[RowId], after: Sequence[RowId]) -> tuple[Sequence[RowId], Sequence[RowId]]:
    """Which of the rows before and after others a client asks for next, if it comes from the other side."""
    from_before = bool(before) and before[-1] in cached
    from_after = bool(after) and after[0] in cached
    if from_before is from_after:
        return (), ()
    return ((), after) if from_before else (before, ())


def _size(row: EncodedRow[Any] | None) -> int:
    """About how many bytes of memory a row takes with its key."""
    return _OVERHEAD + (len(row.json) if row else 0)

"""How Tabnine cuts and words pages: offset and limit in, count, total and next out.

Which rows there are stays out.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from mockserver.gateway.switches import Values

Item = TypeVar("Item")
Row = TypeVar("Row")


class Asked(Protocol):
    """What a page needs of the question; `limit` 0 is everything."""

    @property
    def offset(self) -> int: ...

    @property
    def limit(self) -> int: ...


def page(
    items: Sequence[Item], asked: Asked, rows: Callable[[Sequence[Item]], list[Row]], values: Values
) -> dict[str, Any]:
    """The page of a list; only the items on it are made into rows. `last_next` decides what stands on the last one."""
    end = asked.offset + asked.limit if asked.limit else len(items)
    cut = items[asked.offset : end]
    meta: dict[str, Any] = {"count": len(cut), "total": len(items)}
    if end < len(items):
        meta["next"] = {"limit": asked.limit, "offset": end}
    elif values["last_next"] == "null":
        meta["next"] = None
    return {"data": rows(cut), "meta": meta}

"""How Tabnine cuts and words pages: offset and limit in, count, total and next out.

Which rows there are stays out.
"""

from collections.abc import Callable
from typing import Any, Protocol

from mockserver.gateway.switches import Values


class Items(Protocol):
    """A list, or an array, of whatever rows are made from."""

    def __len__(self) -> int: ...

    def __getitem__(self, cut: slice, /) -> Any: ...


class Asked(Protocol):
    """What a page needs of the question; `limit` 0 is everything."""

    @property
    def offset(self) -> int: ...

    @property
    def limit(self) -> int: ...


def page(items: Items, asked: Asked, rows: Callable[[Any], Any], values: Values) -> dict[str, Any]:
    """The page of a list; only the items on it are made into rows. `last_next` decides what stands on the last one."""
    end = asked.offset + asked.limit if asked.limit else len(items)
    cut = items[asked.offset : end]
    meta: dict[str, Any] = {"count": len(cut), "total": len(items)}
    if end < len(items):
        meta["next"] = {"limit": asked.limit, "offset": end}
    elif values["last_next"] == "null":
        meta["next"] = None
    return {"data": rows(cut), "meta": meta}


def onward(body: dict[str, Any] | list[Any]) -> str | None:
    """The offset of the page behind a body's; None on a last page, and where there are none."""
    following = body.get("meta", {}).get("next") if isinstance(body, dict) else None
    return str(following["offset"]) if following else None

"""The Console's pages: it has none. A report is one list, with its totals beside it."""

from collections.abc import Sequence
from typing import Any


def whole(rows: Sequence[Any], total: Any) -> dict[str, Any]:
    """The body of a report."""
    return {"data": rows, "total": total}

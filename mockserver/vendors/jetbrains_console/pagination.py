"""How the Console cuts and words pages: not at all. A report is one list, with its totals beside it.

Which rows there are stays out.
"""

from collections.abc import Sequence
from typing import Any


def whole(rows: Sequence[Any], total: Any) -> dict[str, Any]:
    """The one page of a report."""
    return {"data": rows, "total": total}

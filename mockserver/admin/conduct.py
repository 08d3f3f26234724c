"""Answers how the clients of a sandbox behaved so far: the findings over its journal.

Judging stays out (`conduct`); it happens when somebody asks, and costs the requests themselves nothing.
"""

from typing import Any

from mockserver.admin import shapes
from mockserver.admin.asked import Asked
from mockserver.conduct import judging


def judged(asked: Asked) -> dict[str, Any]:
    """Every finding, and over how many requests."""
    with asked.lock:
        entries = tuple(asked.sandbox.journal)
    written: dict[str, Any] = shapes.Conduct().dump({"judged": len(entries), "findings": judging.judge(entries)})
    return written

"""Answers how the clients of a sandbox behaved so far: the findings over its journal.

Judging stays out (`conduct`); it happens when somebody asks, and costs the requests themselves nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.admin import shapes
from mockserver.admin.asked import Asked
from mockserver.conduct import judging
from mockserver.gateway.switches import Values

_HOUR: Final = "publication_hour"


def judged(asked: Asked) -> dict[str, Any]:
    """Every finding but those that are to be ignored, and over how many requests."""
    with asked.lock:
        entries = tuple(asked.sandbox.journal)
        policy = asked.sandbox.policy.values
    ignored = asked.query.get("ignore", ())
    found = [each for each in judging.judge(entries, _published(policy)) if each.rule not in ignored]
    written: dict[str, Any] = shapes.Conduct().dump({"judged": len(entries), "findings": found})
    return written


def _published(policy: Mapping[str, Values]) -> dict[str, int]:
    """At which hour the data of a day arrive, at the vendors whose switches tell."""
    return {vendor: int(values[_HOUR]) for vendor, values in policy.items() if _HOUR in values}

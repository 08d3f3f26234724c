"""Audits as the tests run them: results by the invariant's name."""

from mockserver import vendors
from mockserver.audit import run
from mockserver.audit.run import CheckResult
from mockserver.client import Client

GROUPS = run.groups(vendors.room("invariants"))
"""Every invariant by its vendor, and the cross-vendor ones."""

NAMES = [invariant.name for invariants in GROUPS.values() for invariant in invariants]


def audit(client: Client, *defects: str, groups: tuple[str, ...] = (), full: bool = False) -> dict[str, CheckResult]:
    """The results of an audit of the usual week, with some defects armed."""
    _, results = run.audit(client, vendors.room("invariants"), vendors=groups, defects=defects, full=full)
    return {result.invariant.name: result for result in results}


def names(results: dict[str, CheckResult], outcome: str) -> set[str]:
    """The invariants whose check ended so."""
    return {name for name, result in results.items() if result.outcome == outcome}


def failed(client: Client, *defects: str, groups: tuple[str, ...] = (), full: bool = False) -> set[str]:
    """The invariants that are violated."""
    return names(audit(client, *defects, groups=groups, full=full), "failed")

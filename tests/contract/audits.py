"""Runs of the audit for tests; results are keyed by the name of the invariant."""

from mockserver import vendors
from mockserver.audit import run
from mockserver.audit.run import CheckResult
from mockserver.client import Client

GROUPS = run.groups(vendors.room("invariants"))
"""The invariants of each vendor, and the cross-vendor ones."""

NAMES = [invariant.name for invariants in GROUPS.values() for invariant in invariants]


def audit(
    client: Client, *defects: run.DefectToArm, groups: tuple[str, ...] = (), full: bool = False
) -> dict[str, CheckResult]:
    """Audit the default week, with some defects armed, and return the results."""
    _, results = run.audit(client, vendors.room("invariants"), vendors=groups, defects=defects, full=full)
    return {result.invariant.name: result for result in results}


def names(results: dict[str, CheckResult], outcome: str) -> set[str]:
    """Return the invariants with an outcome."""
    return {name for name, result in results.items() if result.outcome == outcome}


def failed(client: Client, *defects: run.DefectToArm, groups: tuple[str, ...] = (), full: bool = False) -> set[str]:
    """Audit, and return the invariants that are violated."""
    return names(audit(client, *defects, groups=groups, full=full), "failed")

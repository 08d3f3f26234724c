"""Answers what a row of the ledger is: one thing that is served, how well it is vouched for, and by which test.

Where rows come from stays out (`ledger`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mockserver.gateway.switches import Grade


class Kind(StrEnum):
    """What a row is about, in the order in which rows are told."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    FIELD = "field"
    ERROR = "error"
    HEADER = "header"
    LIMIT = "limit"
    SWITCH = "switch"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a vendor's surface serves; `test` is the path of a test's file in the checkout, `::`, its name."""

    vendor: str
    kind: Kind
    name: str
    grade: Grade
    source: str
    test: str


def counts(rows: Iterable[Row]) -> dict[Grade, int]:
    """How many rows there are of each grade; never one number for all of them."""
    found = dict.fromkeys(Grade, 0)
    for row in rows:
        found[row.grade] += 1
    return found

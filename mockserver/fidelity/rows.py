"""Rows of the ledger: one thing that is served, its evidence, and its test."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mockserver.gateway.switches import Grade


class Kind(StrEnum):
    """What a row is about, in the order in which rows are listed."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    FIELD = "field"
    ERROR = "error"
    HEADER = "header"
    LIMIT = "limit"
    SWITCH = "switch"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One thing that a vendor's surface serves; `test` is the path of a test file in the checkout, `::`, its name."""

    vendor: str
    kind: Kind
    name: str
    grade: Grade
    source: str
    test: str


def counts(rows: Iterable[LedgerRow]) -> dict[Grade, int]:
    """How many rows there are of each grade; they are never combined into one score."""
    found = dict.fromkeys(Grade, 0)
    for row in rows:
        found[row.grade] += 1
    return found

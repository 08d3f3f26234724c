"""Invariants: relations that must hold across answers, and how the check of one ends.

Which invariants there are is decided by each vendor (`invariants.py` in its folder) and by `cross_vendor`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mockserver.audit.reader import Reader


class Violation(Exception):
    """An invariant does not hold; the text names the first day or user, and both numbers."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A relation that must hold: a stable name, a sentence, the section that states it, and its grade of evidence.

    `source` is a section of the vendor's contract. `check` raises Violation where the relation does not hold, and
    reader.NotApplicable where there is nothing to check.
    """

    name: str
    description: str
    source: str
    grade: str
    check: Callable[[Reader], None]


def equal(where: str, left: object, right: object, sides: str) -> None:
    """Violation unless both are equal; `sides` says what they are, as in "list and count"."""
    if left != right:
        raise Violation(f"{where}: {sides} are {left} and {right}")


def all_equal(where: str, left: Counter[str], right: Counter[str], sides: str) -> None:
    """Violation unless all numbers of both are equal, by name."""
    for name in sorted({*left, *right}):
        equal(f"{where}, {name}", left[name], right[name], sides)


def within_bounds(where: str, distinct: int, days: Iterable[int], sides: str) -> None:
    """Violation unless a distinct count over some days is at least the highest of them and at most their sum."""
    counts = list(days)
    if not max(counts, default=0) <= distinct <= sum(counts):
        raise Violation(f"{where}: {sides} are {distinct} and {', '.join(map(str, counts))}")


def at_most(where: str, less: int, more: int, sides: str) -> None:
    """Violation unless the first is at most the second."""
    if less > more:
        raise Violation(f"{where}: {sides} are {less} and {more}")

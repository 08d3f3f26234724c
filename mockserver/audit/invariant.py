"""Answers what an identity is, and how a check of one ends.

Which identities there are stays out: each vendor's modules, `buckets`, `counts` and `between` have them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mockserver.audit.reader import Reader


class Violation(Exception):
    """An identity does not hold; the text names the first day or user, and both numbers."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold: a stable name, a sentence, the contract that has it, its grade of evidence.

    `check` raises Broken where it does not hold, reader.Absent where there is nothing to judge.
    """

    name: str
    says: str
    source: str
    grade: str
    check: Callable[[Reader], None]

    @property
    def vendor(self) -> str:
        """The vendor that is judged; "between" where several are."""
        return self.source.partition(":")[0]


def equal(where: str, left: object, right: object, sides: str) -> None:
    """Broken unless both are equal; `sides` says what they are, as in "walk and count"."""
    if left != right:
        raise Violation(f"{where}: {sides} are {left} and {right}")


def within_bounds(where: str, distinct: int, days: Iterable[int], sides: str) -> None:
    """Broken unless what is distinct over some days is at least the highest of them, and at most their sum."""
    counts = list(days)
    if not max(counts, default=0) <= distinct <= sum(counts):
        raise Violation(f"{where}: {sides} are {distinct} and {', '.join(map(str, counts))}")


def at_most(where: str, less: int, more: int, sides: str) -> None:
    """Broken unless the first is at most the second."""
    if less > more:
        raise Violation(f"{where}: {sides} are {less} and {more}")

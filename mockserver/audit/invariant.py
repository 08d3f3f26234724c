"""Invariants: relations that must hold across answers, and checks that vendors share.

Each vendor's `invariants.py` and `cross_vendor` define the invariants.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mockserver.audit.reader import Reader

_DECIMAL_TEXT = re.compile(r"-?[0-9]+\.[0-9]{2}")


class Violation(Exception):
    """An invariant does not hold; the text names the first day or user, and both numbers."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A relation that must hold: a stable name, a sentence, its source, and its grade of evidence.

    `source` is a section of the vendor's contract. `check` raises Violation where the relation does not hold, and
    reader.NotApplicable where there is nothing to check.
    """

    name: str
    description: str
    source: str
    grade: str
    check: Callable[[Reader], None]


def equal(where: str, left: object, right: object, sides: str) -> None:
    """Violation unless both are equal; `sides` names them, as in "list and count"."""
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


def at_most(where: str, less: int | Decimal, more: int | Decimal, sides: str) -> None:
    """Violation unless the first is at most the second."""
    if less > more:
        raise Violation(f"{where}: {sides} are {less} and {more}")


def has_event(where: str, numbers: Mapping[str, int], made: str, *events: str) -> None:
    """Violation if a number of what events make is above 0 and the number of each kind of such events is 0."""
    if numbers[made] > 0 and not any(numbers[event] for event in events):
        raise Violation(f"{where}: {made} is {numbers[made]}, and {' and '.join(events)} are 0")


def nothing_negative(read: Callable[[Reader], Iterator[Any]]) -> Callable[[Reader], None]:
    """A check that no number is negative in the answers that `read` gives."""

    def check(reader: Reader) -> None:
        for where, number in (found for answer in read(reader) for found in _numbers(answer)):
            if number < 0:
                raise Violation(f"{where} is {number}")

    return check


def _numbers(part: Any, where: str = "the answer") -> Iterator[tuple[str, float | Decimal]]:
    """Every number in an answer, amounts written as text included, and where it is."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _numbers(value, f"{name} of {part.get('date', part.get('from', where))}")
    elif isinstance(part, list):
        for each in part:
            yield from _numbers(each, where)
    elif isinstance(part, int | float):
        yield where, part
    elif isinstance(part, str) and _DECIMAL_TEXT.fullmatch(part):
        yield where, Decimal(part)

"""Answers whether everything that is counted is at least nothing, at each vendor.

What the counts must agree with stays out (each vendor's module).
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from mockserver.audit import augment, jetbrains, tabnine
from mockserver.audit.invariant import Invariant, Violation
from mockserver.audit.reader import Reader

_REPORTS = ("users-adoption", "limit-hits", "quota-consumption")
_SAMPLE = 100
"""Rows about people that are looked at."""

_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")


def _augment(reader: Reader) -> Iterator[Any]:
    yield augment.daily(reader)
    yield augment.some_users(reader, reader.last)


def _tabnine(reader: Reader) -> Iterator[Any]:
    yield tabnine.usage(reader, "organization", "daily")
    yield tabnine.teams(reader)
    yield tabnine.months(reader)


def _ide(reader: Reader) -> Iterator[Any]:
    yield jetbrains.ide(reader, f"{jetbrains.EFFECTS}-by-feature", groupBy="DAY")
    yield jetbrains.ide(reader, jetbrains.ADOPTION, groupBy="DAY")
    yield jetbrains.ide(reader, f"{jetbrains.EFFECTS}/users.paged", limit=_SAMPLE)


def _console(reader: Reader) -> Iterator[Any]:
    for report in _REPORTS:
        yield jetbrains.console(reader, report)


def _nothing_negative(told: Callable[[Reader], Iterator[Any]], reader: Reader) -> None:
    for place, number in (found for answer in told(reader) for found in _numbers(answer)):
        if number < 0:
            raise Violation(f"{place} is {number}")


def _numbers(said: Any, place: str = "the answer") -> Iterator[tuple[str, float | Decimal]]:
    """Every number in an answer, also one that is written as text, and where it stands."""
    if isinstance(said, dict):
        for name, value in said.items():
            yield from _numbers(value, f"{name} of {said.get('date', said.get('from', place))}")
    elif isinstance(said, list):
        for each in said:
            yield from _numbers(each, place)
    elif isinstance(said, int | float):
        yield place, said
    elif isinstance(said, str) and _AMOUNT.fullmatch(said):
        yield place, Decimal(said)


def _identity(name: str, source: str, told: Callable[[Reader], Iterator[Any]]) -> Invariant:
    return Invariant(f"{name}-nothing-negative", "No number is below 0.", source, "I", partial(_nothing_negative, told))


INVARIANTS = (
    _identity("augment", "augment: 7", _augment),
    _identity("tabnine", "tabnine: 5", _tabnine),
    _identity("ide", "jetbrains-ide: 3", _ide),
    _identity("console", "jetbrains-console: 2", _console),
)

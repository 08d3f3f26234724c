"""A check that no number in some answers is negative."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from mockserver.audit.invariant import Violation
from mockserver.audit.reader import Reader

_DECIMAL_TEXT = re.compile(r"-?[0-9]+\.[0-9]{2}")


def nothing_negative(read: Callable[[Reader], Iterator[Any]]) -> Callable[[Reader], None]:
    """The check for the answers that `read` gives."""
    return partial(_check, read)


def _check(read: Callable[[Reader], Iterator[Any]], reader: Reader) -> None:
    for where, number in (found for answer in read(reader) for found in _numbers(answer)):
        if number < 0:
            raise Violation(f"{where} is {number}")


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

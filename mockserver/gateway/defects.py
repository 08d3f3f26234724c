"""Answers what an inconsistency is that can be armed on purpose, and makes it: bodies are changed on their way out.

They are for those who want to see whether a client, or the audit, notices. Which there are stays out (each vendor's
`defects` lists its own, by the contract's names: renaming comes after), and so does which are armed (`sandbox`).
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Body = Any
Row = Any
Spoil = Callable[[Body], None]


@dataclass(frozen=True, slots=True)
class Defect:
    """An inconsistency: what is wrong then, in which operations' answers; `spoil` changes a body that is its own."""

    name: str
    operations: tuple[str, ...]
    says: str
    spoil: Spoil


def spoilt(body: Body, known: Iterable[Defect], operation: str | None, armed: tuple[str, ...]) -> Body:
    """The body with every armed defect in it that concerns the operation; the one given stays as it is."""
    concerned = [each for each in known if each.name in armed and operation in each.operations] if armed else []
    if concerned:
        body = deepcopy(body)
        for defect in concerned:
            defect.spoil(body)
    return body


def rows(body: Body, place: str) -> list[Row]:
    """What stands at a place, as in "usage.data": the rows of a list, or the one object; "" is the body itself."""
    for part in place.split(".") if place else ():
        body = body[part]
    return body if isinstance(body, list) else [body]


def each(place: str, change: Callable[[Row], None]) -> Spoil:
    """Change every row at a place."""

    def spoil(body: Body) -> None:
        for row in rows(body, place):
            change(row)

    return spoil


def first(place: str, change: Callable[[Row], None]) -> Spoil:
    """Change the first row at a place, if there is one."""

    def spoil(body: Body) -> None:
        for row in rows(body, place)[:1]:
            change(row)

    return spoil


def more(name: str, place: str = "", by: int = 1) -> Spoil:
    """Add to a number in the first row where it is not zero; a row that stands alone is added to in any case."""

    def spoil(body: Body) -> None:
        found = [_holder(row, name) for row in rows(body, place)]
        chosen = [row for row in found if row[_last(name)]] or (found if len(found) == 1 and by > 0 else [])
        for row in chosen[:1]:
            row[_last(name)] += by

    return spoil


def above(name: str, limit: str, *places: str) -> Spoil:
    """Put one number above another in every row."""

    def spoil(body: Body) -> None:
        for row in _everywhere(body, places):
            _holder(row, name)[_last(name)] = _holder(row, limit)[_last(limit)] + 1

    return spoil


def negative(name: str, place: str = "") -> Spoil:
    """Turn a number around, in every row."""

    def spoil(body: Body) -> None:
        for row in rows(body, place):
            _holder(row, name)[_last(name)] *= -1

    return spoil


def swapped(place: str) -> Spoil:
    """Let the first two rows change places."""

    def spoil(body: Body) -> None:
        listed = rows(body, place)
        listed[:2] = listed[:2][::-1]

    return spoil


def twice(place: str) -> Spoil:
    """Say the last row twice."""

    def spoil(body: Body) -> None:
        listed = rows(body, place)
        listed += listed[-1:]

    return spoil


def lost(place: str) -> Spoil:
    """Leave the first row out."""

    def spoil(body: Body) -> None:
        del rows(body, place)[:1]

    return spoil


def _everywhere(body: Body, places: Iterable[str]) -> Iterator[Row]:
    for place in places:
        yield from rows(body, place)


def _holder(row: Row, name: str) -> Row:
    """What holds the number with a name, as in "metrics.total_messages"."""
    for part in name.split(".")[:-1]:
        row = row[part]
    return row


def _last(name: str) -> str:
    return name.rpartition(".")[2]

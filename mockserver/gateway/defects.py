"""Answers what an inconsistency is that can be armed on purpose, and makes it: bodies are changed on their way out.

They are for those who want to see whether a client, or the audit, notices. Which there are stays out (each vendor's
`defects` lists its own, by the contract's names: renaming comes after), and so does which are armed (`sandbox`).
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

Body = Any
Row = Any
Change = Callable[[Body], None]

WEEKS, MONTHS = (7, 7), (28, 31)
"""How many days lie between the beginnings of two, at least and at most."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Defect:
    """An inconsistency: what is wrong then, in which operations' answers; `spoil` changes a body that is its own."""

    name: str
    operations: tuple[str, ...]
    says: str
    spoil: Change


Defects = tuple[Defect, ...]


def armed_for(operation: str | None, known: Defects, armed: tuple[str, ...]) -> Defects:
    """Those of the known defects that are armed and change what an operation answers."""
    return tuple(each for each in known if each.name in armed and operation in each.operations) if armed else ()


def apply(body: Body, armed: Defects) -> Body:
    """The body with these defects in it; the one given stays as it is."""
    if armed:
        body = deepcopy(body)
        for defect in armed:
            defect.spoil(body)
    return body


def rows(body: Body, place: str) -> list[Row]:
    """What stands at a place, as in "usage.data": the rows of a list, or the one object; "" is the body itself."""
    for part in place.split(".") if place else ():
        body = body[part]
    return body if isinstance(body, list) else [body]


def each(place: str, change: Callable[[Row], None]) -> Change:
    """Change every row at a place."""

    def spoil(body: Body) -> None:
        for row in rows(body, place):
            change(row)

    return spoil


def first(place: str, change: Callable[[Row], None]) -> Change:
    """Change the first row at a place, if there is one."""

    def spoil(body: Body) -> None:
        for row in rows(body, place)[:1]:
            change(row)

    return spoil


def increment(name: str, place: str = "", by: int = 1) -> Change:
    """Add to a number in the first row where it is not zero; a row that stands alone is added to in any case."""

    def spoil(body: Body) -> None:
        found = _having(name, rows(body, place))
        chosen = [row for row in found if _number(row, name)] or (found if len(found) == 1 and by > 0 else [])
        for row in chosen[:1]:
            _set(row, name, _number(row, name) + by)

    return spoil


def exceed(name: str, limit: str, *places: str) -> Change:
    """Put one number above another in every row."""

    def spoil(body: Body) -> None:
        for row in _having(name, _everywhere(body, places)):
            _set(row, name, _number(row, limit) + 1)

    return spoil


def negative(name: str, place: str = "") -> Change:
    """Turn a number around, in every row."""

    def spoil(body: Body) -> None:
        for row in _having(name, rows(body, place)):
            _set(row, name, -_number(row, name))

    return spoil


def set_to(number: int, place: str, *names: str) -> Change:
    """Put the same number in place of others, in every row."""

    def spoil(body: Body) -> None:
        for name in names:
            for row in _having(name, rows(body, place)):
                _set(row, name, Decimal(number))

    return spoil


def when_spaced(place: str, name: str, least: int, most: int, spoil: Change) -> Change:
    """Spoil where the rows are of weeks, or of months: their dates lie so many days apart, at least and at most."""

    def spoil_spaced(body: Body) -> None:
        days = [date.fromisoformat(row[name][:10]) for row in rows(body, place)]
        if least <= max(((after - before).days for before, after in pairwise(days)), default=0) <= most:
            spoil(body)

    return spoil_spaced


def shift_days(place: str, begins: str, ends: str | None = None) -> Change:
    """Let every row but the first begin a day later, and the one before it end so."""

    def spoil(body: Body) -> None:
        for before, after in pairwise(rows(body, place)):
            after[begins] = f"{date.fromisoformat(after[begins][:10]) + _DAY}{after[begins][10:]}"
            if ends:
                before[ends] = after[begins]

    return spoil


def swap_first_two(place: str) -> Change:
    """Let the first two rows change places."""

    def spoil(body: Body) -> None:
        listed = rows(body, place)
        listed[:2] = listed[:2][::-1]

    return spoil


def repeat_last(place: str) -> Change:
    """Say the last row twice."""

    def spoil(body: Body) -> None:
        listed = rows(body, place)
        listed += listed[-1:]

    return spoil


def drop_first(place: str) -> Change:
    """Leave the first row out."""

    def spoil(body: Body) -> None:
        del rows(body, place)[:1]

    return spoil


def _everywhere(body: Body, places: Iterable[str]) -> Iterator[Row]:
    for place in places:
        yield from rows(body, place)


def _having(name: str, found: Iterable[Row]) -> list[Row]:
    """The rows in which there is something with a name, as in "metrics.total_messages"; a switch can leave it out."""
    return [row for row in found if _last(name) in _holder(row, name)]


def _holder(row: Row, name: str) -> Row:
    for part in name.split(".")[:-1]:
        row = row.get(part, {})
    return row


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _number(row: Row, name: str) -> Decimal:
    """A number exactly, also where a switch has it written as text."""
    return Decimal(str(_holder(row, name)[_last(name)]))


def _set(row: Row, name: str, number: Decimal) -> None:
    """Another number in the form of the one that is there: text with its decimals, a fraction, or a whole number."""
    holder, last = _holder(row, name), _last(name)
    was = holder[last]
    holder[last] = str(number.quantize(Decimal(was))) if isinstance(was, str) else type(was)(number)

"""Defects: inconsistencies that can be armed on purpose, to see whether a client or the audit notices.

A defect changes a reply's body on its way out. Each vendor's `defects` lists its own, by the field names of its OpenAPI
file (renaming comes after); which of them are armed is the sandbox's to know.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

Change = Callable[[Any], None]
"""Changes a body in place."""

WEEKS, MONTHS = (7, 7), (28, 31)
"""The least and the most days between the first days of two."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Defect:
    """An inconsistency in the answers of some operations: `change` makes it in a copy of the body.

    `next_page` reads from a changed body what leads to the next page, for a defect that changes that too.
    """

    name: str
    operations: tuple[str, ...]
    description: str
    change: Change
    next_page: Callable[[Any], str | None] | None = None


Defects = tuple[Defect, ...]


def armed_for(operation: str | None, known: Defects, armed: tuple[str, ...]) -> Defects:
    """Those of the known defects that are armed and concern an operation."""
    return tuple(each for each in known if each.name in armed and operation in each.operations) if armed else ()


def apply(body: Any, next_page: str | None, armed: Defects) -> tuple[Any, str | None]:
    """A body with these defects in it, and what then leads to its next page; the body given stays as it is."""
    if armed:
        body = deepcopy(body)
        for defect in armed:
            defect.change(body)
            next_page = next_page if defect.next_page is None else defect.next_page(body)
    return body, next_page


def rows(body: Any, path: str) -> list[Any]:
    """The rows of the list at a path, as in "usage.data", or the one object there; "" is the body itself."""
    for part in path.split(".") if path else ():
        body = body[part]
    return body if isinstance(body, list) else [body]


def each(path: str, change_row: Callable[[Any], None]) -> Change:
    """Change every row at a path."""

    def change(body: Any) -> None:
        for row in rows(body, path):
            change_row(row)

    return change


def first(path: str, change_row: Callable[[Any], None]) -> Change:
    """Change the first row at a path, if there is one."""

    def change(body: Any) -> None:
        for row in rows(body, path)[:1]:
            change_row(row)

    return change


def increment(name: str, path: str = "", by: int = 1) -> Change:
    """Add to a number in the first row where it is not zero; an only row is changed in any case."""

    def change(body: Any) -> None:
        found = _having(name, rows(body, path))
        chosen = [row for row in found if _number(row, name)] or (found if len(found) == 1 and by > 0 else [])
        for row in chosen[:1]:
            _set(row, name, _number(row, name) + by)

    return change


def exceed(name: str, limit: str, *paths: str) -> Change:
    """Set a number to one more than another, in every row."""
    return _change_number(name, paths, lambda row: _number(row, limit) + 1)


def negative(name: str, path: str = "") -> Change:
    """Negate a number, in every row."""
    return _change_number(name, (path,), lambda row: -_number(row, name))


def set_to(number: int, path: str, *names: str) -> Change:
    """Set some numbers to the same value, in every row."""

    def change(body: Any) -> None:
        for name in names:
            for row in _having(name, rows(body, path)):
                _set(row, name, Decimal(number))

    return change


def when_spaced(path: str, name: str, least: int, most: int, change: Change) -> Change:
    """Make a change only where the rows' dates lie `least` to `most` days apart, as those of weeks or months do."""

    def change_spaced(body: Any) -> None:
        days = [date.fromisoformat(row[name][:10]) for row in rows(body, path)]
        if least <= max(((after - before).days for before, after in pairwise(days)), default=0) <= most:
            change(body)

    return change_spaced


def shift_days(path: str, begins: str, ends: str | None = None) -> Change:
    """Let every row but the first begin a day later, and the row before it end a day later."""

    def change(body: Any) -> None:
        for before, after in pairwise(rows(body, path)):
            after[begins] = f"{date.fromisoformat(after[begins][:10]) + _DAY}{after[begins][10:]}"
            if ends:
                before[ends] = after[begins]

    return change


def swap_first_two(path: str) -> Change:
    """Swap the first two rows."""

    def change(body: Any) -> None:
        listed = rows(body, path)
        listed[:2] = listed[:2][::-1]

    return change


def repeat_last(path: str) -> Change:
    """Repeat the last row."""

    def change(body: Any) -> None:
        listed = rows(body, path)
        listed += listed[-1:]

    return change


def drop_first(path: str) -> Change:
    """Remove the first row."""

    def change(body: Any) -> None:
        del rows(body, path)[:1]

    return change


def _change_number(name: str, paths: Iterable[str], number: Callable[[Any], Decimal]) -> Change:
    def change(body: Any) -> None:
        for path in paths:
            for row in _having(name, rows(body, path)):
                _set(row, name, number(row))

    return change


def _having(name: str, found: Iterable[Any]) -> list[Any]:
    """The rows that have a field, as in "metrics.total_messages"; a switch can leave it out."""
    return [row for row in found if _last(name) in _holder(row, name)]


def _holder(row: Any, name: str) -> Any:
    for part in name.split(".")[:-1]:
        row = row.get(part, {})
    return row


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _number(row: Any, name: str) -> Decimal:
    """An exact number, also where a switch has it written as text."""
    return Decimal(str(_holder(row, name)[_last(name)]))


def _set(row: Any, name: str, number: Decimal) -> None:
    """Set a number in the form of the present one: text with its decimals, a fraction, or a whole number."""
    holder, last = _holder(row, name), _last(name)
    was = holder[last]
    holder[last] = str(number.quantize(Decimal(was))) if isinstance(was, str) else type(was)(number)

"""Defects: inconsistencies that can be armed on purpose, to see whether a client or the audit notices.

A defect changes a reply on its way out. Each vendor's `defects` lists its own, by the field names of its OpenAPI file
(renaming comes after); `paging_defects` and `field_defects` have those that every vendor can have. The sandbox holds
the armed ones.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

if TYPE_CHECKING:
    from mockserver.gateway.vendor import Reply, ViewRequest

P = ParamSpec("P")

Change = Callable[[Any], None]
"""Changes a body in place."""

PlainView = Callable[["ViewRequest"], "Reply"]
"""A view whose replies have no encoded rows."""

WEEKS, MONTHS = (7, 7), (28, 31)
"""The least and the most days between the first days of two."""


@dataclass(frozen=True, slots=True)
class Defect:
    """An inconsistency in the answers of some operations: `change` makes it in a copy of the body.

    `next_page` reads the link to the next page from the changed body, for a defect that changes it.
    """

    name: str
    operations: tuple[str, ...]
    description: str
    change: Change
    next_page: Callable[[Any], str | None] | None = None

    def answer(self, view: PlainView, request: "ViewRequest") -> "Reply":
        """The view's reply with the defect in it; the same reply where there is nothing to change."""
        reply = view(request)
        body = deepcopy(reply.body)
        if body is not None:
            self.change(body)
        if body == reply.body:
            return reply
        next_page = reply.next_page if self.next_page is None else self.next_page(body)
        return replace(reply, body=body, next_page=next_page, defects=(*reply.defects, self.name))


@dataclass(frozen=True, slots=True)
class PagingDefect:
    """A defect in the way from page to page: `respond` gets the view, and may ask it for other pages.

    It returns None where the reply is as it would be without the defect.
    """

    name: str
    operations: tuple[str, ...]
    description: str
    respond: Callable[[PlainView, "ViewRequest"], "Reply | None"]

    def answer(self, view: PlainView, request: "ViewRequest") -> "Reply":
        """The reply with the defect in it; the view's own where there is nothing to change."""
        reply = self.respond(view, request)
        return view(request) if reply is None else replace(reply, defects=(*reply.defects, self.name))


AnyDefect = Defect | PagingDefect


@dataclass(frozen=True, slots=True)
class ArmedDefect:
    """A defect as it is armed: its name, where, and what it does at each vendor.

    `at` is a path with the names of the OpenAPI file, where it is in one field. It may be armed at one `vendor` or one
    `operation` only. `names` is whose names the path had, if that was given.
    """

    name: str
    at: str | None = None
    vendor: str | None = None
    operation: str | None = None
    names: str | None = None
    by_vendor: Mapping[str, tuple[AnyDefect, ...]] = field(default_factory=dict, compare=False)


def in_order(armed: Iterable[ArmedDefect]) -> tuple[ArmedDefect, ...]:
    """Each armed defect once, in the order of names, vendors, operations and paths."""
    return tuple(sorted(set(armed), key=_order))


def _order(armed: ArmedDefect) -> tuple[str, ...]:
    return tuple(each or "" for each in (armed.name, armed.vendor, armed.operation, armed.at, armed.names))


def answer(armed: Iterable[AnyDefect], view: PlainView, request: "ViewRequest") -> "Reply":
    """The reply of a view with these defects in it, each applied to the result of those before it."""
    for defect in armed:
        view = partial(defect.answer, view)
    return view(request)


def rows(body: Any, path: str) -> list[Any]:
    """The rows of the list at a path, as in "usage.data", or the one object there; "" is the body itself."""
    for part in path.split(".") if path else ():
        body = body[part]
    return body if isinstance(body, list) else [body]


def _change(function: Callable[Concatenate[Any, P], None]) -> Callable[P, Change]:
    """Turn a function of a body and other arguments into a function of the others that returns a Change."""

    def bind(*args: P.args, **kwargs: P.kwargs) -> Change:
        def change(body: Any) -> None:
            function(body, *args, **kwargs)

        return change

    return bind


@_change
def each(body: Any, path: str, change_row: Callable[[Any], None]) -> None:
    """Change every row at a path."""
    for row in rows(body, path):
        change_row(row)


@_change
def first(body: Any, path: str, change_row: Callable[[Any], None]) -> None:
    """Change the first row at a path, if there is one."""
    for row in rows(body, path)[:1]:
        change_row(row)


@_change
def increment(body: Any, name: str, path: str = "", by: int = 1) -> None:
    """Add to a number in the first row where it is not zero; an only row is changed in any case."""
    found = _having(name, rows(body, path))
    chosen = [row for row in found if _number(row, name)] or (found if len(found) == 1 and by > 0 else [])
    for row in chosen[:1]:
        _set(row, name, _number(row, name) + by)


@_change
def exceed(body: Any, name: str, limit: str, *paths: str) -> None:
    """Set a number to one more than another, in every row."""
    for path in paths:
        for row in _having(name, rows(body, path)):
            _set(row, name, _number(row, limit) + 1)


@_change
def negative(body: Any, name: str, path: str) -> None:
    """Negate a number, in every row."""
    for row in _having(name, rows(body, path)):
        _set(row, name, -_number(row, name))


@_change
def set_to(body: Any, number: int, path: str, *names: str) -> None:
    """Set some numbers to the same value, in every row."""
    for name in names:
        for row in _having(name, rows(body, path)):
            _set(row, name, Decimal(number))


@_change
def when_spaced(body: Any, path: str, name: str, least: int, most: int, change: Change) -> None:
    """Make a change only where the rows' dates lie `least` to `most` days apart, as those of weeks or months do."""
    days = [date.fromisoformat(row[name][:10]) for row in rows(body, path)]
    if least <= max(((after - before).days for before, after in pairwise(days)), default=0) <= most:
        change(body)


@_change
def shift_days(body: Any, path: str, begins: str, ends: str | None = None) -> None:
    """Let every row but the first begin a day later, and the row before it end a day later."""
    for before, after in pairwise(rows(body, path)):
        after[begins] = f"{date.fromisoformat(after[begins][:10]) + timedelta(days=1)}{after[begins][10:]}"
        if ends:
            before[ends] = after[begins]


@_change
def swap_first_two(body: Any, path: str) -> None:
    """Swap the first two rows."""
    listed = rows(body, path)
    listed[:2] = listed[:2][::-1]


@_change
def repeat_last(body: Any, path: str) -> None:
    """Repeat the last row."""
    listed = rows(body, path)
    listed += listed[-1:]


@_change
def drop_first(body: Any, path: str) -> None:
    """Remove the first row."""
    del rows(body, path)[:1]


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

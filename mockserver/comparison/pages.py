"""Two questions about a list: its first small page, and the page after it, which shows whether pagination goes on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from mockserver.comparison.question import Mark, Pick, Question, Values

Following = Callable[[Question, str], Question]
"""Makes the request for the page after that of a question; the variable with its position is in braces."""


def two(first: Question, rows: Pick, onward: Pick, following: Following) -> Iterator[Question]:
    """The question of a first page, and that of the page after it.

    `rows` are those of an answer, and `onward` the position of the page after it. The variables are those of the
    operation, so that several lists can be paginated.
    """
    kept = f"first_rows_{first.operation}"
    position = f"position_{first.operation}"
    yield replace(first, keeps={**first.keeps, kept: rows, position: onward})
    after = following(replace(first, about="the page after it", keeps={}), f"{{{position}}}")
    yield replace(after, uses=(kept, position), marks=_marks(rows, onward, kept, position))


def _marks(rows: Pick, onward: Pick, kept: str, position: str) -> dict[str, Mark]:
    return {"the page": partial(_page, rows, onward, kept), "the cursor": partial(_cursor, onward, position)}


def _page(rows: Pick, onward: Pick, kept: str, body: Any, values: Values) -> str | None:
    found = rows(body)
    if not found:
        return "has no row and leads on" if onward(body) else None
    return "has rows of the first page" if any(row in values[kept] for row in found) else "has other rows"


def _cursor(onward: Pick, position: str, body: Any, values: Values) -> str | None:
    return "leads to itself" if str(onward(body)) == values[position] else "leads on"

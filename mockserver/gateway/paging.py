"""Answers how a list is cut: a page of a list that can be read from any row on, and opaque cursors in base64.

How a vendor words a page, and what its cursor holds, stays out.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in order, and whether there are more."""

    rows: list[Row]
    more: bool


def keyset(take: Callable[[int], list[Row]], size: int) -> Page[Row]:
    """A page of `size` rows from a list that yields up to n on request; one more is read, to know of the rest."""
    rows = take(size + 1)
    return Page(rows[:size], len(rows) > size)


class CursorError(ValueError):
    """A cursor that was not made by `encode`."""


def encode(content: dict[str, Any]) -> str:
    """An opaque cursor: standard base64, padded, of compact JSON."""
    return b64encode(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()).decode()


def decode(cursor: str) -> dict[str, Any]:
    """What a cursor holds; CursorError when it is not base64 of a JSON object."""
    try:
        content = json.loads(b64decode(cursor, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise CursorError("not base64 of JSON") from error
    if not isinstance(content, dict):
        raise CursorError("not a JSON object")
    return content

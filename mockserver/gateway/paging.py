"""Tools for pages: a list with a lookahead row cut to its page, and opaque cursors in base64.

What a vendor's page looks like, and what its cursors hold, is the vendor's `pagination`.
"""

import binascii
import json
from base64 import b64decode, b64encode
from typing import Any, TypeVar

from mockserver.gateway.response_cache import to_json

Row = TypeVar("Row")


def cut(rows: list[Row], size: int) -> tuple[list[Row], bool]:
    """The rows of a page, and whether more follow, out of a list of up to `size` + 1 rows."""
    return rows[:size], len(rows) > size


class CursorError(ValueError):
    """A cursor that was not made by `encode`."""


def encode(content: dict[str, Any]) -> str:
    """An opaque cursor: standard base64, padded, of compact JSON."""
    return b64encode(to_json(content).encode()).decode()


def decode(cursor: str) -> dict[str, Any]:
    """The content of a cursor; CursorError when it is not base64 of a JSON object."""
    try:
        content = json.loads(b64decode(cursor, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise CursorError("not base64 of JSON") from error
    if not isinstance(content, dict):
        raise CursorError("not a JSON object")
    return content

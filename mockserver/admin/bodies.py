"""Answers which JSON object a request carries, read strictly: what could be read in two ways is refused.

Which members the object may have stays out (`schemas`).
"""

import json
from decimal import Decimal
from typing import NoReturn

from flask import request

from mockserver.admin.problems import Problem
from mockserver.gateway.view import BODY_MAXIMUM

DEPTH_MAXIMUM = 8
DIGITS_MAXIMUM = 60
"""How deep a body may be nested, and how long a number in it may be: far beyond any that means something."""

_TOO_LARGE = f"the request body is too large; at most {BODY_MAXIMUM} bytes are read"


def measure() -> None:
    """Refuse a body that says it is too large, and have reading stop where one that says nothing becomes so."""
    if (request.content_length or 0) > BODY_MAXIMUM:
        raise Problem(413, _TOO_LARGE)
    # Werkzeug cuts such a body at its limit without a word, so one byte more is read, and tells.
    request.max_content_length = BODY_MAXIMUM + 1


def given(*, optional: bool = False) -> dict[str, object]:
    """The object that the request carries; when `optional`, no body at all is an empty one."""
    data = _read()
    if optional and not data:
        return {}
    # A form of a hostile page can send JSON, but only under another name.
    if request.mimetype != "application/json":
        sent = repr(request.mimetype) if request.mimetype else "none"
        raise Problem(415, f"the body must come as Content-Type: application/json; the request has {sent}")
    value = _parsed(data)
    if not isinstance(value, dict):
        raise Problem(400, "the body must be a JSON object, as in {}")
    return value


def _read() -> bytes:
    data = request.get_data(cache=False)
    if len(data) > BODY_MAXIMUM:
        raise Problem(413, _TOO_LARGE)
    return data


def _parsed(data: bytes) -> object:
    try:
        value: object = json.loads(
            data.decode(), parse_int=_whole, parse_float=_real, parse_constant=_constant, object_pairs_hook=_members
        )
        if _within(value, DEPTH_MAXIMUM):
            return value
    except RecursionError:
        pass
    except ValueError as error:
        raise Problem(400, f"the body is not JSON as it is read here: {error}") from error
    raise Problem(400, f"the body is nested deeper than {DEPTH_MAXIMUM} levels")


def _within(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_within(each, levels - 1) for each in inner)


def _whole(text: str) -> int:
    return int(_short(text))


def _real(text: str) -> Decimal:
    try:
        return Decimal(_short(text))
    except ArithmeticError as error:
        raise ValueError(f"the number {text} has an exponent out of all bounds") from error


def _short(text: str) -> str:
    if len(text) > DIGITS_MAXIMUM:
        raise ValueError(f"a number has {len(text)} digits; at most {DIGITS_MAXIMUM} are read")
    return text


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the member {name!r} is there twice")
        found[name] = value
    return found

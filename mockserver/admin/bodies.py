"""The size of a request, and the JSON object in its body, read strictly: anything ambiguous is refused.

Which fields the object may have is decided by each resource's schema.
"""

import json
from decimal import Decimal
from typing import NoReturn

from flask import request

from mockserver.admin.responses import Problem
from mockserver.gateway.view import BODY_MAXIMUM, QUERY_MAXIMUM, query_rule

DEPTH_MAXIMUM = 8
"""How deep a body may be nested."""

DIGITS_MAXIMUM = 60
"""How long a number in a body may be."""

_TOO_LARGE = f"the request body is too large; the maximum is {BODY_MAXIMUM} bytes"


def check_size() -> None:
    """Refuse a query string that is too long, and a body; limit the reading of a body without a Content-Length."""
    if (size := len(request.query_string)) > QUERY_MAXIMUM:
        raise Problem(400, query_rule(size))
    if (request.content_length or 0) > BODY_MAXIMUM:
        raise Problem(413, _TOO_LARGE)
    # Werkzeug truncates such a body at its limit silently; one byte more shows that it was too large.
    request.max_content_length = BODY_MAXIMUM + 1


def read(*, optional: bool = False) -> dict[str, object]:
    """The object in the body; when `optional`, no body at all is an empty object."""
    data = request.get_data(cache=False)
    if len(data) > BODY_MAXIMUM:
        raise Problem(413, _TOO_LARGE)
    if optional and not data:
        return {}
    # A form on a hostile page can send JSON, but only with another content type.
    if request.mimetype != "application/json":
        sent = repr(request.mimetype) if request.mimetype else "none"
        raise Problem(415, f"the body must be sent as Content-Type: application/json; the request has {sent}")
    value = _parse(data)
    if not isinstance(value, dict):
        raise Problem(400, "the body must be a JSON object, as in {}")
    return value


def _parse(data: bytes) -> object:
    try:
        value: object = json.loads(
            data.decode(),
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
        if _is_within(value, DEPTH_MAXIMUM):
            return value
    except RecursionError:
        pass
    except ValueError as error:
        raise Problem(400, f"the body is not valid JSON: {error}") from error
    raise Problem(400, f"the body is nested deeper than {DEPTH_MAXIMUM} levels")


def _is_within(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_within(each, levels - 1) for each in inner)


def _integer(text: str) -> int:
    return int(_short(text))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(_short(text))
    except ArithmeticError as error:
        raise ValueError(f"the exponent of the number {text} is out of range") from error


def _short(text: str) -> str:
    if len(text) > DIGITS_MAXIMUM:
        raise ValueError(f"a number has {len(text)} digits; the maximum is {DIGITS_MAXIMUM}")
    return text


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the field {name!r} is repeated")
        found[name] = value
    return found

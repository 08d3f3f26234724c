"""JSON that clients send, read strictly: anything ambiguous is refused."""

import json
from decimal import Decimal
from typing import NoReturn

DEPTH_MAXIMUM = 8
"""How deep a body may be nested."""

DIGITS_MAXIMUM = 60
"""How long a number in a body may be."""


class JsonError(ValueError):
    """A text that is not JSON, or is ambiguous; the message says why."""


def parse(data: bytes) -> object:
    """The value of a JSON text in UTF-8, with exact numbers; JsonError for anything else."""
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
        raise JsonError(f"the body is not valid JSON: {error}") from error
    raise JsonError(f"the body is nested deeper than {DEPTH_MAXIMUM} levels")


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

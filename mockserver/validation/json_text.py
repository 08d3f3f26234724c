"""JSON that clients send, read strictly: anything ambiguous is refused."""

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn

DEPTH_MAXIMUM = 8
"""How deep a body may be nested."""

DIGITS_MAXIMUM = 60
"""How long a number in a body may be."""


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)
"""A string, which may lack its end, or a bracket."""


class JsonError(ValueError):
    """A text that is not JSON, or is ambiguous; the message says why."""


def parse(data: bytes) -> object:
    """The value of a JSON text in UTF-8, with exact numbers; JsonError for anything else."""
    try:
        text = data.decode()
        is_deep = is_deeper(text, DEPTH_MAXIMUM)
        value: object = None if is_deep else json.loads(text, **_STRICTLY)
    except ValueError as error:
        raise JsonError(f"the body is not valid JSON: {error}") from error
    if is_deep:
        raise JsonError(f"the body is nested deeper than {DEPTH_MAXIMUM} levels")
    return value


def is_deeper(text: str, levels: int) -> bool:
    """Whether a JSON text, valid or not, has lists and objects within each other on more levels than these.

    How deep the parser can go depends on the version of Python, so whatever may be deep is checked before it is parsed.
    """
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > levels:
            return True
    return False


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


_STRICTLY: Final[dict[str, Any]] = {
    "parse_int": _integer,
    "parse_float": _decimal,
    "parse_constant": _constant,
    "object_pairs_hook": _object,
}

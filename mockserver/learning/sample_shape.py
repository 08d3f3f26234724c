"""The shape of a captured body. Its values are looked at, and nothing of them is kept.

A key that is no plain word is data, and so are the keys beside it.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from mockserver.learning.errors import LearnError
from mockserver.learning.shape import DECIMALS, DIGITS, EMPTY, LARGE, NEGATIVE, NUMERIC, TEXT, Kind, Shape, union

FIELDS_MAXIMUM = 200
"""An object with more keys is a map."""

_DEPTH_MAXIMUM = 30
_FIELD = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$-]{0,59}")
_DATA = re.compile(r"[0-9a-fA-F-]{16,}|.*[0-9]{5}.*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_COUNT = re.compile(r"[0-9]{1,7}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def read(content: bytes, name: str) -> Any:
    """The JSON in a file; LearnError without a word of it for anything else."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise LearnError(f"{name}: not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise LearnError(f"{name}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise LearnError(f"{name}: not JSON that can be read: nested too deep, or a number is too long") from None


def shape(value: object, where: str, depth: int = 0) -> Shape:
    """The shape of a value as `read` returns it; what is nested very deep has none.

    Every part has the same place, because the path to it could have keys that are data.
    """
    if depth > _DEPTH_MAXIMUM:
        return Shape(where=where)
    if isinstance(value, dict):
        return _object(value, where, depth)
    if isinstance(value, list):
        items = [shape(each, where, depth + 1) for each in value]
        return Shape(frozenset((Kind.ARRAY,)), items=union(items) if items else None, where=where)
    return _of_scalar(*_scalar(value), where)


@lru_cache(1024)
def _of_scalar(kind: Kind, formats: tuple[str, ...], where: str) -> Shape:
    """The shape of a scalar; equal ones are the same object."""
    return Shape(frozenset((kind,)), frozenset(formats), where=where)


def header(value: str, where: str) -> Shape:
    """The shape of a header's value. Digits are a whole number, unless there are so many that they count no seconds."""
    return shape(int(value) if _COUNT.fullmatch(value.strip()) else value, where)


def _object(value: dict[str, Any], where: str, depth: int) -> Shape:
    kinds = frozenset((Kind.OBJECT,))
    if len(value) > FIELDS_MAXIMUM or not all(map(_is_field, value)):
        return Shape(kinds, is_map=True, where=where)
    fields = {key: shape(each, where, depth + 1) for key, each in value.items()}
    return Shape(kinds, fields=fields, required=frozenset(fields), where=where)


@lru_cache(1024)
def _is_field(key: str) -> bool:
    return bool(_FIELD.fullmatch(key)) and not _DATA.fullmatch(key)


def _scalar(value: object) -> tuple[Kind, tuple[str, ...]]:
    if value is None:
        return Kind.NULL, ()
    if isinstance(value, bool):
        return Kind.BOOLEAN, ()
    if isinstance(value, int):
        return Kind.INTEGER, (*((LARGE,) if abs(value) >= 2**53 else ()), *_sign(value))
    if isinstance(value, Decimal):
        return Kind.NUMBER, (f"{DECIMALS}{max(0, -int(value.as_tuple().exponent))}", *_sign(value))
    return Kind.STRING, (_text_format(str(value)),)


def _sign(value: int | Decimal) -> tuple[str, ...]:
    return (NEGATIVE,) if value < 0 else ()


def _text_format(text: str) -> str:
    if found := _TIMESTAMP.fullmatch(text):
        return f"{DIGITS}{len(found[1] or '.') - 1}"
    return next((name for name, is_it in _FORMATS.items() if is_it(text)), TEXT)


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


_FORMATS: dict[str, Callable[[str], object]] = {
    EMPTY: lambda text: not text,
    "uuid": _UUID.fullmatch,
    "email": _EMAIL.fullmatch,
    "date": _is_date,
    NUMERIC: _NUMBER.fullmatch,
}

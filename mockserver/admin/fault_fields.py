"""Kinds of values in a fault rule: exact numbers, headers, query parameters. As strict as those in `fields`."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from mockserver.admin.fields import NonNegativeDecimal, StrictInteger

COUNT_MAXIMUM = 1_000_000
TEXT_MAXIMUM = 1000
DECIMALS_MAXIMUM = 9
"""Digits after the decimal point: few enough that every JSON parser keeps the number exactly."""

FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection")
)
"""Headers that describe how an answer is sent; only the server sets them."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(rf"[!-~](?:[ -~]{{0,{TEXT_MAXIMUM - 2}}}[!-~])?")


class PositiveDecimal(NonNegativeDecimal):
    """A number above 0 and up to a maximum, with so few digits that JSON returns it exactly."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(**{"metadata": {"exclusiveMinimum": 0, "maximum": most}, **kwargs})
        self._most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Decimal:
        if value == 0 and not isinstance(value, bool):
            raise ValidationError(f"0 has no effect; it must be above 0, up to {self._most}")
        given = super()._deserialize(value, attr, data, **more)
        if given > self._most or given != round(given, DECIMALS_MAXIMUM):
            rule = f"a number above 0, up to {self._most}, with at most {DECIMALS_MAXIMUM} digits after the point"
            raise ValidationError(f"must be {rule}")
        return given

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> Any:
        return None if value is None else float(value) if value % 1 else int(value)


class Times(StrictInteger):
    """How often a rule fires at most."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if value == 0 and not isinstance(value, bool):
            raise ValidationError(
                f"0 would never let the rule fire; it must be a whole number from 1 to {COUNT_MAXIMUM}"
            )
        found: int = super()._deserialize(value, attr, data, **more)
        return found


class PageStatus(StrictInteger):
    """The status of an HTML page: any that allows a body."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        found: int = super()._deserialize(value, attr, data, **more)
        if found in (204, 205, 304):
            raise ValidationError(f"cannot be {found}, which allows no body; a gateway answers 502, 503 or 504")
        return found


class TrueOnly(fields.Boolean):
    """True; leaving the field out means false."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value is True:
            return True
        raise ValidationError("must be true; leave it out otherwise")


class ShortText(fields.String):
    """Printable text of limited length."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, str) and 1 <= len(value) <= TEXT_MAXIMUM and value.isprintable():
            return value
        raise ValidationError(f"must be text of 1 to {TEXT_MAXIMUM} printable characters")


class Headers(fields.Dict):
    """Headers of an answer, by name."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of header names and their values")
        errors = {name: [rule] for name, given in value.items() if (rule := _header_error(name, given))}
        if errors:
            raise ValidationError(errors)
        return value


def _header_error(name: str, value: object) -> str | None:
    if not _NAME.fullmatch(name):
        return "is not a header name"
    if name.lower() in FRAMING:
        return "is set by the server only: it describes how the answer is sent"
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        return f"must be text of 1 to {TEXT_MAXIMUM} ASCII characters, without spaces at its ends"
    return None


class QueryParameters(fields.Dict):
    """Parameters that a query must have."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of parameters and their values")
        wrong = [name for name, given in value.items() if isinstance(given, bool) or not isinstance(given, str | int)]
        if wrong:
            raise ValidationError({name: ["must be text, or a whole number"] for name in wrong})
        return {name: str(given) for name, given in value.items()}

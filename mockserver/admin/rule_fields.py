"""Answers what one value in a rule of faults may be: a span that JSON gives back exactly, a header, a parameter.

Which member takes which kind stays out (`rules`). Kinds are strict, as those of every other resource are (`fields`).
"""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from mockserver.admin.fields import NonNegativeDecimal, StrictInteger

COUNT_MAXIMUM = 1_000_000
TEXT_MAXIMUM = 1000
PLACES_MAXIMUM = 9
"""Digits behind a point: with those before it, no more than every reader of JSON keeps of a number."""

FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection")
)
"""Headers that tell how an answer is sent, which the server does."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(rf"[!-~](?:[ -~]{{0,{TEXT_MAXIMUM - 2}}}[!-~])?")


class Exact(NonNegativeDecimal):
    """A number above 0 and up to a maximum, of so few digits that JSON gives it back as it came."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(**{"metadata": {"exclusiveMinimum": 0, "maximum": most}, **kwargs})
        self._most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Decimal:
        if value == 0 and not isinstance(value, bool):
            raise ValidationError(f"0 does nothing; it must be above 0, up to {self._most}")
        given = super()._deserialize(value, attr, data, **more)
        if given > self._most or given != round(given, PLACES_MAXIMUM):
            rule = f"a number above 0, up to {self._most}, with at most {PLACES_MAXIMUM} digits behind the point"
            raise ValidationError(f"must be {rule}")
        return given

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> Any:
        return None if value is None else float(value) if value % 1 else int(value)


class Times(StrictInteger):
    """How often a rule fires at most."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if value == 0 and not isinstance(value, bool):
            raise ValidationError(f"0 lets the rule never fire; it must be a whole number from 1 to {COUNT_MAXIMUM}")
        found: int = super()._deserialize(value, attr, data, **more)
        return found


class PageStatus(StrictInteger):
    """The status of a page: any that goes with a body."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        found: int = super()._deserialize(value, attr, data, **more)
        if found in (204, 205, 304):
            raise ValidationError(f"cannot be {found}, which goes with no body; a gateway says 502, 503 or 504")
        return found


class Set(fields.Boolean):
    """True; who does not want it leaves it out."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value is True:
            return True
        raise ValidationError("must be true; leave it out otherwise")


class Text(fields.String):
    """Printable text, and not too much of it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if isinstance(value, str) and 1 <= len(value) <= TEXT_MAXIMUM and value.isprintable():
            return value
        raise ValidationError(f"must be text of 1 to {TEXT_MAXIMUM} printable characters")


class Headers(fields.Dict):
    """Headers of an answer, by name."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of header names and their values")
        errors = {name: [rule] for name, given in value.items() if (rule := _header_fault(name, given))}
        if errors:
            raise ValidationError(errors)
        return value


def _header_fault(name: str, value: object) -> str | None:
    if not _NAME.fullmatch(name):
        return "is no name of a header"
    if name.lower() in FRAMING:
        return "is the server's: it tells how the answer is sent"
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        return f"must be text of 1 to {TEXT_MAXIMUM} characters of ASCII, without spaces at its ends"
    return None


class Query(fields.Dict):
    """Parameters that a query must have."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of parameters and their values")
        wrong = [name for name, given in value.items() if isinstance(given, bool) or not isinstance(given, str | int)]
        if wrong:
            raise ValidationError({name: ["must be text, or a whole number"] for name in wrong})
        return {name: str(given) for name, given in value.items()}

"""The schemas and fields that the resources of the control plane share.

Types are strict: text is not a number, and 1 is not true.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from mockserver.simulation import clock
from mockserver.simulation.clock import EARLIEST, LATEST, ClockError
from mockserver.validation import schemas
from mockserver.validation.schemas import StrictSchema

CLOCK_RANGE = f"from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}"
"""The times that a sandbox's clock can show."""

_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DIGITS = re.compile(r"[0-9]{1,18}")


class Body(StrictSchema):
    """The fields of a request's body."""

    error_messages = {"type": "must be an object"}  # noqa: RUF012 - as marshmallow declares it


class VendorBody(Body):
    """A body with one field for each vendor."""

    kind = "vendor"


class AdminQuery(StrictSchema):
    """The parameters of a query; by itself, the query of a resource without parameters."""

    kind = "parameter"


class Rfc3339Timestamp(fields.AwareDateTime):
    """A date and a time with a time zone, as in RFC 3339; dumped in UTC, with a fraction only where there is one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        text = value.upper() if isinstance(value, str) else ""
        try:
            if _TIMESTAMP.fullmatch(text):
                return clock.parse(text)
        except ClockError as error:
            raise ValidationError(str(error)) from error
        except ValueError:
            pass
        raise ValidationError("must be a date and a time that exist, with a time zone, as in 2025-10-21T10:30:00Z")

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else clock.format_utc(value)


class ClockDate(fields.Date):
    """A calendar date, YYYY-MM-DD in ASCII digits, that a sandbox's clock can show."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        day = schemas.parse_date(value)
        if day is None:
            raise ValidationError("must be a date that exists, written YYYY-MM-DD")
        if not EARLIEST.date() <= day <= LATEST.date():
            raise ValidationError(f"must be {CLOCK_RANGE}")
        return day


class StrictBoolean(fields.Boolean):
    """True or false, and nothing that only looks like it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise ValidationError("must be true or false")


class QueryBoolean(fields.Boolean):
    """True or false in a query string, as JSON writes them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value not in {"true", "false"}:
            raise ValidationError("must be true or false")
        return bool(value == "true")


class NonNegativeDecimal(fields.Decimal):
    """A number that is not negative, kept exactly."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
            raise ValidationError("must be a number that is not negative")
        return Decimal(value)


class StrictInteger(fields.Integer):
    """A whole number within bounds, both inclusive."""

    def __init__(self, least: int, most: int, description: str, **kwargs: Any) -> None:
        rule = f"must be a whole number from {least} to {most}"
        super().__init__(
            strict=True,
            validate=validate.Range(least, most, error=rule),
            error_messages={"invalid": rule},
            metadata={"description": description},
            **kwargs,
        )


class QueryInteger(StrictInteger):
    """A whole number in a query string, in ASCII digits."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not _DIGITS.fullmatch(value):
            raise self.make_error("invalid")
        return int(value)

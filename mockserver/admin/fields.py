"""Answers what one value of the control plane may be: an instant, an amount of time, a status, a vendor's switches.

Which member takes which kind stays out (`schemas`). Kinds are strict: text is no number, and 1 is no truth value.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Range

from mockserver.gateway import switches
from mockserver.gateway.switches import Switch, SwitchError, Value
from mockserver.simulation.clock import EARLIEST, LATEST

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]{1,18}")
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|xx)")


def format_timestamp(moment: datetime) -> str:
    """An instant as RFC 3339 writes it, in UTC; fractions of a second only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Timestamp(fields.AwareDateTime):
    """A date and a time with a zone, as RFC 3339 writes them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        text = value.upper() if isinstance(value, str) else ""
        try:
            if _INSTANT.fullmatch(text):
                return datetime.fromisoformat(text)
        except ValueError:
            pass
        raise ValidationError("must be a date and a time that exist, with a zone, as in 2025-10-21T10:30:00Z")

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else format_timestamp(value)


class Day(fields.Date):
    """A calendar date, YYYY-MM-DD in ASCII digits, on which a clock can stand."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        try:
            day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError("must be a date that exists, written YYYY-MM-DD")
        if not EARLIEST.date() <= day <= LATEST.date():
            raise ValidationError(f"must lie between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}")
        return day


class StrictBoolean(fields.Boolean):
    """True or false, and nothing that only looks like it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise ValidationError("must be true or false")


class NonNegativeDecimal(fields.Decimal):
    """A number that is not negative, kept exactly."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
            raise ValidationError("must be a number that is not negative")
        return Decimal(value)


class StrictInteger(fields.Integer):
    """A whole number within bounds, both inclusive."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        message = f"must be a whole number from {least} to {most}"
        kwargs.setdefault("error_messages", {"invalid": message})
        super().__init__(strict=True, validate=Range(least, most, error=message), **kwargs)


class QueryInteger(StrictInteger):
    """The same out of a query string, in ASCII digits."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not _DIGITS.fullmatch(value):
            raise self.make_error("invalid")
        return int(value)


class CommaList(fields.Field[list[str]]):
    """Names in a query string, separated by commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", **self.metadata}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[str]:
        return str(value).split(",")


class Statuses(fields.Field[range]):
    """A status of HTTP, or a class of them, out of a query string: as the statuses that are meant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "pattern": f"^(?:{_STATUS.pattern})$", **self.metadata}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> range:
        if not _STATUS.fullmatch(value):
            raise ValidationError("must be a status from 100 to 599, or a class of them, as in 4xx")
        if value.endswith("xx"):
            return range(int(value[0]) * 100, int(value[0]) * 100 + 100)
        return range(int(value), int(value) + 1)


class Milliseconds(fields.Integer):
    """Microseconds, shown as the nearest number of milliseconds."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> int:
        return (int(value) + 500) // 1000


class Switches(fields.Field[dict[str, Value]]):
    """Values for switches of one vendor, by their names."""

    def __init__(self, known: tuple[Switch, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._known = known

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Value]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of switches and their values")
        found: dict[str, Value] = {}
        errors: dict[str, list[str]] = {}
        for name, stated in value.items():
            try:
                found |= switches.parse(self._known, {name: stated})
            except SwitchError as error:
                errors[name] = [str(error)]
        if errors:
            raise ValidationError(errors)
        return found

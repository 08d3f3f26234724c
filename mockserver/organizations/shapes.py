"""Answers which shapes a value in an organisation file may have, each with the rule that a refusal states.

Which key has which shape stays out (`schemas`), and so does what one value means for another (`rules`).
"""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from mockserver.simulation.organization import Tool

_FREE = {Tool.CHAT, Tool.COMPLETION, Tool.EDITS}
_CREDITS = re.compile(r"(0|[1-9][0-9]{0,6})(?:\.([0-9]{1,2}))?")
CREDITS_MAXIMUM = 1_000_000
WEIGHT_MAXIMUM = 1_000_000
COUNT_MAXIMUM = 1_000_000_000
"""Keeps every sum over people and days within 64 bits."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_DAY_RULE = f"a date that exists, written YYYY-MM-DD, from {_FIRST_DAY} to {_LAST_DAY}"
_TEXT_RULE = "text of 1 to 200 characters without control characters (in quotes when it looks like a number)"
_TEXT = re.compile("(?=.*\\S)[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]{1,200}\\Z")


Messages = dict[str, str | list[Any] | dict[Any, Any]]
"""What marshmallow takes as the messages of a field; it fills braces in, so a rule has none."""


def says(rule: str, *also: str) -> Messages:
    """The messages of a field that has one rule, whatever is wrong with the value."""
    return {"required": f"this key is required: {rule}", **dict.fromkeys(("null", "invalid", *also), rule)}


class FileSchema(Schema):
    """A mapping with known keys only; an unknown key is answered with the nearest known one."""

    error_messages = {"type": "a mapping of keys and values"}  # noqa: RUF012 - marshmallow merges it by this form

    class Meta:
        """The check below refuses unknown keys with a better word than marshmallow's."""

        unknown = EXCLUDE

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _known(self, data: object, original: object, **_: Any) -> None:  # noqa: ARG002 - marshmallow's signature
        if isinstance(original, Mapping):
            unknown = [key for key in original if key not in self.fields]
            if unknown:
                raise ValidationError({key: [_unknown(key, list(self.fields))] for key in unknown})


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    meant = f"did you mean `{near[0]}`? " if near else ""
    return f"unknown key; {meant}allowed: {', '.join(known)}"


Data = Mapping[str, Any] | None


class Day(fields.Field[date | None]):
    """A date; YAML's own dates and quoted ones read the same."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages=says(_DAY_RULE), **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Data, **kwargs: Any) -> date | None:  # noqa: ARG002
        try:
            day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
            raise self.make_error("invalid")
        return day


class Licence(Day):
    """The first day of a licence; null or false for none."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)
        self.error_messages |= says(f"{_DAY_RULE}; null or false for no licence")

    def _deserialize(self, value: object, attr: str | None, data: Data, **kwargs: Any) -> date | None:
        return None if value is False else super()._deserialize(value, attr, data, **kwargs)


class Credits(fields.Field[int]):
    """AI credits with at most two decimals; read as whole hundredths."""

    _RULE = f"a number of credits from 0 to {CREDITS_MAXIMUM} with at most two decimals"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages=says(self._RULE), **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Data, **kwargs: Any) -> int:  # noqa: ARG002
        written = _CREDITS.fullmatch(str(value))
        hundredths = int(f"{written[1]}{written[2] or '':0<2}") if written else None
        if hundredths is None or hundredths > CREDITS_MAXIMUM * 100:
            raise self.make_error("invalid")
        return hundredths


def free_tool(tools: list[Tool]) -> None:
    """Whoever is active has done something, also without credits."""
    if not _FREE & set(tools):
        raise ValidationError(f"one at least that works without credits: {', '.join(sorted(_FREE))}")


class Weights(fields.Field[dict[str, int]]):
    """Names with whole weights, of which one at least is not zero."""

    _RULE = "a mapping of names to weights, at least one of them above 0"
    _ONE = f"a name, and a whole number from 0 to {WEIGHT_MAXIMUM} as its weight"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages=says(self._RULE), **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Data, **kwargs: Any) -> dict[str, int]:  # noqa: ARG002
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        wrong = {name: [self._ONE] for name, weight in value.items() if not _weighs(name, weight)}
        if wrong:
            raise ValidationError(wrong)
        if not any(value.values()):
            raise self.make_error("invalid")
        return dict(value)


def _weighs(name: str, weight: object) -> bool:
    is_whole = isinstance(weight, int) and not isinstance(weight, bool) and 0 <= weight <= WEIGHT_MAXIMUM
    return is_whole and _TEXT.match(name) is not None


def whole(low: int, high: int, unit: str = "", **kwargs: Any) -> fields.Integer:
    """A whole number within limits, both allowed."""
    rule = f"a whole number from {low} to {high}{unit}"
    within = validate.Range(low, high, error=rule)
    return fields.Integer(strict=True, validate=within, error_messages=says(rule, "too_large"), **kwargs)


def percent() -> fields.Integer:
    """A whole percentage."""
    return whole(0, 100, " (percent)")


def text(pattern: re.Pattern[str] = _TEXT, rule: str = _TEXT_RULE, **kwargs: Any) -> fields.String:
    """Text that a pattern matches from its beginning."""
    messages = says(rule, "invalid_utf8")
    return fields.String(validate=validate.Regexp(pattern, error=rule), error_messages=messages, **kwargs)


def email(**kwargs: Any) -> fields.Email:
    """An address of a person."""
    rule = "an email address such as ada.byron@acme.example, of at most 254 characters"
    checks = [validate.Length(max=254, error=rule), validate.Regexp(_TEXT, error=rule)]
    return fields.Email(validate=checks, error_messages=says(rule), **kwargs)


def one_of(choices: type[StrEnum], **kwargs: Any) -> fields.Enum[Any]:
    """One of an enumeration's values."""
    rule = f"one of: {', '.join(choices)}"
    return fields.Enum(choices, by_value=True, error_messages=says(rule, "unknown"), **kwargs)


def truth() -> fields.Boolean:
    """True or false."""
    return fields.Boolean(truthy={True}, falsy={False}, error_messages=says("true or false"))


def many(of: fields.Field[Any], rule: str, **kwargs: Any) -> fields.List[Any]:
    """A list of values of one shape; `rule` says what stands in it."""
    return fields.List(of, error_messages=says(rule), **kwargs)

"""Fields of organization files, each with one rule, which is the error message for any wrong value."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate
from marshmallow.types import ErrorMessages

from mockserver.validation.schemas import StrictSchema, parse_date

WEIGHT_MAXIMUM = 1_000_000
COUNT_MAXIMUM = 1_000_000_000
"""Keeps every sum over people and days within 64 bits."""

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
DATE_RULE = f"a date that exists, written YYYY-MM-DD, from {_FIRST_DAY} to {_LAST_DAY}"
_TEXT_RULE = "text of 1 to 200 characters without control characters (in quotes when it looks like a number)"
_TEXT = "(?=.*\\S)[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]{1,200}\\Z"


def rule_messages(rule: str, *also: str) -> ErrorMessages:
    """The messages of a field that has one rule (without braces), whatever is wrong with the value."""
    return {"required": f"this key is required: {rule}", **dict.fromkeys(("null", "invalid", *also), rule)}


class FileMapping(StrictSchema):
    """A mapping in a file; unknown keys are refused with the nearest known one."""

    kind: ClassVar[str] = "key"
    error_messages = {"type": "a mapping of keys and values"}  # noqa: RUF012 - marshmallow merges it by this form


class DateField(fields.Field[date | None]):
    """A date in the years that a file may describe."""

    default_error_messages = rule_messages(DATE_RULE)

    def _deserialize(self, value: object, *_: Any, **__: Any) -> date | None:
        day = parse_date(value)
        if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
            raise self.make_error("invalid")
        return day


class WeightsField(fields.Field[dict[str, int]]):
    """Names with whole numbers as weights, at least one of which is not zero."""

    default_error_messages = rule_messages("a mapping of names to weights, at least one of them above 0")
    _ENTRY_RULE = f"a name, and a whole number from 0 to {WEIGHT_MAXIMUM} as its weight"

    def _deserialize(self, value: object, *_: Any, **__: Any) -> dict[str, int]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        wrong = {name: [self._ENTRY_RULE] for name, weight in value.items() if not _is_weighted_name(name, weight)}
        if wrong:
            raise ValidationError(wrong)
        if not any(value.values()):
            raise self.make_error("invalid")
        return dict(value)


def _is_weighted_name(name: str, weight: object) -> bool:
    is_whole = isinstance(weight, int) and not isinstance(weight, bool) and 0 <= weight <= WEIGHT_MAXIMUM
    return is_whole and re.match(_TEXT, name) is not None


def whole(low: int, high: int, unit: str = "", **kwargs: Any) -> fields.Integer:
    """A whole number within limits, both allowed."""
    rule = f"a whole number from {low} to {high}{unit}"
    within = validate.Range(low, high, error=rule)
    return fields.Integer(strict=True, validate=within, error_messages=rule_messages(rule, "too_large"), **kwargs)


def percent() -> fields.Integer:
    """A whole percentage."""
    return whole(0, 100, " (percent)")


def text(pattern: str = _TEXT, rule: str = _TEXT_RULE, **kwargs: Any) -> fields.String:
    """Text that a pattern matches from its beginning."""
    messages = rule_messages(rule, "invalid_utf8")
    return fields.String(validate=validate.Regexp(pattern, error=rule), error_messages=messages, **kwargs)


def email(**kwargs: Any) -> fields.Email:
    """An address of a person."""
    rule = "an email address such as ada.byron@acme.example, of at most 254 characters"
    checks = [validate.Length(max=254, error=rule), validate.Regexp(_TEXT, error=rule)]
    return fields.Email(validate=checks, error_messages=rule_messages(rule), **kwargs)


def one_of(options: Iterable[str], **kwargs: Any) -> fields.String:
    """One of some names."""
    rule = f"one of: {', '.join(options)}"
    messages = rule_messages(rule, "invalid_utf8")
    return fields.String(validate=validate.OneOf(tuple(options), error=rule), error_messages=messages, **kwargs)


def boolean() -> fields.Boolean:
    """True or false."""
    return fields.Boolean(truthy={True}, falsy={False}, error_messages=rule_messages("true or false"))


def many(of: fields.Field[Any], rule: str, **kwargs: Any) -> fields.List[Any]:
    """A list of values of one shape; `rule` describes the list."""
    return fields.List(of, error_messages=rule_messages(rule), **kwargs)


def nested(schema: type[Schema], rule: str = "a mapping of keys and values") -> fields.Nested:
    """A mapping inside a mapping; `rule` describes it."""
    return fields.Nested(schema, error_messages=rule_messages(rule))


def many_nested(schema: type[Schema], rule: str, **kwargs: Any) -> fields.List[Any]:
    """A list of mappings; `rule` describes the list."""
    return many(nested(schema), rule, **kwargs)

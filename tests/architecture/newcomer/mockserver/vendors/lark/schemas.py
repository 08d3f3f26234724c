"""Lark's schemas: query parameters with their rules, and rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.switches import Switches
from mockserver.vendors.lark import policy
from mockserver.vendors.lark.policy import UnknownParameters

COUNTERS = {"songs": "songs", "songs_kept": "kept"}
"""The fields of Lark by the counters of the product."""


class PeopleQuery(Schema):
    """A page, numbered from 1."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))
    per_page = fields.Integer(load_default=policy.PAGE_DEFAULT, validate=validate.Range(1, policy.PAGE_MAXIMUM))


class SingersQuery(PeopleQuery):
    """A day and a page."""

    date = fields.Date(required=True)


class DaysQuery(Schema):
    """A range of days."""

    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")


@dataclass(frozen=True, slots=True)
class Window:
    """A page: its number, its size, and the number of rows before it."""

    page: int
    size: int
    start: int


def load(schema: Schema, args: MultiDict[str, str], switches: Switches) -> dict[str, Any]:
    """Return the parsed parameters of a query; raise Rejection for an invalid one."""
    known = {field.data_key or name for name, field in schema.fields.items()}
    for name in args:
        if name not in known and switches[policy.UNKNOWN_PARAMETERS] is UnknownParameters.REJECT:
            _reject(name, unknown_name("parameter", name, sorted(known)))
    try:
        loaded: dict[str, Any] = schema.load({name: args[name] for name in args if name in known})
    except ValidationError as error:
        name, rules = next(iter(error.messages_dict.items()))
        _reject(name, f"{name}: {rules[0]}")
    return loaded


def window(query: dict[str, Any]) -> Window:
    """Return the requested page of a query."""
    return Window(query["page"], query["per_page"], (query["page"] - 1) * query["per_page"])


def past_ordinal(name: str, day: date, today: date) -> int:
    """Return the ordinal of a day; raise Rejection if it is in the future."""
    if day > today:
        _reject(name, f"{name} must not be in the future")
    return day.toordinal()


def _reject(name: str, rule: str) -> NoReturn:
    raise Rejection(Reason.INVALID, rule, parameter_errors=(ParameterError(name, rule),))


class Person(Schema):
    """A person with a license for Lark."""

    id = fields.String()
    email = fields.String()
    left_on = fields.Date(allow_none=True)


class Singer(Schema):
    """What a person did on a day."""

    id = fields.String()
    email = fields.String()
    songs = fields.Integer()
    kept = fields.Integer()


class SongDay(Schema):
    """What everybody did on a day."""

    date = fields.Date()
    singers = fields.Integer()
    songs = fields.Integer()
    kept = fields.Integer()


def dump(schema: type[Schema], rows: list[Any]) -> list[dict[str, Any]]:
    """Serialize rows."""
    dumped: list[dict[str, Any]] = schema(many=True).dump(rows)
    return dumped

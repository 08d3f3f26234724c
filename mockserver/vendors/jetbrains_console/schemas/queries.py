"""What the Console takes: a range of days, its grouping, and filters, with their rules, and all faults at once.

Cutting a range into buckets stays out; what is asked comes back as a frozen record, days as ordinals.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError
from mockserver.gateway.switches import Values
from mockserver.products.jetbrains.programs import IDES
from mockserver.vendors.jetbrains_console import errors, policy

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNKNOWN_TOLD = 3
"""How many unknown parameters a refusal names."""

_REQUIRED: Final[dict[str, Any]] = {"required": "is required: a date, written YYYY-MM-DD"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the first and the last day, what a bucket is, and whom; None filters nobody out."""

    first: int
    last: int
    group_by: str
    users: tuple[str, ...] | None
    emails: tuple[str, ...] | None
    ides: tuple[str, ...] | None


class Parameter(fields.Field[Any]):
    """One parameter: it is loaded from all its values, and the switches are its schema's."""

    @property
    def values(self) -> Values:
        """The switches in force."""
        schema: Any = self.parent
        values: Values = schema.values
        return values


class One(Parameter, ABC):
    """A parameter that is there once."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002 (marshmallow names them)
        if len(value) > 1:
            raise ValidationError(f"is there {len(value)} times; send it once")
        return self.read(value[0])

    @abstractmethod
    def read(self, text: str) -> Any:
        """What the one value means."""


class Day(One):
    """A calendar date, YYYY-MM-DD in ASCII digits; its ordinal."""

    def read(self, text: str) -> int:
        """The ordinal of the day."""
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text).toordinal()
        except ValueError:
            pass
        raise ValidationError(f"must be a date that exists, written YYYY-MM-DD, not {_short(text)}")


class Grouping(One):
    """What a bucket is."""

    def read(self, text: str) -> str:
        """One of the groupings."""
        text = text.lower() if self.values["letter_case"] == "any" else text
        if text not in policy.GROUPINGS:
            raise ValidationError(f"must be one of {', '.join(policy.GROUPINGS)}, not {_short(text)}")
        return text


class Elements(Parameter):
    """A filter's list: in all its values, between commas, or both, by the switch `list_form`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002 (marshmallow names them)
        elements = self._elements(value)
        if "" in elements and self.values["empty_elements"] == "reject":
            raise ValidationError("must not be empty, nor hold an empty element; leave it out to filter nobody out")
        read = tuple(dict.fromkeys(self.read(each) for each in elements if each))
        return read or None

    def _elements(self, given: Sequence[str]) -> list[str]:
        form = self.values["list_form"]
        if form == "repeated":
            return list(given)
        if form == "comma" and len(given) > 1:
            raise ValidationError(f"is there {len(given)} times; send it once, its values separated by commas")
        return [element for text in given for element in text.split(",")]

    def read(self, element: str) -> str:
        """What one element means."""
        return element


class Ids(Elements):
    """Ids of users, in any letters."""

    def read(self, element: str) -> str:
        """The id in small letters; what is no UUID is nobody's, or refused by the switch `malformed_ids`."""
        if self.values["malformed_ids"] == "reject" and not _UUID.fullmatch(element):
            raise ValidationError(f"must hold UUIDs, as IDE Services knows the users, not {_short(element)}")
        return element.lower()


class Codes(Elements):
    """Product codes of IDEs."""

    def read(self, element: str) -> str:
        """One of the codes."""
        element = element.upper() if self.values["letter_case"] == "any" else element
        if element not in IDES:
            raise ValidationError(f"must hold product codes out of {', '.join(IDES)}, not {_short(element)}")
        return element


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


class Query(Schema):
    """The parameters of every report."""

    class Meta:
        """What is not known is refused elsewhere, by a switch."""

        unknown = EXCLUDE

    first = Day(required=True, data_key="fromDate", error_messages=_REQUIRED)
    last = Day(required=True, data_key="toDate", error_messages=_REQUIRED)
    group_by = Grouping(data_key="groupBy", load_default=policy.GROUPINGS[0])
    users = Ids(data_key="userIds", load_default=None)
    emails = Elements(data_key="userEmails", load_default=None)
    ides = Codes(data_key="ide", load_default=None)

    def __init__(self, values: Values) -> None:
        super().__init__()
        self.values = values

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, loaded: dict[str, Any], **_: Any) -> None:
        """From no later than to, whatever else is wrong."""
        if {"first", "last"} <= loaded.keys() and loaded["first"] > loaded["last"]:
            raise ValidationError("must not be later than toDate", "fromDate")


def asked(args: "MultiDict[str, str]", values: Values) -> Asked:
    """What a query asks for; a Rejection names every fault, in the order of the parameters."""
    query = Query(values)
    known = [field.data_key or name for name, field in query.fields.items()]
    faults: dict[str, Any] = {}
    loaded: dict[str, Any] = {}
    try:
        loaded = query.load({name: args.getlist(name) for name in args})
    except ValidationError as error:
        faults = error.messages_dict
    found = [ParameterError(name, faults[name][0]) for name in known if name in faults]
    if values["unknown_parameters"] == "reject":
        found += [_strange(name, known) for name in list(args)[: len(known) + _UNKNOWN_TOLD] if name not in known]
    if found:
        raise errors.invalid(*found[: len(known) + _UNKNOWN_TOLD])
    return Asked(**loaded)


def _strange(name: str, known: Sequence[str]) -> ParameterError:
    near = get_close_matches(name[:40], known, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return ParameterError(_short(name), f"is no parameter{hint}; a report has {', '.join(known)}")

"""The Console's query parameters with their rules: a range of days, its grouping, and filters.

A refusal lists every error. A loaded query is a frozen record in which days are ordinals.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError, invalid_parameters
from mockserver.gateway.schemas import Parameter, shortened
from mockserver.gateway.switches import Switches
from mockserver.products.jetbrains.programs import IDES
from mockserver.validation.schemas import parse_date
from mockserver.validation.suggestions import nearest
from mockserver.vendors.jetbrains_console import policy
from mockserver.vendors.jetbrains_console.policy import (
    EmptyElements,
    LetterCase,
    ListForm,
    MalformedIds,
    UnknownParameters,
)

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNKNOWN_MAXIMUM = 3
"""How many unknown parameters a refusal names."""

_REQUIRED: Final[dict[str, Any]] = {"required": "is required: a date, written YYYY-MM-DD"}


@dataclass(frozen=True, slots=True)
class ReportParameters:
    """The first and the last day, what a bucket is, and the filters; None filters nobody out."""

    first: int
    last: int
    group_by: str
    users: tuple[str, ...] | None
    emails: tuple[str, ...] | None
    ides: tuple[str, ...] | None


class SwitchedParameter(Parameter[Any]):
    """A parameter, loaded from all its values; its switches are its schema's."""

    @property
    def switches(self) -> Switches:
        """The options in force."""
        schema: Any = self.parent
        switches: Switches = schema.switches
        return switches


class SingleValue(SwitchedParameter, ABC):
    """A parameter that may be given once."""

    def _parse(self, value: Any) -> Any:
        if len(value) > 1:
            raise ValidationError(f"is there {len(value)} times; send it once")
        return self.read(value[0])

    @abstractmethod
    def read(self, text: str) -> Any:
        """The meaning of the single value."""


class DateParameter(SingleValue):
    """A calendar date, YYYY-MM-DD in ASCII digits; its ordinal."""

    def read(self, text: str) -> int:
        """The ordinal of the day."""
        found = parse_date(text)
        if found is None:
            raise ValidationError(f"must be a date that exists, written YYYY-MM-DD, not {shortened(text)}")
        return found.toordinal()


class Grouping(SingleValue):
    """What a bucket is."""

    def read(self, text: str) -> str:
        """One of the groupings."""
        text = text.lower() if self.switches[policy.LETTER_CASE] is LetterCase.ANY else text
        if text not in policy.GROUPINGS:
            raise ValidationError(f"must be one of {', '.join(policy.GROUPINGS)}, not {shortened(text)}")
        return text


class Elements(SwitchedParameter):
    """A filter's list: repeated, between commas, or both, by the switch `list_form`."""

    def _parse(self, value: Any) -> Any:
        elements = self._elements(value)
        if "" in elements and self.switches[policy.EMPTY_ELEMENTS] is EmptyElements.REJECT:
            raise ValidationError("must not be empty, nor hold an empty element; leave it out to filter nobody out")
        read = tuple(dict.fromkeys(self.read(each) for each in elements if each))
        return read or None

    def _elements(self, given: Sequence[str]) -> list[str]:
        form = self.switches[policy.LIST_FORM]
        if form is ListForm.REPEATED:
            return list(given)
        if form is ListForm.COMMA and len(given) > 1:
            raise ValidationError(f"is there {len(given)} times; send it once, its values separated by commas")
        return [element for text in given for element in text.split(",")]

    def read(self, element: str) -> str:
        """The meaning of one element."""
        return element


class Ids(Elements):
    """Ids of users, in any case."""

    def read(self, element: str) -> str:
        """The id in lower case; the switch `malformed_ids` decides about anything but a UUID."""
        if self.switches[policy.MALFORMED_IDS] is MalformedIds.REJECT and not _UUID.fullmatch(element):
            raise ValidationError(f"must hold UUIDs, as IDE Services knows the users, not {shortened(element)}")
        return element.lower()


class Codes(Elements):
    """Product codes of IDEs."""

    def read(self, element: str) -> str:
        """One of the codes."""
        element = element.upper() if self.switches[policy.LETTER_CASE] is LetterCase.ANY else element
        if element not in IDES:
            raise ValidationError(f"must hold product codes out of {', '.join(IDES)}, not {shortened(element)}")
        return element


class Query(Schema):
    """The parameters of every report."""

    first = DateParameter(required=True, data_key="fromDate", error_messages=_REQUIRED)
    last = DateParameter(required=True, data_key="toDate", error_messages=_REQUIRED)
    group_by = Grouping(data_key="groupBy", load_default=policy.GROUPINGS[0])
    users = Ids(data_key="userIds", load_default=None)
    emails = Elements(data_key="userEmails", load_default=None)
    ides = Codes(data_key="ide", load_default=None)

    def __init__(self, switches: Switches) -> None:
        super().__init__(unknown=EXCLUDE)  # `load` refuses them, by a switch.
        self.switches = switches

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse a fromDate after toDate, whatever else is wrong."""
        if {"first", "last"} <= loaded.keys() and loaded["first"] > loaded["last"]:
            raise ValidationError("must not be later than toDate", "fromDate")


def load(args: "MultiDict[str, str]", switches: Switches) -> ReportParameters:
    """The parameters of a report; a Rejection lists every error, in the order of the parameters."""
    query = Query(switches)
    known = [field.data_key or name for name, field in query.fields.items()]
    rules: dict[str, Any] = {}
    loaded: dict[str, Any] = {}
    try:
        loaded = query.load({name: args.getlist(name) for name in args})
    except ValidationError as error:
        rules = error.messages_dict
    found = [ParameterError(name, rules[name][0]) for name in known if name in rules]
    if switches[policy.UNKNOWN_PARAMETERS] is UnknownParameters.REJECT:
        found += [_unknown(name, known) for name in list(args)[: len(known) + _UNKNOWN_MAXIMUM] if name not in known]
    if found:
        raise invalid_parameters(*found[: len(known) + _UNKNOWN_MAXIMUM])
    return ReportParameters(**loaded)


def _unknown(name: str, known: Sequence[str]) -> ParameterError:
    near = nearest(name[:40], known)
    hint = f" (did you mean {near}?)" if near else ""
    return ParameterError(shortened(name), f"is no parameter{hint}; a report has {', '.join(known)}")

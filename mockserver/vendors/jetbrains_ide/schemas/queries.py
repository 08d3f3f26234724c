"""IDE Services' query parameters with their rules. A refusal lists every error.

A loaded query is a frozen record in which days are ordinals.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from marshmallow import Schema, ValidationError, validates_schema
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError, invalid_parameters
from mockserver.gateway.schemas import Parameter, shortened
from mockserver.gateway.switches import Switches
from mockserver.products.jetbrains.facts import TOOLS
from mockserver.validation.schemas import parse_date
from mockserver.vendors.jetbrains_ide import errors, policy
from mockserver.vendors.jetbrains_ide.policy import EmptyParameters, RepeatedParameters

_NUMBER = re.compile(r"0*([0-9]{1,4})")
_EXAMPLE = "123e4567-e89b-12d3-a456-426614174000"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Range:
    """The first and the last day of a query."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AdoptionParameters(Range):
    """A range in buckets, of one profile or of everybody."""

    group_by: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class TotalsParameters(Range):
    """A range and tools, by name and alphabetically."""

    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetricsParameters(TotalsParameters):
    """The same in buckets; `group_by` NONE is one bucket."""

    group_by: str


@dataclass(frozen=True, slots=True)
class UsersParameters(TotalsParameters):
    """A page of rows; `users` are ids in lower case, ascending, or None for everybody."""

    users: tuple[str, ...] | None
    order: str
    cursor: str | None
    limit: int

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """The query that a cursor belongs to: everything but the page."""
        users = () if self.users is None else ("users", *self.users)
        return (str(self.first), str(self.last), self.order, *self.tools, *users)


class Ruled(Parameter[T]):
    """A parameter whose `rule` states what it must be."""

    def __init__(self, rule: str, **rest: Any) -> None:
        super().__init__(metadata={"rule": rule}, **rest)

    def error(self, value: str) -> ValidationError:
        """The error for a value that breaks the rule."""
        return ValidationError(f"{self.metadata['rule']}, not {shortened(value)}")

    def elements(self, value: str) -> set[str]:
        """The elements between the commas; ValidationError for an empty one."""
        found = set(value.split(","))
        if "" in found:
            raise ValidationError(f"must not have an empty element: it {self.error(value).messages[0]}")
        return found


class DateParameter(Ruled[int]):
    """A calendar day, YYYY-MM-DD in ASCII digits; its ordinal."""

    def __init__(self, **rest: Any) -> None:
        super().__init__("must be a date that exists, written YYYY-MM-DD", **rest)

    def _parse(self, value: Any) -> int:
        found = parse_date(value)
        if found is None:
            raise self.error(value)
        return found.toordinal()


class Choice(Ruled[str]):
    """One of some words, in their exact case."""

    def __init__(self, *choices: str, **rest: Any) -> None:
        super().__init__(f"must be {_listed(choices)}", **rest)
        self.choices = choices

    def _parse(self, value: Any) -> str:
        if value not in self.choices:
            raise self.error(value)
        return str(value)


class Tools(Ruled[tuple[str, ...]]):
    """Tools between commas, in lower case; each once, alphabetically."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(f"must name tools among {_listed(TOOLS)}, between commas", **rest)

    def _parse(self, value: Any) -> tuple[str, ...]:
        chosen = self.elements(value)
        unknown = sorted(chosen - set(TOOLS))
        if unknown:
            raise self.error(unknown[0])
        return tuple(sorted(chosen))


class Users(Ruled[tuple[str, ...]]):
    """UUIDs between commas, in any case; each once, in lower case, ascending."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(f"must name users by UUIDs such as {_EXAMPLE}, between commas", **rest)

    def _parse(self, value: Any) -> tuple[str, ...]:
        chosen = {each.lower() for each in self.elements(value)}
        for each in sorted(chosen):
            if not _UUID.fullmatch(each):
                raise self.error(each)
        return tuple(sorted(chosen))


class Limit(Ruled[int]):
    """The rows of a page, in ASCII digits."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(f"must be an integer from 1 to {policy.LIMIT_MAXIMUM}", **rest)

    def _parse(self, value: Any) -> int:
        found = _NUMBER.fullmatch(value)
        if not found or not 1 <= int(found[1]) <= policy.LIMIT_MAXIMUM:
            raise self.error(value)
        return int(found[1])


class Text(Ruled[str]):
    """Any text; its meaning is looked up elsewhere."""


def _listed(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


_NO_DATE: Final[dict[str, Any]] = {"required": "is required: a date written YYYY-MM-DD"}
_NO_GROUP: Final[dict[str, Any]] = {"required": f"is required: {_listed(policy.GROUPS)}"}


class Query(Schema):
    """A range of days, and how every endpoint loads its parameters; unknown ones are ignored."""

    first = DateParameter(required=True, data_key="fromDate", error_messages=_NO_DATE)
    last = DateParameter(required=True, data_key="toDate", error_messages=_NO_DATE)

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse a fromDate after toDate, whatever else is wrong."""
        if {"first", "last"} <= loaded.keys() and loaded["first"] > loaded["last"]:
            raise ValidationError("must not be later than toDate", "fromDate")

    def load_args(self, args: "MultiDict[str, str]", switches: Switches) -> dict[str, Any]:
        """The values by field; a Rejection lists every error, in the order of the parameters."""
        given, rules = self._given(args, switches)
        loaded: dict[str, Any] = {}
        try:
            loaded = self.load(given)
        except ValidationError as error:
            rules = {**error.messages_dict, **rules}
        if rules:
            names = [field.data_key or name for name, field in self.fields.items()]
            raise invalid_parameters(*(ParameterError(name, rules[name][0]) for name in names if name in rules))
        return loaded

    def _given(self, args: "MultiDict[str, str]", switches: Switches) -> tuple[dict[str, str], dict[str, list[str]]]:
        """The single value of each known parameter, and the rules that empty and repeated ones break."""
        given: dict[str, str] = {}
        rules: dict[str, list[str]] = {}
        ignore_empty = switches[policy.EMPTY_PARAMETERS] is EmptyParameters.IGNORE
        refuse_repeated = switches[policy.REPEATED_PARAMETERS] is RepeatedParameters.REJECT
        for name, field in self.fields.items():
            key = field.data_key or name
            texts = args.getlist(key)
            if ignore_empty:
                texts = [text for text in texts if text]
            if len(texts) > 1 and refuse_repeated:
                rules[key] = [f"must be given once, not {len(texts)} times"]
            elif texts and not texts[0]:
                rules[key] = [f"must not be empty: it {field.metadata['rule']}"]
            if texts:
                given[key] = ",".join(texts) if isinstance(field, Tools | Users) else texts[0]
        return given, rules


class AdoptionQuery(Query):
    """The parameters of users-adoption."""

    group_by = Choice(*policy.GROUPS, required=True, data_key="groupBy", error_messages=_NO_GROUP)
    profile = Text("must be the id of a profile", data_key="profileId", load_default=None)


class TotalsQuery(Query):
    """The parameters of totals."""

    tools = Tools(data_key="tool", load_default=TOOLS)


class MetricsQuery(Query):
    """The parameters of metrics and metrics-by-feature."""

    group_by = Choice(*policy.GROUPS, data_key="groupBy", load_default=None)
    tools = Tools(data_key="tool", load_default=TOOLS)


class UsersQuery(TotalsQuery):
    """The parameters of users.paged."""

    users = Users(data_key="query", load_default=None)
    cursor = Text(errors.CURSOR, load_default=None)
    limit = Limit(load_default=policy.LIMIT_DEFAULT)
    order = Choice(*policy.ORDERS, data_key="sortOrder", load_default=policy.ORDERS[0])


_ADOPTION, _TOTALS, _METRICS, _USERS = AdoptionQuery(), TotalsQuery(), MetricsQuery(), UsersQuery()
"""One of each: they hold nothing of a request."""


def load_adoption(args: "MultiDict[str, str]", switches: Switches) -> AdoptionParameters:
    """The parameters of users-adoption."""
    return AdoptionParameters(**_ADOPTION.load_args(args, switches))


def load_totals(args: "MultiDict[str, str]", switches: Switches) -> TotalsParameters:
    """The parameters of totals."""
    return TotalsParameters(**_TOTALS.load_args(args, switches))


def load_metrics(args: "MultiDict[str, str]", switches: Switches) -> MetricsParameters:
    """The parameters of metrics and metrics-by-feature; the switch `default_group_by` stands in for no groupBy."""
    found = _METRICS.load_args(args, switches)
    found["group_by"] = found["group_by"] or switches[policy.DEFAULT_GROUP_BY].value
    return MetricsParameters(**found)


def load_users(args: "MultiDict[str, str]", switches: Switches) -> UsersParameters:
    """The parameters of users.paged."""
    return UsersParameters(**_USERS.load_args(args, switches))

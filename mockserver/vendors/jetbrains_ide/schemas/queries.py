"""What IDE Services takes: query parameters with their rules, and all faults at once.

Cutting a range into buckets stays out; what is asked comes back as frozen records, days as ordinals.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError
from mockserver.gateway.switches import Values
from mockserver.products.jetbrains.facts import TOOLS
from mockserver.vendors.jetbrains_ide import errors, policy

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"0*([0-9]{1,4})")
_EXAMPLE = "123e4567-e89b-12d3-a456-426614174000"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Range:
    """The first and the last day that are asked for."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AdoptionAsked(Range):
    """A range in buckets, of one profile or of everybody."""

    group_by: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class TotalsAsked(Range):
    """A range and tools, by name and alphabetically."""

    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetricsAsked(TotalsAsked):
    """The same in buckets; `group_by` NONE is one bucket."""

    group_by: str


@dataclass(frozen=True, slots=True)
class UsersAsked(TotalsAsked):
    """A page of rows; `users` are ids in small letters, ascending, or None for everybody."""

    users: tuple[str, ...] | None
    order: str
    cursor: str | None
    limit: int

    @property
    def question(self) -> tuple[str, ...]:
        """What a cursor belongs to: everything but the page."""
        users = () if self.users is None else ("users", *self.users)
        return (str(self.first), str(self.last), self.order, *self.tools, *users)


class Ruled(fields.Field[T]):
    """A parameter whose `rule` says what it must be."""

    def __init__(self, rule: str, **rest: Any) -> None:
        super().__init__(metadata={"rule": rule}, **rest)

    def wrong(self, value: str) -> ValidationError:
        """That a value is not by the rule."""
        return ValidationError(f"{self.metadata['rule']}, not {_short(value)}")

    def elements(self, value: str) -> set[str]:
        """What stands between the commas; ValidationError where nothing does."""
        found = set(value.split(","))
        if "" in found:
            raise ValidationError(f"must not have an empty element: it {self.wrong(value).messages[0]}")
        return found


class Day(Ruled[int]):
    """A calendar day, YYYY-MM-DD in ASCII digits; its ordinal."""

    def __init__(self, **rest: Any) -> None:
        super().__init__("must be a date that exists, written YYYY-MM-DD", **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002 (marshmallow names them)
        try:
            if _DATE.fullmatch(value):
                return date.fromisoformat(value).toordinal()
        except ValueError:
            pass
        raise self.wrong(value)


class Choice(Ruled[str]):
    """One of some words, letter for letter."""

    def __init__(self, *choices: str, **rest: Any) -> None:
        super().__init__(f"must be {_listed(choices)}", **rest)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ARG002 (marshmallow names them)
        if value not in self.choices:
            raise self.wrong(value)
        return str(value)


class Tools(Ruled[tuple[str, ...]]):
    """Tools between commas, in small letters; each once, alphabetically."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(f"must name tools among {_listed(TOOLS)}, between commas", **rest)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 (marshmallow names them)
        data: Mapping[str, Any] | None,  # noqa: ARG002 (marshmallow names them)
        **kwargs: Any,  # noqa: ARG002 (marshmallow names them)
    ) -> tuple[str, ...]:
        chosen = self.elements(value)
        unknown = sorted(chosen - set(TOOLS))
        if unknown:
            raise self.wrong(unknown[0])
        return tuple(sorted(chosen))


class Users(Ruled[tuple[str, ...]]):
    """UUIDs between commas, in either case; each once, in small letters, ascending."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(f"must name users by UUIDs such as {_EXAMPLE}, between commas", **rest)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 (marshmallow names them)
        data: Mapping[str, Any] | None,  # noqa: ARG002 (marshmallow names them)
        **kwargs: Any,  # noqa: ARG002 (marshmallow names them)
    ) -> tuple[str, ...]:
        chosen = {each.lower() for each in self.elements(value)}
        for each in sorted(chosen):
            if not _UUID.fullmatch(each):
                raise self.wrong(each)
        return tuple(sorted(chosen))


class Limit(Ruled[int]):
    """The rows of a page, in ASCII digits."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(f"must be an integer from 1 to {policy.LIMIT_MAXIMUM}", **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002 (marshmallow names them)
        found = _NUMBER.fullmatch(value)
        if not found or not 1 <= int(found[1]) <= policy.LIMIT_MAXIMUM:
            raise self.wrong(value)
        return int(found[1])


class Text(Ruled[str]):
    """Any text; what it stands for is looked up elsewhere."""


def _listed(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


_NO_DATE: Final[dict[str, Any]] = {"required": "is required: a date written YYYY-MM-DD"}
_NO_GROUP: Final[dict[str, Any]] = {"required": f"is required: {_listed(policy.GROUPS)}"}


class Query(Schema):
    """A range of days, and what every endpoint does with its parameters: those that it does not know are ignored."""

    class Meta:
        """Leave out what is not known."""

        unknown = EXCLUDE

    first = Day(required=True, data_key="fromDate", error_messages=_NO_DATE)
    last = Day(required=True, data_key="toDate", error_messages=_NO_DATE)

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, loaded: dict[str, Any], **_: Any) -> None:
        """From before to or on the same day, whatever else is wrong."""
        if {"first", "last"} <= loaded.keys() and loaded["first"] > loaded["last"]:
            raise ValidationError("must not be later than toDate", "fromDate")

    def asked(self, args: "MultiDict[str, str]", values: Values) -> dict[str, Any]:
        """What is asked, by field; a Rejection names every fault, in the order of the parameters."""
        given, faults = self._given(args, values)
        loaded: dict[str, Any] = {}
        try:
            loaded = self.load(given)
        except ValidationError as error:
            faults = {**error.messages_dict, **faults}
        if faults:
            names = [field.data_key or name for name, field in self.fields.items()]
            raise errors.invalid(*(ParameterError(name, faults[name][0]) for name in names if name in faults))
        return loaded

    def _given(self, args: "MultiDict[str, str]", values: Values) -> tuple[dict[str, str], dict[str, list[str]]]:
        """The one value of each parameter that is known, and what is wrong with those that are empty or repeated."""
        given: dict[str, str] = {}
        faults: dict[str, list[str]] = {}
        for name, field in self.fields.items():
            key = field.data_key or name
            texts = args.getlist(key)
            if values["empty_parameters"] == "ignore":
                texts = [text for text in texts if text]
            if len(texts) > 1 and values["repeated_parameters"] == "reject":
                faults[key] = [f"must be given once, not {len(texts)} times"]
            elif texts and not texts[0]:
                faults[key] = [f"must not be empty: it {field.metadata['rule']}"]
            if texts:
                given[key] = ",".join(texts) if isinstance(field, Tools | Users) else texts[0]
        return given, faults


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
"""One of each: they hold nothing of a question."""


def asked_adoption(args: "MultiDict[str, str]", values: Values) -> AdoptionAsked:
    """What users-adoption is asked."""
    return AdoptionAsked(**_ADOPTION.asked(args, values))


def asked_totals(args: "MultiDict[str, str]", values: Values) -> TotalsAsked:
    """What totals is asked."""
    return TotalsAsked(**_TOTALS.asked(args, values))


def asked_metrics(args: "MultiDict[str, str]", values: Values) -> MetricsAsked:
    """What metrics and metrics-by-feature are asked; the switch `default_group_by` stands in for no groupBy."""
    found = _METRICS.asked(args, values)
    found["group_by"] = found["group_by"] or str(values["default_group_by"])
    return MetricsAsked(**found)


def asked_users(args: "MultiDict[str, str]", values: Values) -> UsersAsked:
    """What users.paged is asked."""
    return UsersAsked(**_USERS.asked(args, values))

"""What Tabnine takes: query parameters with their rules, and all faults at once.

Cutting a range into buckets stays out; what is asked comes back as frozen records.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates,
    validates_schema,
)
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError
from mockserver.gateway.switches import Values
from mockserver.products.tabnine import ROLES
from mockserver.simulation.instants import DAY, Instant, midnight
from mockserver.vendors.tabnine import errors, policy

_WHOLE = re.compile(r"(-?)0*([0-9]+)")
_FRACTION = re.compile(r"-?[0-9]*\.[0-9]+")
_ENDLESS = 10**18
"""Stands for every greater number: no list is as long, and Python reads no number of thousands of digits."""
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]+))?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_FIRST, _LAST = midnight(date.min), midnight(date.max)
"""The seconds between which an instant lies, so that its bucket can be written."""

_REQUIRED: Final[dict[str, Any]] = {"required": "Required"}
_NO_NUMBER: Final[dict[str, Any]] = {"required": "Expected number, received nan"}


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A page; `limit` 0 is everything."""

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class UsersAsked(PageAsked):
    """A page of users, in a team or not, registered or deactivated; None is both."""

    team_member: bool | None
    active: bool | None


@dataclass(frozen=True, slots=True)
class UsageAsked:
    """Whose usage is asked for: the organisation's alone, or that of the team or user `whose`."""

    organization_id: str
    whose: str
    start: Instant
    end: Instant
    granularity: str


class Count(fields.Field[int]):
    """A whole number from 0 on; refused in the words that the live service was seen to use."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002 (marshmallow names them)
        if _FRACTION.fullmatch(value):
            raise ValidationError("Expected integer, received float")
        found = _WHOLE.fullmatch(value)
        if not found:
            raise ValidationError("Expected number, received nan")
        if found[1] and found[2] != "0":
            raise ValidationError("Number must be greater than or equal to 0")
        return int(found[2]) if len(found[2]) <= 18 else _ENDLESS


class Truth(fields.Field[bool]):
    """`true` or `false`, in small letters."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:  # noqa: ARG002 (marshmallow names them)
        if value not in {"true", "false"}:
            raise ValidationError(f"Expected 'true' | 'false', received {_short(value)}")
        return bool(value == "true")


class Month(fields.Field[date]):
    """A calendar month, `YYYY-MM`; its first day. The year 0, which Python lacks, is as early as any: the year 1."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:  # noqa: ARG002 (marshmallow names them)
        found = _MONTH.fullmatch(value)
        if found and "01" <= found[2] <= "12":
            return date(max(int(found[1]), 1), int(found[2]), 1)
        raise ValidationError(f"Expected a month written YYYY-MM, from 01 to 12, received {_short(value)}")


class Moment(fields.Field[Instant]):
    """An RFC 3339 date-time with its offset."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Instant:  # noqa: ARG002 (marshmallow names them)
        found = _INSTANT.fullmatch(value)
        try:
            instant = _instant(value, found) if found else None
        except ValueError:
            instant = None
        if instant is None:
            raise ValidationError(
                "Expected a date-time with an offset, such as 2025-09-01T00:00:00Z or 2025-09-01T02:00:00+02:00, "
                f"received {_short(value)}"
            )
        if not _FIRST <= instant.second < _LAST + DAY:
            raise ValidationError(f"Expected an instant within the years 0001 to 9999 of UTC, received {_short(value)}")
        return instant


def _instant(text: str, found: "re.Match[str]") -> Instant:
    day, hour, minute, second, fraction, sign, ahead, more = found.groups()
    offset = (int(ahead) * 60 + int(more)) * (-60 if sign == "-" else 60) if sign else 0
    in_day = int(hour) * 3600 + int(minute) * 60 + int(second)
    return Instant(text, midnight(date.fromisoformat(day)) + in_day - offset, (fraction or "").rstrip("0"))


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


def _choice(*choices: str) -> validate.OneOf:
    listed = " | ".join(f"'{choice}'" for choice in choices)
    return validate.OneOf(choices, error=f"Invalid enum value. Expected {listed}, received '{{input:.40}}'")


class Query(Schema):
    """A query: parameters that it does not know are ignored, and every fault is told."""

    class Meta:
        """Leave out what is not known."""

        unknown = EXCLUDE

    def __init__(self, values: Values) -> None:
        super().__init__()
        self.values = values

    def asked(self, args: "MultiDict[str, str]") -> dict[str, Any]:
        """What is asked, by field; a Rejection names every fault, in the order of the parameters."""
        names = [field.data_key or name for name, field in self.fields.items()]
        faults: dict[str, Any] = {}
        loaded: dict[str, Any] = {}
        try:
            loaded = self.load({name: args[name] for name in args})
        except ValidationError as error:
            faults = error.messages_dict
        faults |= {name: ["Expected one value, received several"] for name in names if len(args.getlist(name)) > 1}
        if faults:
            raise errors.invalid(*(ParameterError(name, faults[name][0]) for name in names if name in faults))
        return loaded


class TeamsQuery(Query):
    """A page of teams."""

    offset = Count(load_default=0)
    limit = Count(load_default=0)


class TeamUsersQuery(Query):
    """A page of users."""

    offset = Count(required=True, error_messages=_NO_NUMBER)
    limit = Count(required=True, error_messages=_NO_NUMBER)

    @validates("limit")
    def check_limit(self, limit: int, **_: Any) -> None:
        """No page of nothing, where the switch `zero_limit` refuses it."""
        if limit == 0 and self.values["zero_limit"] == "reject":
            raise ValidationError("Number must be greater than or equal to 1")


class UsersQuery(TeamUsersQuery):
    """A page of users, filtered; the switch `strict_user_filters` makes the filters required."""

    team_member = Truth(data_key="teamMember", load_default=None, error_messages=_REQUIRED)
    active = Truth(load_default=None, error_messages=_REQUIRED)

    @pre_load
    def check_filters(self, given: dict[str, str], **_: Any) -> dict[str, str]:
        """Refuse a filter that is left out, where it may not be."""
        for name in ("team_member", "active"):
            field = self.fields[name]
            field.required = self.values["strict_user_filters"] == "yes"
        return given


class MonthsQuery(Query):
    """The first month to tell."""

    start = Month(data_key="startDate", load_default=None)


class PermissionsQuery(Query):
    """The role to look for."""

    role = fields.String(required=True, validate=_choice(*ROLES), error_messages=_REQUIRED)


class TeamQuery(Query):
    """A team."""

    team = fields.String(required=True, data_key="teamId", error_messages=_REQUIRED)


class UsageQuery(Query):
    """A range of instants in buckets, of the organisation."""

    organization = fields.String(required=True, data_key="organizationId", error_messages=_REQUIRED)
    start = Moment(required=True, data_key="from", error_messages=_REQUIRED)
    end = Moment(required=True, data_key="to", error_messages=_REQUIRED)
    granularity = fields.String(required=True, validate=_choice(*policy.GRANULARITIES), error_messages=_REQUIRED)

    @validates("start", "end")
    def check_fraction(self, instant: Instant, **_: Any) -> None:
        """No fraction of a second, where the switch `subseconds` refuses it."""
        if "." in instant.text and self.values["subseconds"] == "reject":
            raise ValidationError(f"Expected whole seconds, received {_short(instant.text)}")

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, loaded: dict[str, Any], **_: Any) -> None:
        """From before to, whatever else is wrong."""
        if {"start", "end"} <= loaded.keys() and loaded["start"].order >= loaded["end"].order:
            raise ValidationError("Expected an instant before 'to'", "from")

    @validates_schema
    def check_length(self, loaded: dict[str, Any], **_: Any) -> None:
        """No more buckets than are told, where the switch `longest_range` refuses them."""
        granularity = loaded["granularity"]
        least = (loaded["end"].ceiling - loaded["start"].second) // policy.GRANULARITIES[granularity]
        if least > policy.BUCKETS_MAXIMUM and self.values["longest_range"] == "reject":
            rule = (
                f"Expected a range of at most {policy.BUCKETS_MAXIMUM} {granularity} buckets, received {least} or more"
            )
            raise ValidationError(f"{rule}; choose a shorter range or a coarser granularity", "to")


class TeamUsageQuery(UsageQuery):
    """The same, of a team."""

    whose = fields.String(required=True, data_key="teamId", error_messages=_REQUIRED)


class UserUsageQuery(UsageQuery):
    """The same, of a user."""

    whose = fields.String(required=True, data_key="userId", error_messages=_REQUIRED)


def asked_page(query: Query, args: "MultiDict[str, str]") -> PageAsked:
    """The page that a query asks for."""
    return PageAsked(**query.asked(args))


def asked_users(args: "MultiDict[str, str]", values: Values) -> UsersAsked:
    """The page of users that a query asks for."""
    return UsersAsked(**UsersQuery(values).asked(args))


def asked_usage(query: UsageQuery, args: "MultiDict[str, str]") -> UsageAsked:
    """Whose usage a query asks for, and over what."""
    found = query.asked(args)
    whose = found.get("whose", "")
    return UsageAsked(found["organization"], whose, found["start"], found["end"], found["granularity"])

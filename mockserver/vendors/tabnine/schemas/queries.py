"""Tabnine's query parameters with their rules. A refusal lists every error."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from mockserver.gateway.rejection import ParameterError
from mockserver.gateway.schemas import QuerySchema, shortened
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import ViewRequest
from mockserver.products.tabnine import ROLES
from mockserver.simulation.timestamps import DAY, ParsedTime, midnight, seconds
from mockserver.vendors.tabnine import errors, policy
from mockserver.vendors.tabnine.policy import (
    AgentUsageDatetime,
    AgentUsageGranularity,
    DateOnly,
    EmptyRange,
    LongestRange,
    ShortGranularities,
    StrictUserFilters,
    Subseconds,
    UnknownRole,
    ZeroLimit,
)

_WHOLE = re.compile(r"(-?)0*([0-9]+)")
_FRACTION = re.compile(r"-?[0-9]*\.[0-9]+")
_UNREACHABLE = 10**18
"""Stands for every greater number: no list is as long, and Python parses no number of thousands of digits."""
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE_TIME = re.compile(
    r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(\.(?P<fraction>[0-9]+))?"
    r"(?P<offset>Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_SECOND = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FIRST, _LAST = midnight(date.min), midnight(date.max)
"""The seconds between which a timestamp must lie, so that its bucket can be written."""

_REQUIRED: Final[dict[str, Any]] = {"required": "Required"}
_INVALID: Final = "Invalid datetime; expected a whole second in UTC, such as 2026-03-01T00:00:00Z"
_NO_NUMBER: Final[dict[str, Any]] = {"required": "Expected number, received nan"}


@dataclass(frozen=True, slots=True)
class OffsetPage:
    """A page; `limit` 0 is everything."""

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class FilteredPage(OffsetPage):
    """A page of users, in a team or not, registered or deactivated; None is both."""

    team_member: bool | None
    active: bool | None


@dataclass(frozen=True, slots=True)
class UsageRange:
    """A range of usage of the organization, or of the team or user with the id `subject`."""

    organization_id: str
    start: ParsedTime
    end: ParsedTime
    granularity: str
    subject: str = ""

    @property
    def division(self) -> str:
        """The granularity without its short form."""
        return policy.SHORT_FORMS.get(self.granularity, self.granularity)


class WholeNumber(fields.Field[int]):
    """A whole number from 0 on, refused in the words of the live service."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if _FRACTION.fullmatch(value):
            raise ValidationError("Expected integer, received float")
        found = _WHOLE.fullmatch(value)
        if not found:
            raise ValidationError("Expected number, received nan")
        if found[1] and found[2] != "0":
            raise ValidationError("Number must be greater than or equal to 0")
        return int(found[2]) if len(found[2]) <= 18 else _UNREACHABLE


class TrueOrFalse(fields.Field[bool]):
    """`true` or `false`, in lower case."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value not in {"true", "false"}:
            raise ValidationError(f"Expected 'true' | 'false', received {shortened(value)}")
        return bool(value == "true")


class MonthParameter(fields.Field[date]):
    """A calendar month, `YYYY-MM`; its first day. The year 0, which Python lacks, is as early as any: the year 1."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        found = _MONTH.fullmatch(value)
        if found and "01" <= found[2] <= "12":
            return date(max(int(found[1]), 1), int(found[2]), 1)
        raise ValidationError(f"Expected a month written YYYY-MM, from 01 to 12, received {shortened(value)}")


class DateTimeParameter(fields.Field[ParsedTime]):
    """An RFC 3339 date-time with its offset; the switch `date_only` allows a date, which is midnight in UTC."""

    date_only = False
    is_strict = False

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> ParsedTime:
        is_date = self.date_only and _DATE.fullmatch(value)
        found = _DATE_TIME.fullmatch(f"{value}T00:00:00Z" if is_date else value)
        try:
            moment = datetime.fromisoformat(found["time"] + found["offset"]) if found else None
        except ValueError:
            moment = None
        if not (found and moment):
            raise ValidationError(
                "Expected a date-time with an offset, such as 2025-09-01T00:00:00Z or 2025-09-01T02:00:00+02:00, "
                f"received {shortened(value)}"
            )
        second = seconds(moment)
        if not _FIRST <= second < _LAST + DAY:
            raise ValidationError(
                f"Expected an instant within the years 0001 to 9999 of UTC, received {shortened(value)}"
            )
        return ParsedTime(value, second, (found["fraction"] or "").rstrip("0"))


class WholeSecondParameter(DateTimeParameter):
    """A date-time as agent usage wants it; the switch `agent_usage_datetime` allows every other form too."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> ParsedTime:
        if self.is_strict and not _WHOLE_SECOND.fullmatch(value):
            raise ValidationError(_INVALID)
        try:
            return super()._deserialize(value, *args, **kwargs)
        except ValidationError as error:
            raise ValidationError(_INVALID) if self.is_strict else error from error


def legacy_cutoff(switches: Switches) -> int:
    """The second that the switch `legacy_cutoff` sets."""
    return seconds(datetime.fromisoformat(switches[policy.LEGACY_CUTOFF]))


def _choice(*choices: str) -> validate.OneOf:
    listed = " | ".join(f"'{choice}'" for choice in choices)
    return validate.OneOf(choices, error=f"Invalid enum value. Expected {listed}, received '{{input:.40}}'")


class TabnineQuery(QuerySchema):
    """The parameters of an endpoint; unknown ones are ignored, and a refusal lists every error."""

    def __init__(self, switches: Switches) -> None:
        super().__init__()
        self.switches = switches

    @classmethod
    def parse(cls, request: ViewRequest) -> dict[str, Any]:
        """The values by field; a Rejection lists every error, in the order of the parameters."""
        schema = request.switches.of(cls)
        sent: dict[str, str] = {}
        repeated: list[str] = []
        for name, texts in request.args.lists():
            sent[name] = texts[0]
            if len(texts) > 1:
                repeated.append(name)
        values, rules = schema.load_values(sent)
        rules |= dict.fromkeys(repeated, "Expected one value, received several")
        names = [field.data_key or name for name, field in schema.fields.items()] if rules else []
        if found := [ParameterError(name, rules[name]) for name in names if name in rules]:
            raise errors.invalid(*found)
        return values


class TeamsQuery(TabnineQuery):
    """A page of teams; the switch `teams_default_limit` decides about a request without a limit."""

    offset = WholeNumber(load_default=0)
    limit = WholeNumber(load_default=0)

    def __init__(self, switches: Switches) -> None:
        super().__init__(switches)
        self.fields["limit"].load_default = int(switches[policy.TEAMS_DEFAULT_LIMIT])


class TeamUsersQuery(TabnineQuery):
    """A page of users."""

    offset = WholeNumber(required=True, error_messages=_NO_NUMBER)
    limit = WholeNumber(required=True, error_messages=_NO_NUMBER)

    def check(self, values: dict[str, Any], rules: dict[str, str]) -> None:
        """Refuse a limit of 0, where the switch `zero_limit` does."""
        if values.get("limit") == 0 and self.switches[policy.ZERO_LIMIT] is ZeroLimit.REJECT:
            rules["limit"] = "Number must be greater than or equal to 1"


class FilteredUsersQuery(TeamUsersQuery):
    """A page of users, filtered; the switch `strict_user_filters` makes the filters required."""

    team_member = TrueOrFalse(data_key="teamMember", load_default=None, error_messages=_REQUIRED)
    active = TrueOrFalse(load_default=None, error_messages=_REQUIRED)

    def __init__(self, switches: Switches) -> None:
        super().__init__(switches)
        for name in ("team_member", "active"):
            self.fields[name].required = switches[policy.STRICT_USER_FILTERS] is StrictUserFilters.YES


class MonthsQuery(TabnineQuery):
    """The first month of the answer."""

    start = MonthParameter(data_key="startDate", load_default=None)


class PermissionsQuery(TabnineQuery):
    """The role to look for; the switch `unknown_role` allows any."""

    role = fields.String(required=True, validate=_choice(*ROLES), error_messages=_REQUIRED)

    def __init__(self, switches: Switches) -> None:
        super().__init__(switches)
        if switches[policy.UNKNOWN_ROLE] is UnknownRole.NOBODY:
            self.fields["role"].validators = []


class TeamQuery(TabnineQuery):
    """A team."""

    team = fields.String(required=True, data_key="teamId", error_messages=_REQUIRED)


class UsageQuery(TabnineQuery):
    """A range in buckets, of the organization."""

    organization_id = fields.String(required=True, data_key="organizationId", error_messages=_REQUIRED)
    start = DateTimeParameter(required=True, data_key="from", error_messages=_REQUIRED)
    end = DateTimeParameter(required=True, data_key="to", error_messages=_REQUIRED)
    granularity = fields.String(required=True, validate=_choice(*policy.GRANULARITIES), error_messages=_REQUIRED)

    def __init__(self, switches: Switches) -> None:
        super().__init__(switches)
        if switches[policy.SHORT_GRANULARITIES] is ShortGranularities.ACCEPT:
            self.fields["granularity"].validators = [_choice(*policy.GRANULARITIES, *policy.SHORT_FORMS)]
        for field in self.timestamps:
            field.date_only = switches[policy.DATE_ONLY] is DateOnly.ACCEPT

    @property
    def timestamps(self) -> list[DateTimeParameter]:
        """The fields of from and to."""
        return [field for field in self.fields.values() if isinstance(field, DateTimeParameter)]

    def check(self, values: dict[str, Any], rules: dict[str, str]) -> None:
        """Refuse a `from` that is not before `to`; by switches, fractions of a second and too many buckets."""
        if self.switches[policy.SUBSECONDS] is Subseconds.REJECT:
            for name, parameter in (("start", "from"), ("end", "to")):
                if name in values and "." in values[name].text:
                    rules[parameter] = f"Expected whole seconds, received {shortened(values.pop(name).text)}"
        reject_empty = self.switches[policy.EMPTY_RANGE] is EmptyRange.REJECT
        if {"start", "end"} <= values.keys() and reject_empty and values["start"] >= values["end"]:
            rules["from"] = "Expected an instant before 'to'"
        if not rules and self.switches[policy.LONGEST_RANGE] is LongestRange.REJECT:
            self._check_length(rules, **values)

    def _check_length(
        self, rules: dict[str, str], *, start: ParsedTime, end: ParsedTime, granularity: str, **_: str
    ) -> None:
        division = policy.SHORT_FORMS.get(granularity, granularity)
        least = (end.ceiling - start.second) // policy.GRANULARITIES[division]
        if least > policy.BUCKETS_MAXIMUM:
            rule = f"Expected a range of at most {policy.BUCKETS_MAXIMUM} {division} buckets, received {least} or more"
            rules["to"] = f"{rule}; choose a shorter range or a coarser granularity"


class TeamUsageQuery(UsageQuery):
    """The same, of a team."""

    subject = fields.String(required=True, data_key="teamId", error_messages=_REQUIRED)


class UserUsageQuery(UsageQuery):
    """The same, of a user."""

    subject = fields.String(required=True, data_key="userId", error_messages=_REQUIRED)


class AgentUsageQuery(UsageQuery):
    """A range of agent usage, of the organization."""

    start = WholeSecondParameter(required=True, data_key="from", error_messages=_REQUIRED)
    end = WholeSecondParameter(required=True, data_key="to", error_messages=_REQUIRED)

    def __init__(self, switches: Switches) -> None:
        super().__init__(switches)
        for field in self.timestamps:
            field.is_strict = switches[policy.AGENT_USAGE_DATETIME] is AgentUsageDatetime.STRICT
        if switches[policy.AGENT_USAGE_GRANULARITY] is AgentUsageGranularity.OPTIONAL:
            self.fields["granularity"].required = False
            self.fields["granularity"].load_default = "all"


class TeamAgentUsageQuery(AgentUsageQuery):
    """The same, of a team."""

    subject = fields.String(required=True, data_key="teamId", error_messages=_REQUIRED)


class UserAgentUsageQuery(AgentUsageQuery):
    """The same, of a user."""

    subject = fields.String(required=True, data_key="userId", error_messages=_REQUIRED)

"""Augment's schemas: query parameters with their rules, and the shapes of its rows.

A loaded query is a frozen record in which days are ordinals.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from marshmallow import Schema, ValidationError, fields, post_dump
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.schemas import Parameter, shortened
from mockserver.gateway.switches import Switches
from mockserver.validation.schemas import parse_date
from mockserver.validation.suggestions import unknown_name
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import (
    BeforePublication,
    EmptyParameters,
    LookbackExceeded,
    PageSizeOverMaximum,
    UnknownParameters,
)

_NUMBER = re.compile(r"[0-9]{1,4000}")


class DateParameter(Parameter[date]):
    """A calendar date, YYYY-MM-DD in ASCII digits."""

    def _parse(self, value: Any) -> date:
        found = parse_date(value)
        if found is None:
            raise ValidationError(f"{self.name} must be a date that exists, written YYYY-MM-DD, not {shortened(value)}")
        return found


class PageSize(Parameter[int]):
    """A whole number of at least 1, in ASCII digits."""

    def _parse(self, value: Any) -> int:
        if not _NUMBER.fullmatch(value) or int(value) < 1:
            raise ValidationError(f"{self.name} must be an integer of at least 1, not {shortened(value)}")
        return int(value)


class RangeQuery(Schema):
    """The parameters of an endpoint over a range of days."""

    start_date = DateParameter()
    end_date = DateParameter()


class PagedRangeQuery(RangeQuery):
    """The same, in pages."""

    cursor = fields.String()
    page_size = PageSize()


class DayQuery(Schema):
    """The parameters of an endpoint on one day, in pages."""

    date = DateParameter()
    cursor = fields.String()
    page_size = PageSize()


@dataclass(frozen=True, slots=True)
class Range:
    """A query over a range: its first and last day, both inclusive, and the newest day with data."""

    first: int
    last: int
    through: int

    @property
    def total_days(self) -> int:
        """The number of days in the range."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class PagedRange(Range):
    """The same, with the page."""

    cursor: str | None
    page_size: int


@dataclass(frozen=True, slots=True)
class PagedDay:
    """A query on one day, and the newest day with data."""

    day: int
    through: int
    cursor: str | None
    page_size: int


def oldest(now: datetime) -> int:
    """The oldest allowed day: two years before yesterday, of a 29 February the 28th."""
    yesterday = now.date() - timedelta(days=1)
    leap = (yesterday.month, yesterday.day) == (2, 29)
    return yesterday.replace(year=yesterday.year - policy.LOOKBACK_YEARS, day=28 if leap else yesterday.day).toordinal()


@dataclass(frozen=True, slots=True)
class Period:
    """The oldest and the newest allowed day, the newest in words, and the newest day with data."""

    oldest: int
    newest: int
    limit: str
    through: int

    @classmethod
    def at(cls, now: datetime, through: int, switches: Switches) -> "Period":
        """The period that is open at a moment, when data reach up to the day `through`."""
        newest, limit = now.toordinal() - 1, "yesterday (UTC)"
        if switches[policy.BEFORE_PUBLICATION] is BeforePublication.REJECT and through < newest:
            newest -= 1
            hour = switches[policy.PUBLICATION_HOUR]
            limit = f"{date.fromordinal(newest)}: yesterday's data arrive at {hour:02}:00 (UTC)"
        return cls(oldest(now), newest, limit, through)

    def check_end(self, name: str, day: int) -> None:
        """Refuse a day outside the period."""
        if day > self.newest:
            _refuse(name, f"{name} cannot be later than {self.limit}")
        if day < self.oldest:
            self.refuse_oldest(name)

    def refuse_oldest(self, name: str) -> NoReturn:
        """Refuse a day before the period."""
        oldest = date.fromordinal(self.oldest)
        _refuse(name, f"{name} cannot be earlier than {oldest}, {policy.LOOKBACK_YEARS} years before yesterday (UTC)")


def load_range(args: "MultiDict[str, str]", period: Period, switches: Switches) -> Range:
    """The range of a query; Rejection names the parameter and the rule."""
    given = _load(RangeQuery(), args, switches)
    return Range(*_range(given, period, switches), period.through)


def load_paged_range(
    args: "MultiDict[str, str]", period: Period, switches: Switches, sizes: tuple[int, int]
) -> PagedRange:
    """The range of a query, with the page; `sizes` are the default and the maximum page size."""
    given = _load(PagedRangeQuery(), args, switches)
    first, last = _range(given, period, switches)
    return PagedRange(first, last, period.through, given.get("cursor"), _size(given, sizes, switches))


def load_day(args: "MultiDict[str, str]", period: Period, switches: Switches, sizes: tuple[int, int]) -> PagedDay:
    """The day of a query, with the page."""
    given = _load(DayQuery(), args, switches)
    day = given["date"].toordinal() if "date" in given else period.newest
    period.check_end("date", day)
    return PagedDay(day, period.through, given.get("cursor"), _size(given, sizes, switches))


def _range(given: dict[str, Any], period: Period, switches: Switches) -> tuple[int, int]:
    week = policy.RANGE_DAYS_DEFAULT - 1
    start = given["start_date"].toordinal() if "start_date" in given else None
    end = given["end_date"].toordinal() if "end_date" in given else None
    if start is not None:
        start = _checked_start(start, period, switches)
    if end is not None:
        period.check_end("end_date", end)
    if start is None:
        end = period.newest if end is None else end
        return max(end - week, period.oldest), end
    return start, _checked_end(start, min(start + week, period.newest) if end is None else end)


def _checked_start(start: int, period: Period, switches: Switches) -> int:
    if start > period.newest:
        _refuse("start_date", f"start_date cannot be later than {period.limit}")
    if start < period.oldest and switches[policy.LOOKBACK_EXCEEDED] is LookbackExceeded.REJECT:
        period.refuse_oldest("start_date")
    return max(start, period.oldest)


def _checked_end(start: int, end: int) -> int:
    if start > end:
        _refuse("start_date", "start_date cannot be later than end_date")
    days = end - start + 1
    if days > policy.RANGE_DAYS_MAXIMUM:
        longest = policy.RANGE_DAYS_MAXIMUM
        _refuse("end_date", f"the range has {days} days; it cannot be longer than {longest} days, both ends included")
    return end


def _size(given: dict[str, Any], sizes: tuple[int, int], switches: Switches) -> int:
    default, maximum = sizes
    size: int = given.get("page_size", default)
    if size > maximum and switches[policy.PAGE_SIZE_OVER_MAXIMUM] is PageSizeOverMaximum.REJECT:
        _refuse("page_size", f"page_size cannot be greater than {maximum}")
    return min(size, maximum)


def _load(schema: Schema, args: "MultiDict[str, str]", switches: Switches) -> dict[str, Any]:
    given = {name: args.getlist(name) for name in args}
    for name in given:
        if name not in schema.fields and switches[policy.UNKNOWN_PARAMETERS] is UnknownParameters.REJECT:
            _refuse(name, unknown_name("parameter", name, schema.fields))
    known = {name: texts for name, texts in given.items() if name in schema.fields}
    for name, texts in known.items():
        if len(texts) > 1:
            _refuse(name, f"{name} must be given once, not {len(texts)} times")
        if not texts[0] and switches[policy.EMPTY_PARAMETERS] is EmptyParameters.REJECT:
            _refuse(name, f"{name} must not be empty; leave it out for its default")
    try:
        loaded: dict[str, Any] = schema.load({name: texts[0] for name, texts in known.items() if texts[0]})
    except ValidationError as error:
        name, rules = next(iter(dict(error.messages_dict).items()))
        _refuse(name, rules[0])
    return loaded


def _refuse(name: str, rule: str) -> NoReturn:
    raise Rejection(Reason.INVALID, rule, parameter_errors=(ParameterError(name, rule),))


class Metrics(Schema):
    """The metrics object: sixteen whole numbers, zeros written out."""

    total_modified_lines_of_code = fields.Integer(attribute="total_lines")
    total_messages = fields.Integer()
    total_tool_calls = fields.Integer(attribute="tool_calls")
    completions_count = fields.Integer()
    completions_accepted = fields.Integer()
    completions_lines_of_code = fields.Integer(attribute="completions_lines")
    completions_suggested_lines_of_code = fields.Integer(attribute="completions_suggested_lines")
    chat_messages = fields.Integer()
    remote_agent_messages = fields.Integer(attribute="remote_messages")
    remote_agent_lines_of_code = fields.Integer(attribute="remote_lines")
    ide_agent_messages = fields.Integer(attribute="ide_messages")
    ide_agent_lines_of_code = fields.Integer(attribute="ide_lines")
    cli_agent_interactive_messages = fields.Integer(attribute="cli_interactive_messages")
    cli_agent_interactive_lines_of_code = fields.Integer(attribute="cli_interactive_lines")
    cli_agent_non_interactive_messages = fields.Integer(attribute="cli_non_interactive_messages")
    cli_agent_non_interactive_lines_of_code = fields.Integer(attribute="cli_non_interactive_lines")


COUNTERS = {field.attribute or name: name for name, field in Metrics().fields.items()}
"""The name of each of our counters in the metrics object."""


class User(Schema):
    """Who a row is about: exactly one of the two names."""

    user_email = fields.String(attribute="email")
    service_account_name = fields.String(attribute="service_account")

    @post_dump
    def keep_one(self, row: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Leave out the name that the row does not have."""
        return {name: value for name, value in row.items() if value is not None}


class UserRow(User):
    """A row with its user inside."""

    user_email = fields.String(attribute="user.email")
    service_account_name = fields.String(attribute="user.service_account")


class DayCount(Schema):
    """A row of dau-count."""

    date = fields.Date()
    user_count = fields.Integer()


class DayUsage(Schema):
    """A row of daily-usage."""

    date = fields.Date()
    metrics = fields.Nested(Metrics)


class UserActivity(UserRow):
    """A row of user-activity."""

    active_days = fields.Integer()
    metrics = fields.Nested(Metrics)


class UserRecord(UserRow):
    """A row of daily-user-activity-by-editor-language."""

    language = fields.String()
    editor = fields.String()
    metrics = fields.Nested(Metrics)

"""Augment's schemas: query parameters with their rules, and the shapes of its rows."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NoReturn

from marshmallow import Schema, ValidationError, fields

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.schemas import Column, ColumnarSchema, shortened
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import ViewRequest
from mockserver.validation.schemas import parse_date
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import (
    BeforePublication,
    EmptyParameters,
    LookbackExceeded,
    PageSizeOverMaximum,
    UnknownParameters,
)

_NUMBER = re.compile(r"[0-9]{1,4000}")
_RANGE, _DAY, _PAGE = ("start_date", "end_date"), ("date",), ("cursor", "page_size")


class DayParameter(fields.Field[int]):
    """A calendar date, YYYY-MM-DD in ASCII digits; its ordinal."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        found = parse_date(value)
        if found is None:
            raise ValidationError(f"{self.name} must be a date that exists, written YYYY-MM-DD, not {shortened(value)}")
        return found.toordinal()


class PageSize(fields.Field[int]):
    """A whole number of at least 1, in ASCII digits."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not _NUMBER.fullmatch(value) or int(value) < 1:
            raise ValidationError(f"{self.name} must be an integer of at least 1, not {shortened(value)}")
        return int(value)


class AugmentQuery(Schema):
    """Every query parameter; each endpoint has some of them."""

    start_date = DayParameter()
    end_date = DayParameter()
    date = DayParameter()
    cursor = fields.String()
    page_size = PageSize()


_PARAMETERS: Final = AugmentQuery().fields
"""The parameters by their names; they keep nothing of a request."""


@dataclass(frozen=True, slots=True)
class DaysQuery:
    """A query over days: the first and the last one, both inclusive, and the newest with data. Days are ordinals.

    `known` is before `first` where no day has data. `page_size` is 0 for an endpoint without pages.
    """

    first: int
    last: int
    known: int
    cursor: str | None
    page_size: int


def oldest(now: datetime) -> int:
    """The oldest allowed day: two years before yesterday, of a 29 February the 28th."""
    return _oldest(now.toordinal())


@lru_cache(maxsize=64)
def _oldest(today: int) -> int:
    yesterday = date.fromordinal(today - 1)
    leap = (yesterday.month, yesterday.day) == (2, 29)
    return yesterday.replace(year=yesterday.year - policy.LOOKBACK_YEARS, day=28 if leap else yesterday.day).toordinal()


def published(now: datetime, switches: Switches) -> int:
    """The newest day whose data have arrived: yesterday, from the publication hour (UTC) on."""
    return now.toordinal() - (1 if now.hour >= switches[policy.PUBLICATION_HOUR] else 2)


class _Period:
    """The oldest and the newest allowed day, and the newest day with data."""

    def __init__(self, now: datetime, switches: Switches) -> None:
        self.oldest, self.newest, self.published = oldest(now), now.toordinal() - 1, published(now, switches)
        self._limit = "yesterday (UTC)"
        if switches[policy.BEFORE_PUBLICATION] is BeforePublication.REJECT and self.published < self.newest:
            self.newest -= 1
            hour = switches[policy.PUBLICATION_HOUR]
            self._limit = f"{date.fromordinal(self.newest)}: yesterday's data arrive at {hour:02}:00 (UTC)"

    def check(self, name: str, day: int) -> None:
        """Refuse a day outside the period."""
        if day > self.newest:
            _refuse(name, f"{name} cannot be later than {self._limit}")
        if day < self.oldest:
            years, limit = policy.LOOKBACK_YEARS, date.fromordinal(self.oldest)
            _refuse(name, f"{name} cannot be earlier than {limit}, {years} years before yesterday (UTC)")


def load_range(request: ViewRequest, sizes: tuple[int, int] | None = None) -> DaysQuery:
    """A query over a range, in pages if it has `sizes`: the default and the maximum page size.

    Rejection names the parameter and the rule.
    """
    given = _load(_RANGE if sizes is None else _RANGE + _PAGE, request)
    period = _Period(request.now, request.switches)
    first, last = _range(given, period, request.switches)
    size = _size(given, sizes, request.switches) if sizes else 0
    return DaysQuery(first, last, min(last, period.published), given.get("cursor"), size)


def load_day(request: ViewRequest, sizes: tuple[int, int]) -> DaysQuery:
    """The same for a query on one day."""
    given, period = _load(_DAY + _PAGE, request), _Period(request.now, request.switches)
    day = given.get("date", period.newest)
    period.check("date", day)
    size = _size(given, sizes, request.switches)
    return DaysQuery(day, day, min(day, period.published), given.get("cursor"), size)


def _range(given: dict[str, Any], period: _Period, switches: Switches) -> tuple[int, int]:
    start, end, week = given.get("start_date"), given.get("end_date"), policy.RANGE_DAYS_DEFAULT - 1
    if start is not None:
        if switches[policy.LOOKBACK_EXCEEDED] is LookbackExceeded.CLAMP:
            start = max(start, period.oldest)
        period.check("start_date", start)
    if end is not None:
        period.check("end_date", end)
    elif start is None:
        end = period.newest
    else:
        end = min(start + week, period.newest)
    first = max(end - week, period.oldest) if start is None else start
    _check_length(first, end)
    return first, end


def _check_length(first: int, last: int) -> None:
    if first > last:
        _refuse("start_date", "start_date cannot be later than end_date")
    days, longest = last - first + 1, policy.RANGE_DAYS_MAXIMUM
    if days > longest:
        _refuse("end_date", f"the range has {days} days; it cannot be longer than {longest} days, both ends included")


def _size(given: dict[str, Any], sizes: tuple[int, int], switches: Switches) -> int:
    default, maximum = sizes
    size: int = given.get("page_size", default)
    if size > maximum and switches[policy.PAGE_SIZE_OVER_MAXIMUM] is PageSizeOverMaximum.REJECT:
        _refuse("page_size", f"page_size cannot be greater than {maximum}")
    return min(size, maximum)


def _load(names: tuple[str, ...], request: ViewRequest) -> dict[str, Any]:
    switches = request.switches
    given = dict(request.args.lists())
    for name in given:
        if name not in names and switches[policy.UNKNOWN_PARAMETERS] is UnknownParameters.REJECT:
            _refuse(name, unknown_name("parameter", name, names))
    known = {name: texts for name, texts in given.items() if name in names}
    for name, texts in known.items():
        if len(texts) > 1:
            _refuse(name, f"{name} must be given once, not {len(texts)} times")
        if not texts[0] and switches[policy.EMPTY_PARAMETERS] is EmptyParameters.REJECT:
            _refuse(name, f"{name} must not be empty; leave it out for its default")
    return {name: _value(name, known[name][0]) for name in names if name in known and known[name][0]}


def _value(name: str, text: str) -> Any:
    """The value of one parameter. A whole schema costs as much as the rest of a small answer."""
    try:
        return _PARAMETERS[name].deserialize(text)
    except ValidationError as error:
        _refuse(name, error.messages[0])


def _refuse(name: str, rule: str) -> NoReturn:
    raise Rejection(Reason.INVALID, rule, parameter_errors=(ParameterError(name, rule),))


METRICS: Final = {
    "total_modified_lines_of_code": "total_lines",
    "total_messages": "total_messages",
    "total_tool_calls": "tool_calls",
    "completions_count": "completions_count",
    "completions_accepted": "completions_accepted",
    "completions_lines_of_code": "completions_lines",
    "completions_suggested_lines_of_code": "completions_suggested_lines",
    "chat_messages": "chat_messages",
    "remote_agent_messages": "remote_messages",
    "remote_agent_lines_of_code": "remote_lines",
    "ide_agent_messages": "ide_messages",
    "ide_agent_lines_of_code": "ide_lines",
    "cli_agent_interactive_messages": "cli_interactive_messages",
    "cli_agent_interactive_lines_of_code": "cli_interactive_lines",
    "cli_agent_non_interactive_messages": "cli_non_interactive_messages",
    "cli_agent_non_interactive_lines_of_code": "cli_non_interactive_lines",
}
"""The fields of the metrics object, in their order, each with the name of our counter."""

COUNTERS: Final = {counter: name for name, counter in METRICS.items()}
"""The name of each of our counters in the metrics object."""


class MetricsColumn(Column[list[dict[str, int]]]):
    """Metrics objects: sixteen whole numbers each, zeros written out."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> list[dict[str, int]]:
        return [{name: metrics[counter] for name, counter in METRICS.items()} for metrics in value]


class DayRows(ColumnarSchema):
    """Rows of dau-count or of daily-usage, with the fields of which the report has a column."""

    date = Column[str]()
    user_count = Column[int]()
    metrics = MetricsColumn()


class MemberRows(ColumnarSchema):
    """Rows about users: exactly one of the two names, and what the report has."""

    omitted_when_none = ("user_email", "service_account_name")

    email = Column[str](data_key="user_email")
    service_account = Column[str](data_key="service_account_name")
    active_days = Column[int]()
    language = Column[str]()
    editor = Column[str]()
    metrics = MetricsColumn()

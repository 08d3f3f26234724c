"""Query strings of Augment's endpoints: the parameters, and their rules."""

import re
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError, fields

from analytics_mockserver.suggestions import unknown_name
from mockserver.gateway.schemas import QuerySchema, shortened
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import ViewRequest
from mockserver.products.augment.breakdown import CreditQuery
from mockserver.simulation.restatement import Publication
from mockserver.validation.schemas import parse_date
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import EmptyParameters, PageSizeOverMaximum, UnknownParameters
from mockserver.vendors.augment.schemas import periods
from mockserver.vendors.augment.schemas.periods import Period, refuse

_NUMBER = re.compile(r"[0-9]{1,4000}")
_FLAGS: Final = {"true": True, "false": False}
_RANGE, _DAY, _PAGE = ("start_date", "end_date"), ("date",), ("cursor", "page_size")
_CREDITS: Final = (*_RANGE, "by_date", "by_model", *_PAGE)


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


class FlagParameter(fields.Field[bool]):
    """True or false, in lower case."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if value not in _FLAGS:
            raise ValidationError(f"{self.name} must be true or false, not {shortened(value)}")
        return _FLAGS[value]


class AugmentQuery(QuerySchema):
    """Every query parameter; each endpoint has some of them."""

    start_date = DayParameter()
    end_date = DayParameter()
    date = DayParameter()
    by_date = FlagParameter()
    by_model = FlagParameter()
    cursor = fields.String()
    page_size = PageSize()


_PARAMETERS: Final = AugmentQuery()


@dataclass(frozen=True, slots=True)
class DaysQuery:
    """A query over days: the first and the last one, both inclusive. Days are ordinals.

    `newest` is the newest day with data, and `known` that of these days; it is before `first` where none has data.
    `publication` is the newest one; None where all figures are final. `page_size` is 0 for an endpoint without pages.
    """

    first: int
    last: int
    known: int
    newest: int
    publication: Publication | None
    cursor: str | None
    page_size: int

    @property
    def known_days(self) -> range:
        """The days with data."""
        return range(self.first, self.known + 1)

    @property
    def days_without_data(self) -> range:
        """The days after them."""
        return range(max(self.first, self.known + 1), self.last + 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is requested."""

    cursor: str | None
    size: int


def load_range(request: ViewRequest, sizes: tuple[int, int] | None = None) -> DaysQuery:
    """A query over a range, in pages if it has `sizes`: the default and the maximum page size.

    Rejection names the parameter and the rule.
    """
    given = _load(_RANGE if sizes is None else _RANGE + _PAGE, request)
    period = Period.of_metrics(request.now, request.switches)
    first, last = period.range(given.get("start_date"), given.get("end_date"), request.switches)
    size = checked_size(given, sizes, request.switches) if sizes else 0
    return _days(request, first, last, period.known, given.get("cursor"), size)


def load_day(request: ViewRequest, sizes: tuple[int, int]) -> DaysQuery:
    """The same for a query on one day."""
    given, period = _load(_DAY + _PAGE, request), Period.of_metrics(request.now, request.switches)
    day = given.get("date", period.newest)
    period.check("date", day)
    size = checked_size(given, sizes, request.switches)
    return _days(request, day, day, period.known, given.get("cursor"), size)


def _days(request: ViewRequest, first: int, last: int, newest: int, cursor: str | None, size: int) -> DaysQuery:
    known = min(last, newest)
    publication = periods.publication_of_range(known, request.now, request.switches)
    return DaysQuery(first, last, known, newest, publication, cursor, size)


def load_credits(request: ViewRequest) -> tuple[CreditQuery, Page]:
    """A query of credits, whose range may include today."""
    given, now, switches = _load(_CREDITS, request), request.now, request.switches
    period = Period.of_credits(now, switches)
    first, last = period.range(given.get("start_date"), given.get("end_date"), switches)
    broken_down = given.get("by_date", False), given.get("by_model", False)
    until, publication = periods.consumed_until(now, switches), periods.publication_of_range(last, now, switches)
    query = CreditQuery(first, last, until, *broken_down, publication)
    return query, Page(given.get("cursor"), checked_size(given, policy.CREDIT_PAGE, switches))


def check_no_parameters(request: ViewRequest) -> None:
    """Refuse any query parameter, where everything is in the body."""
    _load((), request)


def checked_size(given: dict[str, Any], sizes: tuple[int, int], switches: Switches) -> int:
    """The page size: the default, or the one given, within the maximum."""
    default, maximum = sizes
    size: int = given.get("page_size", default)
    if size > maximum and switches[policy.PAGE_SIZE_OVER_MAXIMUM] is PageSizeOverMaximum.REJECT:
        refuse("page_size", f"page_size cannot be greater than {maximum}")
    return min(size, maximum)


def _load(names: tuple[str, ...], request: ViewRequest) -> dict[str, Any]:
    switches = request.switches
    given = dict(request.args.lists())
    for name in given:
        if name not in names and switches[policy.UNKNOWN_PARAMETERS] is UnknownParameters.REJECT:
            refuse(name, unknown_name("parameter", name, names) if names else f"{name} is unknown; {_NO_PARAMETERS}")
    known = {name: texts for name, texts in given.items() if name in names}
    for name, texts in known.items():
        if len(texts) > 1:
            refuse(name, f"{name} must be given once, not {len(texts)} times")
        if not texts[0] and switches[policy.EMPTY_PARAMETERS] is EmptyParameters.REJECT:
            refuse(name, f"{name} must not be empty; leave it out for its default")
    return {name: _value(name, known[name][0]) for name in names if name in known and known[name][0]}


_NO_PARAMETERS: Final = "this endpoint has no query parameters; everything is in the JSON body"


def _value(name: str, text: str) -> Any:
    """The value of one parameter."""
    try:
        return _PARAMETERS.read(name, text)
    except ValidationError as error:
        refuse(name, error.messages[0])

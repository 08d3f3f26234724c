"""IDE Services' query parameters with their rules, and the rows of its answers. A refusal lists every error."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from mockserver.gateway.rejection import ParameterError, invalid_parameters
from mockserver.gateway.schemas import Column, ColumnarSchema, QuerySchema, shortened
from mockserver.gateway.switches import Switches
from mockserver.validation.schemas import parse_date
from mockserver.vendors.jetbrains_ide import errors, policy
from mockserver.vendors.jetbrains_ide.policy import (
    CodexTool,
    EmptyParameters,
    ListBlanks,
    ProfileIds,
    RepeatedParameters,
)

_NUMBER = re.compile(r"0*([0-9]{1,4})")
_EXAMPLE = "123e4567-e89b-12d3-a456-426614174000"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BLANKS = " \t"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AnalyticsParameters:
    """The parameters of any operation; those that it lacks, or the client leaves out, have their defaults.

    `first` and `last` are ordinals (0 where there is no range), `tools` are in alphabetical order, `users` are ids in
    lower case, ascending, or None for everybody. `profile` is the id of a profile in lower case, or a name. A cursor,
    `limit` and `order` make a page.
    """

    first: int = 0
    last: int = 0
    group_by: str | None = None
    profile: str | None = None
    tools: tuple[str, ...] = policy.TOOLS
    users: tuple[str, ...] | None = None
    cursor: str | None = None
    limit: int = policy.LIMIT_DEFAULT
    order: str = policy.ORDERS[0]

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """The query that a cursor belongs to: everything but the page."""
        users = () if self.users is None else ("users", *self.users)
        return (str(self.first), str(self.last), self.order, *self.tools, *users)


class RuledParameter(fields.Field[T]):
    """A parameter whose `rule` states what it must be; `read` returns None for text that breaks the rule."""

    def __init__(self, rule: str, read: Callable[[str], T | None], **options: Any) -> None:
        super().__init__(metadata={"rule": rule}, **options)
        self.read = read

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> T:
        found = self.read(value)
        if found is None:
            raise self.error(value)
        return found

    def error(self, value: str) -> ValidationError:
        """The error for a value that breaks the rule."""
        return ValidationError(f"{self.metadata['rule']}, not {shortened(value)}")


class ListParameter(RuledParameter[Any]):
    """Values between commas, each changed by `fold`; each once, ascending."""

    def __init__(self, rule: str, read: Callable[[str], object], fold: Callable[[str], str] = str, **rest: Any) -> None:
        super().__init__(rule, read, **rest)
        self.fold = fold

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, ...]:
        elements = sorted({self.fold(each) for each in value.split(",")})
        if "" in elements:
            raise ValidationError(f"must not have an empty element: it {self.error(value).messages[0]}")
        for each in elements:
            super()._deserialize(each)
        return tuple(elements)


def _day(text: str) -> int | None:
    """The ordinal of a calendar day, YYYY-MM-DD in ASCII digits."""
    found = parse_date(text)
    return found.toordinal() if found else None


def _uuid(text: str) -> str | None:
    """A UUID in lower case."""
    return text.lower() if _UUID.fullmatch(text.lower()) else None


def _joined(texts: list[str], *, trimmed: bool) -> str:
    """The elements of a list that may have been sent in parts, between commas."""
    elements = [element for text in texts for element in text.split(",")]
    return ",".join(element.strip(_BLANKS) if trimmed else element for element in elements)


def _one_of(*choices: str) -> Callable[[str], str | None]:
    """A reader that accepts some words, in their exact case."""
    return lambda text: text if text in choices else None


def _limit(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found and 1 <= int(found[1]) <= policy.LIMIT_MAXIMUM else None


def _listed(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


_DATE: Final = "must be a date that exists, written YYYY-MM-DD"


def _tools(*tools: str) -> ListParameter:
    rule = f"must name tools among {_listed(tools)}, between commas"
    return ListParameter(rule, _one_of(*tools), data_key="tool", load_default=tools)


_LISTED: Final = "GET /api/v1/profiles lists them"
_NO_DATE: Final[dict[str, Any]] = {"required": "is required: a date written YYYY-MM-DD"}
_NO_GROUP: Final[dict[str, Any]] = {"required": f"is required: {_listed(policy.GROUPS)}"}


class AnalyticsQuery(QuerySchema):
    """The parameters of all operations, of which each operation has some; unknown ones are ignored."""

    first = RuledParameter(_DATE, _day, required=True, data_key="fromDate", error_messages=_NO_DATE)
    last = RuledParameter(_DATE, _day, required=True, data_key="toDate", error_messages=_NO_DATE)
    group_by = RuledParameter(
        f"must be {_listed(policy.GROUPS)}", _one_of(*policy.GROUPS), data_key="groupBy", error_messages=_NO_GROUP
    )
    profile = RuledParameter(f"must be the UUID of a profile, as {_LISTED}", _uuid, data_key="profileId")
    tools = _tools(*policy.TOOLS)
    users = ListParameter(
        f"must name users by UUIDs such as {_EXAMPLE}, between commas", _UUID.fullmatch, str.lower, data_key="query"
    )
    cursor = RuledParameter(errors.CURSOR, str)
    limit = RuledParameter(f"must be an integer from 1 to {policy.LIMIT_MAXIMUM}", _limit)
    order = RuledParameter(f"must be {_listed(policy.ORDERS)}", _one_of(*policy.ORDERS), data_key="sortOrder")

    def __init__(self, *only: str, required: tuple[str, ...] = ()) -> None:
        super().__init__(only=only)
        for name in required:
            self.fields[name].required = True

    def under(self, switches: Switches) -> Self:
        """The same parameters, with the values that these switches allow."""
        changed: dict[str, fields.Field[Any]] = {}
        if switches[policy.CODEX_TOOL] is CodexTool.CODEX:
            changed["tools"] = _TOOLS_WITH_CODEX
        if switches[policy.PROFILE_IDS] is ProfileIds.BOTH:
            changed["profile"] = _PROFILE_OR_NAME
        return self.with_fields(changed)

    def check(self, values: dict[str, Any], rules: dict[str, str]) -> None:
        """Refuse a fromDate after toDate, whatever else is wrong."""
        if {"first", "last"} <= values.keys() and values["first"] > values["last"]:
            rules["fromDate"] = "must not be later than toDate"

    def load_args(self, args: "MultiDict[str, str]", switches: Switches) -> AnalyticsParameters:
        """The parameters of a request; a Rejection lists every error, in the order of the parameters."""
        given, rules = self._given(args, switches)
        loaded, broken = self.load_values(given)
        rules = {**broken, **rules}
        if rules:
            names = [field.data_key or name for name, field in self.fields.items()]
            raise invalid_parameters(*(ParameterError(name, rules[name]) for name in names if name in rules))
        return AnalyticsParameters(**loaded)

    def _given(self, args: "MultiDict[str, str]", switches: Switches) -> tuple[dict[str, str], dict[str, str]]:
        """The single value of each known parameter, and the rules that empty and repeated ones break."""
        given: dict[str, str] = {}
        rules: dict[str, str] = {}
        ignore_empty = switches[policy.EMPTY_PARAMETERS] is EmptyParameters.IGNORE
        refuse_repeated = switches[policy.REPEATED_PARAMETERS] is RepeatedParameters.REJECT
        trimmed = switches[policy.LIST_BLANKS] is ListBlanks.TRIM
        sent = dict(args.lists())
        for name, field in self.fields.items():
            key = field.data_key or name
            texts = sent.get(key)
            if texts and ignore_empty:
                texts = [text for text in texts if text]
            if not texts:
                continue
            if len(texts) > 1 and refuse_repeated:
                rules[key] = f"must be given once, not {len(texts)} times"
            elif not texts[0]:
                rules[key] = f"must not be empty: it {field.metadata['rule']}"
            given[key] = _joined(texts, trimmed=trimmed) if isinstance(field, ListParameter) else texts[0]
        return given, rules


_TOOLS_WITH_CODEX: Final = _tools(*policy.TOOLS_WITH_CODEX)
_PROFILE_OR_NAME: Final = RuledParameter(
    f"must be the id or the name of a profile, as {_LISTED}", str, data_key="profileId"
)
_RANGE: Final = ("first", "last")
ADOPTION: Final = AnalyticsQuery(*_RANGE, "group_by", "profile", required=("group_by",))
METRICS: Final = AnalyticsQuery(*_RANGE, "group_by", "tools")
TOTALS: Final = AnalyticsQuery(*_RANGE, "tools")
USERS_PAGED: Final = AnalyticsQuery(*_RANGE, "tools", "users", "cursor", "limit", "order")
USERS: Final = AnalyticsQuery("cursor", "limit")
"""One per set of parameters."""


class AnalyticsRows(ColumnarSchema):
    """Rows of any report, with the fields of which the report has a column."""

    user_id = Column[str](data_key="userId")
    user_name = Column[str](data_key="userName")
    user_email = Column[str](data_key="userEmail")
    date = Column[str]()
    tool = Column[str]()
    enabled = Column[int](data_key="enabledUsers")
    active = Column[int](data_key="activeUsers")
    suggestions = Column[int]()
    acceptances = Column[int]()
    invocations = Column[int]()


class ListRows(ColumnarSchema):
    """Rows of the lists of users and profiles, of which profiles have no address."""

    id = Column[str]()
    name = Column[str]()
    email = Column[str]()

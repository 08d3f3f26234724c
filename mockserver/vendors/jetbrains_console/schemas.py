"""The Console's query parameters with their rules, and the rows of its reports. A refusal lists every error."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from analytics_mockserver.suggestions import nearest
from mockserver.gateway.rejection import ParameterError, invalid_parameters
from mockserver.gateway.schemas import Column, ColumnarSchema, QuerySchema, shortened
from mockserver.gateway.switches import Switches
from mockserver.products.jetbrains.programs import IDES
from mockserver.validation.schemas import parse_date
from mockserver.vendors.jetbrains_console import policy

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNKNOWN_MAXIMUM = 3
"""How many unknown parameters a refusal names."""

_REQUIRED: Final[dict[str, Any]] = {"required": "is required: a date, written YYYY-MM-DD"}


@dataclass(frozen=True, slots=True)
class ReportParameters:
    """The ordinals of the first and the last day, what a bucket is, and the filters; None filters nobody out."""

    first: int
    last: int
    group_by: str = policy.GROUPINGS[0]
    users: tuple[str, ...] | None = None
    emails: tuple[str, ...] | None = None
    ides: tuple[int, ...] | None = None
    principals: tuple[str, ...] | None = None


class SingleValue(fields.Field[Any]):
    """A parameter that may be given once.

    Like its schema, it loads a list of all values. `read` gives the meaning of one of them under the schema's switches,
    or raises ValidationError.
    """

    def __init__(self, read: Callable[[str, Switches], Any], **options: Any) -> None:
        super().__init__(**options)
        self.read = read

    @property
    def switches(self) -> Switches:
        """The options in force."""
        schema: Any = self.parent
        switches: Switches = schema.switches
        return switches

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if len(value) > 1:
            raise ValidationError(f"is there {len(value)} times; send it once")
        return self.read(value[0], self.switches)


class Filter(SingleValue):
    """A filter's list: repeated, between commas, or both, by the switch `list_form`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        form = self.switches[policy.LIST_FORM]
        if form is policy.ListForm.COMMA and len(value) > 1:
            raise ValidationError(f"is there {len(value)} times; send it once, its values separated by commas")
        elements = value if form is policy.ListForm.REPEATED else [each for text in value for each in text.split(",")]
        if "" in elements and self.switches[policy.EMPTY_ELEMENTS] is policy.EmptyElements.REJECT:
            raise ValidationError("must not be empty, nor hold an empty element; leave it out to filter nobody out")
        return tuple(dict.fromkeys(self.read(each, self.switches) for each in elements if each)) or None


def _day(text: str, _: Switches) -> int:
    """The ordinal of a calendar day, YYYY-MM-DD in ASCII digits."""
    found = parse_date(text)
    if found is None:
        raise ValidationError(f"must be a date that exists, written YYYY-MM-DD, not {shortened(text)}")
    return found.toordinal()


def _grouping(text: str, switches: Switches) -> str:
    text = text.lower() if switches[policy.LETTER_CASE] is policy.LetterCase.ANY else text
    if text not in policy.GROUPINGS:
        raise ValidationError(f"must be one of {', '.join(policy.GROUPINGS)}, not {shortened(text)}")
    return text


def _id(rule: str) -> Callable[[str, Switches], str]:
    """Reads an id in lower case; the switch `malformed_ids` decides about anything but a UUID."""

    def read(text: str, switches: Switches) -> str:
        if switches[policy.MALFORMED_IDS] is policy.MalformedIds.REJECT and not _UUID.fullmatch(text):
            raise ValidationError(f"must hold {rule}, not {shortened(text)}")
        return text.lower()

    return read


def _email(text: str, _: Switches) -> str:
    return text


def _ide(text: str, switches: Switches) -> int:
    """The index of a product code in IDES."""
    text = text.upper() if switches[policy.LETTER_CASE] is policy.LetterCase.ANY else text
    if text not in IDES:
        raise ValidationError(f"must hold product codes out of {', '.join(IDES)}, not {shortened(text)}")
    return IDES.index(text)


class ReportQuery(QuerySchema):
    """The parameters of every report in v1; `load` refuses unknown ones, by a switch."""

    first = SingleValue(_day, required=True, data_key="fromDate", error_messages=_REQUIRED)
    last = SingleValue(_day, required=True, data_key="toDate", error_messages=_REQUIRED)
    group_by = SingleValue(_grouping, data_key="groupBy")
    users = Filter(_id("UUIDs, as IDE Services knows the users"), data_key="userIds")
    emails = Filter(_email, data_key="userEmails")
    ides = Filter(_ide, data_key="ide")

    def __init__(self, switches: Switches) -> None:
        super().__init__()
        self.switches = switches

    def check(self, values: dict[str, Any], rules: dict[str, str]) -> None:
        """Refuse a fromDate after toDate, whatever else is wrong."""
        if {"first", "last"} <= values.keys() and values["first"] > values["last"]:
            rules["fromDate"] = "must not be later than toDate"


class PrincipalReportQuery(ReportQuery):
    """The parameters of every report in v2."""

    principals = Filter(_id("UUIDs of people or service accounts"), data_key="principalIds")


QUERIES: Final[dict[str, type[ReportQuery]]] = dict(
    zip(policy.VERSIONS, (ReportQuery, PrincipalReportQuery), strict=True)
)
"""The parameters by version."""


def load(args: "MultiDict[str, str]", switches: Switches, version: str) -> ReportParameters:
    """The parameters of a report; a Rejection lists every error, in the order of the parameters."""
    query = switches.of(QUERIES[version])
    known = [field.data_key or name for name, field in query.fields.items()]
    given = {name: args.getlist(name) for name in args}
    loaded, rules = query.load_values(given)
    found = [ParameterError(name, rules[name]) for name in known if name in rules]
    if switches[policy.UNKNOWN_PARAMETERS] is policy.UnknownParameters.REJECT:
        found += [_unknown(name, known) for name in list(args)[: len(known) + _UNKNOWN_MAXIMUM] if name not in known]
    if found:
        raise invalid_parameters(*found[: len(known) + _UNKNOWN_MAXIMUM])
    return ReportParameters(**loaded)


def _unknown(name: str, known: Sequence[str]) -> ParameterError:
    near = nearest(name[:40], known)
    hint = f" (did you mean {near}?)" if near else ""
    return ParameterError(shortened(name), f"is no parameter{hint}; a report has {', '.join(known)}")


class CreditAmounts(Column[list[float] | list[str]]):
    """Hundredths of a credit as credits with two decimals; the switch `credits_form` decides about the JSON type."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> list[float] | list[str]:
        schema: Any = self.parent
        if schema.switches[policy.CREDITS_FORM] is policy.CreditsForm.STRING:
            return [f"{amount // 100}.{amount % 100:02}" for amount in value]
        return [amount / 100 for amount in value]  # Below 2**53 this is the nearest double, and its text is exact.


class ReportRows(ColumnarSchema):
    """Buckets of a report, or its total; fields of which the report has no column are left out.

    Users are distinct ones.
    """

    def __init__(self, switches: Switches) -> None:
        super().__init__()
        self.switches = switches

    date = Column[str]()
    enabled = Column[int](data_key="enabledUsers")
    active = Column[int](data_key="activeUsers")
    hit = Column[int](data_key="usersHitLimit")
    peak = Column[int](data_key="peakDailyUsers")
    built_in = CreditAmounts(data_key="builtInQuota")
    top_up = CreditAmounts(data_key="topUpCredits")
    total = CreditAmounts(data_key="totalCredits")

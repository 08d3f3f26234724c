"""Answers what the control plane takes: members of bodies, filters of queries.

Kinds of values stay out (`fields`), and so do the shapes of answers (`shapes`). A member that nobody knows is refused
by name, so that a misspelt option never passes for a set one.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mockserver.admin.fields import (
    CommaList,
    Day,
    NonNegativeDecimal,
    QueryInteger,
    Statuses,
    StrictBoolean,
    StrictInteger,
    Switches,
    Timestamp,
)
from mockserver.gateway import switches
from mockserver.gateway.limits import Allowance, Limit, LimitMode
from mockserver.gateway.sandbox import RESETTABLE, VendorProfile
from mockserver.gateway.strict import StrictSchema
from mockserver.gateway.switches import Known
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.clock import EARLIEST, LATEST
from mockserver.simulation.metrics_events import Dimension

RATE_MAXIMUM = 1_000_000
LISTED_MAXIMUM = 1_000_000
ID_MAXIMUM = 10**18 - 1

GRANTED, FORBIDDEN = "granted", "forbidden"
"""What a token may be permitted."""
METRIC_DAYS_MAXIMUM = 1096
PEOPLE_MAXIMUM = 1000


class Body(StrictSchema):
    """Members of a body, or parameters of a query."""

    error_messages = {"type": "must be an object"}  # noqa: RUF012 - as marshmallow declares it


class ByVendor(Body):
    """A body with one member for each vendor."""

    kind = "vendor"


class ClockBody(Body):
    """Another time."""

    now = Timestamp(
        metadata={
            "description": f"What the clock shows, from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}; without it, what it "
            "showed when the sandbox was made."
        }
    )
    frozen = StrictBoolean(metadata={"description": "Whether time stands still; false when only `now` is given."})


class AdvanceBody(Body):
    """A span of time: the sum of its members, of which there is at least one; fractions are taken exactly."""

    seconds = NonNegativeDecimal(metadata={"minimum": 0})
    minutes = NonNegativeDecimal(metadata={"minimum": 0})
    hours = NonNegativeDecimal(metadata={"minimum": 0})
    days = NonNegativeDecimal(metadata={"minimum": 0})

    @validates_schema
    def have_one(self, given: dict[str, Any], **_: Any) -> None:
        """ValidationError for a span without any part."""
        if not given:
            raise ValidationError("say how far: at least one of seconds, minutes, hours and days is needed")


class AllowanceBody(Body):
    """A limit in numbers."""

    per_minute = StrictInteger(
        1, RATE_MAXIMUM, required=True, metadata={"description": "Requests that come back in a minute."}
    )
    burst = StrictInteger(1, RATE_MAXIMUM, required=True, metadata={"description": "Requests that may be saved up."})


class LimitField(fields.Field[Limit]):
    """The documented limit, none, or one in numbers."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Limit:
        if isinstance(value, dict):
            return Allowance(**AllowanceBody().load(value))
        if isinstance(value, str) and value in tuple(LimitMode):
            return LimitMode(value)
        raise ValidationError(
            'must be "documented", "off", or an object with per_minute and burst, both from 1 to 1000000'
        )


def limits(surfaces: Mapping[str, VendorProfile]) -> Schema:
    """The body that sets limits of these vendors."""
    return ByVendor.from_dict({name: LimitField() for name in surfaces})()


def policy(known: Known) -> Schema:
    """The body that sets switches of these vendors and other groups."""
    return ByVendor.from_dict({name: Switches(switches_of) for name, switches_of in known.items()})()


class TokenBody(Body):
    """Which token is wanted."""

    vendor = fields.String(
        required=True,
        metadata={"description": "The name of the vendor at which it opens the sandbox."},
        error_messages={"invalid": "must be the name of a vendor"},
    )
    permission = fields.String(
        required=True,
        validate=validate.OneOf((GRANTED, FORBIDDEN), error="must be one of: {choices}"),
        metadata={"description": "Whether it may read analytics, or meets a 403."},
        error_messages={"invalid": f"must be one of: {GRANTED}, {FORBIDDEN}"},
    )


class ResetBody(Body):
    """What to put back; everything, unless `only` names parts."""

    parts = fields.List(
        fields.String(validate=validate.OneOf(RESETTABLE, error="there is no part {input!r}; there are: {choices}")),
        validate=validate.Length(min=1, error="name at least one part, or leave `only` out to reset everything"),
        data_key="only",
        metadata={"description": "The parts to put back."},
    )


class DefectsBody(Body):
    """Which inconsistencies are armed; without `armed`, those that the sandbox was made with."""

    armed = fields.List(fields.String(), metadata={"description": "The names of the defects."})


def defects(surfaces: Mapping[str, VendorProfile]) -> Schema:
    """The body that arms defects at a server with these vendors."""
    return DefectsBody.from_dict({"armed": armed(surfaces)})()


def armed(surfaces: Mapping[str, VendorProfile]) -> "fields.List[str]":
    """The names of some of these vendors' defects."""
    known = [defect.name for surface in surfaces.values() for defect in surface.defects]

    def check(name: str) -> None:
        if name not in known:
            raise ValidationError(switches.did_you_mean("defect", name, known))

    return fields.List(fields.String(validate=check))


class RequestsQuery(Body):
    """Which entries of the journal are wanted: those that meet every filter."""

    kind = "filter"

    vendor = fields.String(metadata={"description": "Only requests to this vendor."})
    operation = fields.String(metadata={"description": "Only this operationId of the vendor's OpenAPI file."})
    path = fields.String(
        metadata={"description": "Only this path, without the query string; * stands for any characters."}
    )
    status = Statuses(metadata={"description": "Only answers with this status, or of this class of them, as in 4xx."})
    limit = QueryInteger(
        1, LISTED_MAXIMUM, metadata={"description": "The newest so many of what matches, still oldest first."}
    )
    after = QueryInteger(0, ID_MAXIMUM, metadata={"description": "Only entries that came after the one with this id."})


class MetricQuery(Body):
    """Of which days, people, vendors and interactions a metric is wanted."""

    kind = "parameter"

    first = Day(required=True, data_key="from", metadata={"description": "The first day."})
    last = Day(required=True, data_key="to", metadata={"description": "The last day, included."})
    part = fields.Enum(
        CalendarPeriod,
        by_value=True,
        load_default=CalendarPeriod.DAY,
        validate=validate.NoneOf((CalendarPeriod.YEAR,), error="must be one of: day, week, month"),
        data_key="bucket",
        error_messages={"unknown": "must be one of: day, week, month"},
        metadata={"description": "How long a bucket is: a day, a week from Monday on, a calendar month."},
    )
    vendor = fields.List(
        fields.String(),
        load_default=list,
        metadata={"description": "Only what this vendor's API shows; repeat it for several. Without it, all of them."},
    )
    team = fields.String(metadata={"description": "Only this team's people, by its name or id."})
    dimension = fields.Enum(
        Dimension,
        by_value=True,
        load_default=Dimension.ALL,
        error_messages={"unknown": "must be one of: {choices}"},
        metadata={"description": "Which kind of interaction counts."},
    )

    @validates_schema
    def be_a_range(self, given: dict[str, Any], **_: Any) -> None:
        """ValidationError for a range that ends before it begins, or that is too long."""
        length = given["last"].toordinal() - given["first"].toordinal() + 1
        if length < 1:
            raise ValidationError({"to": [f"must not be before from, which is {given['first']}"]})
        if length > METRIC_DAYS_MAXIMUM:
            rule = f"at most {METRIC_DAYS_MAXIMUM} days can be asked for at once (three years); these are {length}"
            raise ValidationError({"to": [rule]})


class MetricPeopleQuery(MetricQuery):
    """The same, and which point of it, from whom on."""

    date = Day(metadata={"description": "The point, by its date; without it, the whole range as one bucket."})
    after = fields.String(metadata={"description": "Only people behind the one with this id, in order of id."})
    limit = QueryInteger(
        1, PEOPLE_MAXIMUM, load_default=100, metadata={"description": "At most so many people; 100 unless given."}
    )


class CasesQuery(Body):
    """Which cases are wanted."""

    kind = "filter"

    vendor = fields.String(
        metadata={"description": "Only cases of this vendor; `cross-vendor` is what is about several vendors."}
    )


class LintQuery(Body):
    """The rules to ignore."""

    kind = "parameter"

    ignore = CommaList(metadata={"description": "Rules whose findings are left out, separated by commas."})


class Nothing(Body):
    """The query of a resource that has no parameters."""

    kind = "parameter"

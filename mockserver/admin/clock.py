"""`/_mock/clock`: the time in a sandbox. How time passes is decided by `simulation.clock`."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminRequest
from mockserver.admin.fields import CLOCK_RANGE, Body, NonNegativeDecimal, Rfc3339Timestamp, StrictBoolean
from mockserver.gateway.sandbox import Sandbox
from mockserver.simulation.clock import Clock, ClockError
from mockserver.validation.schemas import dump

_NANOSECONDS = {"seconds": 10**9, "minutes": 60 * 10**9, "hours": 3600 * 10**9, "days": 86400 * 10**9}
_BEYOND = Decimal(10**20)
"""More nanoseconds than any clock can take; every longer span is as wrong as this one."""


class ClockSchema(Schema):
    """The current state of the clock."""

    now = Rfc3339Timestamp(required=True)
    frozen = fields.Boolean(required=True)


class ClockBody(Body):
    """A new time."""

    now = Rfc3339Timestamp(
        metadata={"description": f"The time, {CLOCK_RANGE}; default: what it was when the sandbox was made."}
    )
    frozen = StrictBoolean(metadata={"description": "Whether time stands still; false when only `now` is given."})


class AdvanceBody(Body):
    """A span of time: the sum of its fields, at least one of which is given; fractions are exact."""

    seconds = NonNegativeDecimal(metadata={"minimum": 0})
    minutes = NonNegativeDecimal(metadata={"minimum": 0})
    hours = NonNegativeDecimal(metadata={"minimum": 0})
    days = NonNegativeDecimal(metadata={"minimum": 0})

    @validates_schema
    def require_a_field(self, given: dict[str, Any], **_: Any) -> None:
        if not given:
            raise ValidationError("give at least one of seconds, minutes, hours and days")


def get(request: AdminRequest) -> dict[str, Any]:
    return _dump(request.sandbox.clock)


def replace(request: AdminRequest) -> dict[str, Any]:
    """Set the clock; what is left out goes back to how the sandbox was made."""
    clock = from_fields(ClockBody().load(bodies.read()), request.sandbox.config.clock)
    request.change(lambda sandbox: sandbox.set_clock(clock))
    return _dump(clock)


def advance(request: AdminRequest) -> dict[str, Any]:
    span = _span(AdvanceBody().load(bodies.read()))
    return _dump(request.change(lambda sandbox: _advanced(sandbox, *span)))


def _advanced(sandbox: Sandbox, span: timedelta, more_ns: int) -> Clock:
    try:
        clock = sandbox.clock.advanced(span, more_ns)
    except ClockError as error:
        raise ValidationError({"_schema": [str(error)]}) from error
    sandbox.set_clock(clock)
    return clock


def from_fields(given: Mapping[str, Any], default: Clock) -> Clock:
    """The clock that the fields `now` and `frozen` describe; what is left out is as in `default`.

    ValidationError for a time that no clock can show.
    """
    frozen = given.get("frozen", default.frozen if "now" not in given else False)
    if "now" not in given:
        return default if frozen is default.frozen else Clock.at(default.now(), frozen=frozen)
    try:
        return Clock.at(given["now"], frozen=frozen)
    except ClockError as error:
        raise ValidationError({"now": [str(error)]}) from error


def _span(given: Mapping[str, Decimal]) -> tuple[timedelta, int]:
    """The sum in whole nanoseconds, rounded down; the precision is high enough for an exact sum.

    They are split into a timedelta, which has microseconds only, and the rest.
    """
    with localcontext(prec=100, rounding=ROUND_FLOOR):
        total = sum((min(amount, _BEYOND) * _NANOSECONDS[unit] for unit, amount in given.items()), Decimal())
    microseconds, rest = divmod(int(min(total, _BEYOND)), 1000)
    return timedelta(microseconds=microseconds), rest


def _dump(clock: Clock) -> dict[str, Any]:
    return dump(ClockSchema, {"now": clock.now(), "frozen": clock.frozen})

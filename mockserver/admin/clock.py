"""Answers what time it is in a sandbox, and makes it another.

How time runs stays out (`simulation.clock`).
"""

from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any

from marshmallow import ValidationError

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.admin_request import AdminRequest
from mockserver.simulation.clock import Clock, ClockError

_MICROSECONDS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86400 * 10**6}
_BEYOND = Decimal(10**17)
"""More microseconds than any clock can take; whatever is longer is as wrong as this."""

_PRECISION = 100


def get(asked: AdminRequest) -> dict[str, Any]:
    """The clock as it stands."""
    return _written(asked.sandbox.clock)


def replace(asked: AdminRequest) -> dict[str, Any]:
    """Set the clock; what is left out goes back to how the sandbox was made."""
    given = schemas.ClockBody().load(bodies.given())
    clock = stated(given, asked.sandbox.config.clock)
    with asked.lock:
        asked.sandbox.set_clock(clock)
    return _written(clock)


def advance(asked: AdminRequest) -> dict[str, Any]:
    """Move the clock on."""
    by = _span(schemas.AdvanceBody().load(bodies.given()))
    with asked.lock:
        try:
            clock = asked.sandbox.clock.advanced(by)
        except ClockError as error:
            raise ValidationError({"_schema": [str(error)]}) from error
        asked.sandbox.set_clock(clock)
    return _written(clock)


def stated(given: dict[str, Any], made: Clock) -> Clock:
    """The clock that `now` and `frozen` state, what is left out being as `made`; ValidationError out of bounds."""
    frozen = given.get("frozen", made.frozen if "now" not in given else False)
    if "now" not in given:
        return made if frozen is made.frozen else Clock.at(made.now(), frozen=frozen)
    try:
        return Clock.at(given["now"], frozen=frozen)
    except ClockError as error:
        raise ValidationError({"now": [str(error)]}) from error


def _span(given: dict[str, Decimal]) -> timedelta:
    """The sum in whole microseconds, rounded down; enough digits are kept for that to be exact."""
    with localcontext(prec=_PRECISION, rounding=ROUND_FLOOR):
        total = sum((min(amount, _BEYOND) * _MICROSECONDS[unit] for unit, amount in given.items()), Decimal())
    return timedelta(microseconds=int(min(total, _BEYOND)))


def _written(clock: Clock) -> dict[str, Any]:
    written: dict[str, Any] = shapes.Clock().dump({"now": clock.now(), "frozen": clock.frozen})
    return written

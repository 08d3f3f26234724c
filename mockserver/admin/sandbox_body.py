"""Answers what the body that makes a sandbox may say: how it is to be made, or the case that it is to show.

Making it stays out (`making`), and so do the bodies that change what is there already (`schemas`, `rules`).
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from mockserver.admin import schemas
from mockserver.admin.fields import NonNegativeDecimal, StrictBoolean, StrictInteger, Timestamp
from mockserver.admin.rules import RuleBody
from mockserver.admin.schemas import Body
from mockserver.gateway.faults import RULES_MAXIMUM
from mockserver.gateway.sandbox import VendorProfile
from mockserver.gateway.switches import AnySwitch, Known
from mockserver.simulation.clock import EARLIEST, LATEST

SEED_MAXIMUM = 2**63 - 1
TTL_MAXIMUM = 366 * 86_400
"""The longest time to live, in seconds."""


class TtlField(NonNegativeDecimal):
    """How long something lives."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        try:
            seconds = super()._deserialize(value)
        except ValidationError:
            seconds = Decimal()
        if 0 < seconds <= TTL_MAXIMUM:
            return seconds
        raise ValidationError(f"must be a number above 0 and at most {TTL_MAXIMUM} (seconds of real time)")


class SandboxBody(Body):
    """How a sandbox is to be made: what is left out is as the server was started."""

    case = fields.String(
        metadata={
            "description": "The id of a case, one of those that /_mock/cases lists: the sandbox is made as it says, "
            "and as by a server without flags where it says nothing. The other members win over what it says."
        },
        error_messages={"invalid": "must be the id of a case, as in C001"},
    )
    organization = fields.String(
        metadata={"description": "The slug of an organisation, one of those that /_mock/organizations lists."},
        error_messages={"invalid": "must be the slug of an organisation"},
    )
    seed = StrictInteger(
        0, SEED_MAXIMUM, metadata={"description": "Another seed, another history; without it, the organisation's own."}
    )
    now = Timestamp(
        metadata={
            "description": f"What its clock shows, from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}; without it, what the "
            "server was started with."
        }
    )
    frozen = StrictBoolean(
        metadata={
            "description": "Whether its time stands still; without it, as the case has it, and with `now` alone, not."
        }
    )
    ttl_seconds = TtlField(
        metadata={
            "description": "After how many seconds of real time the sandbox is forgotten; without it, never.",
            "exclusiveMinimum": 0,
            "maximum": TTL_MAXIMUM,
        }
    )
    faults = fields.List(
        fields.Nested(RuleBody),
        validate=validate.Length(max=RULES_MAXIMUM, error=f"there can be at most {RULES_MAXIMUM} rules"),
        metadata={"description": "The faults that are armed in it from the start, and again after a reset."},
    )


def sandbox(surfaces: Mapping[str, VendorProfile], known: Known) -> Schema:
    """The body that makes a sandbox of a server with these vendors and switches."""
    return _sandbox(tuple(surfaces.values()), tuple(known.items()))


@lru_cache(maxsize=8)
def _sandbox(vendors: tuple[VendorProfile, ...], switches: tuple[tuple[str, tuple[AnySwitch, ...]], ...]) -> Schema:
    """Made once for an app's vendors, since building it takes longer than all the rest of making a sandbox."""
    surfaces = {surface.name: surface for surface in vendors}
    members: dict[str, fields.Field[Any]] = {
        "defects": schemas.armed(surfaces),
        "limits": fields.Nested(schemas.limits(surfaces)),
        "policy": fields.Nested(schemas.policy(dict(switches))),
    }
    return SandboxBody.from_dict(members)()

"""Answers what is known of the request in hand: vendor, sandbox, grant, instant.

Deciding anything about it stays out (`pipeline`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import g

from mockserver.gateway.rejection import Reason
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.switches import Value, Values
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.world import World


@dataclass(slots=True)
class Call:
    """One request on its way. `grant` is None until the door was passed; `now` is the sandbox's one instant for it."""

    vendor: Vendor
    sandbox: Sandbox
    now: datetime
    started: int
    values: Values
    grant: Grant | None = None
    refusal: Reason | None = None

    @property
    def world(self) -> World:
        """The world that the sandbox shows."""
        return self.sandbox.world

    def value(self, switch: str, default: Value) -> Value:
        """The value in force of a switch that not every vendor has."""
        return self.values.get(switch, default)


def begin(asked: Call) -> None:
    """Make this the call in hand."""
    g.call = asked


def under_way() -> bool:
    """Whether the request in hand is a vendor's."""
    return "call" in g


def current() -> Call:
    """The call in hand; only for requests that are a vendor's."""
    return cast(Call, g.call)

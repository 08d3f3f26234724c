"""Answers what is known of the request in hand: vendor, sandbox, grant, instant.

Deciding anything about it stays out (`pipeline`).
"""

from datetime import datetime
from time import perf_counter_ns

from flask import Request, g

from mockserver.gateway.rejection import Reason
from mockserver.gateway.sandbox import Sandbox, State
from mockserver.gateway.switches import Value, Values
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.world import World


class Call:
    """One request on its way: in the default sandbox until its token opens another; `grant` is None until then.

    `now` is the one instant at which everything about it happens, `values` the switches in force, and `generation`
    tells one set of them from another. `started` is in nanoseconds, for measuring.
    """

    __slots__ = ("generation", "grant", "now", "refusal", "request", "sandbox", "started", "state", "values", "vendor")

    sandbox: Sandbox
    now: datetime
    values: Values
    generation: int

    def __init__(self, request: Request, state: State, vendor: Vendor) -> None:
        self.request = request
        self.state = state
        self.vendor = vendor
        self.started = perf_counter_ns()
        self.grant: Grant | None = None
        self.refusal: Reason | None = None
        self._enter(state.default)

    def open(self, sandbox: Sandbox, grant: Grant) -> None:
        """Go on in the sandbox that the token opens."""
        self.grant = grant
        if sandbox is not self.sandbox:
            self._enter(sandbox)

    def _enter(self, sandbox: Sandbox) -> None:
        with self.state.lock:
            self.sandbox = sandbox
            self.now = sandbox.clock.now()
            self.values = sandbox.policy[self.vendor.name]
            self.generation = sandbox.generation

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


def in_hand() -> Call | None:
    """The call in hand; None for a request that is no vendor's."""
    asked: Call | None = g.get("call")
    return asked

"""Answers what the gateway must know of a vendor, and what a vendor is told of a request: two records that meet here.

The gateway imports no vendor; what a vendor's functions do inside stays out, and so does deciding about a request.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter_ns
from typing import Any

from flask import Request

from mockserver.gateway.defects import Defect
from mockserver.gateway.faults import ArmedRule
from mockserver.gateway.limits import Allowance
from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.sandbox import Sandbox, SandboxRegistry, VendorProfile
from mockserver.gateway.switches import Switch, Value, Values
from mockserver.gateway.tokens import Grant
from mockserver.simulation.metrics_sources import Visibility
from mockserver.simulation.world import World


class RequestContext:
    """One request on its way: in the default sandbox until its token opens another; `grant` is None until then.

    `now` is the one instant at which everything about it happens, `values` the switches in force, `defects` what is
    armed in answers, and `generation` tells one set of both from another. `fault` is what it met of what is armed.
    `started` is in nanoseconds, for measuring.
    """

    __slots__ = (
        *("request", "registry", "vendor", "started", "grant", "refusal", "fault"),
        *("sandbox", "now", "values", "defects", "generation"),
    )

    sandbox: Sandbox
    now: datetime
    values: Values
    defects: tuple[str, ...]
    generation: int

    def __init__(self, request: Request, state: SandboxRegistry, vendor: "Vendor") -> None:
        self.request = request
        self.registry = state
        self.vendor = vendor
        self.started = perf_counter_ns()
        self.grant: Grant | None = None
        self.refusal: Reason | None = None
        self.fault: ArmedRule | None = None
        self._enter(state.default)

    def enter(self, sandbox: Sandbox, grant: Grant) -> None:
        """Go on in the sandbox that the token opens."""
        self.grant = grant
        if sandbox is not self.sandbox:
            self._enter(sandbox)

    def _enter(self, sandbox: Sandbox) -> None:
        policy = sandbox.policy
        self.sandbox = sandbox
        self.now = sandbox.clock.now()
        self.values = policy.values[self.vendor.name]
        self.defects = policy.defects
        self.generation = policy.generation

    @property
    def world(self) -> World:
        """The world that the sandbox shows."""
        return self.sandbox.world

    @property
    def operation(self) -> str | None:
        """The operationId of what is asked; None where nothing was routed (404, 405)."""
        rule = self.request.url_rule
        return rule.endpoint.partition(":")[2] if rule else None

    @property
    def path(self) -> str:
        """The path as it was asked for, decoded; Werkzeug's own has folded the slashes at its start."""
        raw: str = self.request.environ["PATH_INFO"]
        return raw.encode("latin-1").decode(errors="replace")

    def value(self, switch: str, default: Value) -> Value:
        """The value in force of a switch that not every vendor has."""
        return self.values.get(switch, default)


Stage = Callable[[RequestContext], None]
"""A step before the view: passes, or raises Rejection."""

Body = dict[str, Any] | list[Any]
View = Callable[[RequestContext], Body]
"""What answers a question: a body, in which answers.STAMP stands for the instant."""


@dataclass(frozen=True, slots=True)
class Route:
    """A whole path, the operationId of its operation in the vendor's OpenAPI file, and what answers it.

    `stages` stand before the view in place of the vendor's own, where there are any; `headers` are on every answer
    that is no refusal.
    """

    path: str
    operation: str
    view: View
    methods: tuple[str, ...] = ("GET",)
    stages: tuple[Stage, ...] | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """A refusal in a vendor's words."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def _no_pages(_: Any) -> None:
    """Nothing leads on from a vendor's bodies that are whole."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One API surface: where it is mounted, its door, its order of refusals, its choices, its words.

    `epoch` tells what of the present moment an answer depends on (None: everything), `stamp` writes an instant as this
    vendor does, `word` says a refusal. Where clients get their tokens for a secret (`oauth`), `secret` is the seeded
    clients', and `token_path` the endpoint's; `grouped` says that a role can be bound to groups. `onward` finds in a
    body what its next page is asked for with, a cursor or an offset. Where it tells what each person did on each day,
    `seen` says how far it does at an instant; where data come a day late,
    `publication_hour` says when (UTC). `defects` are those that can be armed in answers.
    """

    name: str
    title: str
    mounts: tuple[str, ...]
    schemes: tuple[str, ...]
    stages: tuple[Stage, ...]
    allowance: Allowance | None
    switches: tuple[Switch, ...]
    routes: tuple[Route, ...]
    render_error: Callable[[Rejection, RequestContext], ErrorReply]
    cache_epoch: Callable[[datetime, Values], Hashable | None]
    format_timestamp: Callable[[datetime], str]
    sample_path: str
    secret: str | None = None
    token_path: str | None = None
    has_group_roles: bool = False
    onward: Callable[[Any], str | None] = _no_pages
    visibility: Callable[[datetime, Values], Visibility] | None = None
    publication_hour: Callable[[Values], int] | None = None
    defects: tuple[Defect, ...] = ()

    @property
    def profile(self) -> VendorProfile:
        """What a sandbox must know of the vendor."""
        return VendorProfile(
            self.name,
            self.switches,
            self.allowance,
            self.secret,
            self.token_path,
            self.has_group_roles,
            self.defects,
        )

    @property
    def openapi(self) -> str:
        """The name of the vendor's OpenAPI file."""
        return f"{self.name}.yaml"

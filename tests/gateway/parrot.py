"""A made-up vendor, a parrot, and apps that serve it."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.gateway import pipeline, response_cache, routing, socket_features, switches
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule
from mockserver.gateway.hosts import Hosts
from mockserver.gateway.limits import Allowance, LimitBlock, LimitScope
from mockserver.gateway.rejection import InjectedFailure, Reason, Rejection
from mockserver.gateway.sandbox import SandboxConfig
from mockserver.gateway.store.memory import MemoryRegistry
from mockserver.gateway.store.registry import RegistryParts, SandboxRegistry
from mockserver.gateway.switches import AnySwitch, Grade, Switches, switch
from mockserver.gateway.vendor import ErrorReply, RequestContext, Route, Vendor, View, ViewRequest
from mockserver.products.world import World
from mockserver.simulation.clock import Clock, PreciseTime
from mockserver.simulation.organization import Organization
from tests.simulation import worlds

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
STATUS = {
    Reason.INVALID: 418,
    Reason.UNAUTHENTICATED: 401,
    Reason.FORBIDDEN: 403,
    Reason.NOT_FOUND: 404,
    Reason.METHOD: 405,
    Reason.LIMITED: 429,
    Reason.NOT_SIMULATED: 501,
    Reason.INTERNAL: 500,
}


class Mood(StrEnum):
    """How a parrot speaks."""

    CHEERFUL = "cheerful"
    GRUMPY = "grumpy"


MOOD = switch("mood", Mood, grade=Grade.ASSUMED, description="How it speaks; undocumented.")
SCOPE = switch("bucket", LimitScope, grade=Grade.ASSUMED, description="Which requests share a bucket.")
BLOCK = switch("block", LimitBlock, grade=Grade.ASSUMED, description="What an empty bucket does.")
SWITCHES: tuple[AnySwitch, ...] = (MOOD, SCOPE, BLOCK)
NAMES = switches.names("names", "text", "mood", "at", grade=Grade.ASSUMED, description="Names of fields.")
"""Not one of SWITCHES; a vendor that has it adds it."""

STAGES = (pipeline.authenticate, pipeline.permit, pipeline.fault, pipeline.limit)


def render_error(rejection: Rejection, context: RequestContext) -> ErrorReply:
    """A refusal in the parrot's form."""
    headers = {"X-Parrot": context.vendor.name}
    if rejection.retry_after is not None:
        headers["X-Wait"] = str(rejection.retry_after)
    if rejection.allow:
        headers["Allow"] = ",".join(rejection.allow)
    if isinstance(rejection, InjectedFailure):
        return ErrorReply(rejection.status, {"squawk": rejection.message, "code": rejection.code or "none"}, headers)
    return ErrorReply(STATUS[rejection.reason], {"squawk": rejection.message}, headers)


def day(now: datetime, _: Switches) -> Hashable:
    """The epoch of a vendor whose answers change with the day."""
    return now.toordinal()


def speak(request: ViewRequest) -> dict[str, Any]:
    """The answer of the parrot's endpoints."""
    return {"text": request.args.get("say", "hello"), "mood": request.switches[MOOD], "at": response_cache.TIMESTAMP}


def routes(function: View = speak, prefix: str = "/parrot") -> tuple[Route, ...]:
    """Its routes: one to read, one to write."""
    return (
        Route(f"{prefix}/speak", "speak", function),
        Route(f"{prefix}/learn", "learn", function, ("POST", "PUT")),
    )


PARROT = Vendor(
    name="parrot",
    title="Parrot",
    mounts=("/parrot", "/bird"),
    schemes=("Bearer", "Seed"),
    stages=STAGES,
    allowance=Allowance(per_minute=6, burst=3),
    switches=SWITCHES,
    routes=routes(),
    render_error=render_error,
    cache_epoch=day,
    timestamp_format=lambda _: lambda ns: PreciseTime.from_ns(ns).strftime("%H:%M:%S"),
    sample_path="/parrot/speak",
    limit_scope=SCOPE,
    limit_block=BLOCK,
)
UNLIMITED = replace(PARROT, allowance=None)


def speaking(function: View, **changes: Any) -> Vendor:
    """An unlimited parrot with this view."""
    return replace(UNLIMITED, routes=routes(function), **changes)


def config(**changes: Any) -> SandboxConfig:
    """The config of a sandbox: a small organization, and a frozen clock."""
    return replace(SandboxConfig(worlds.BASE, worlds.BASE.seed, Clock.at(NOW, frozen=True)), **changes)


def world(organization: Organization, seed: int) -> World:
    """The world of an organization."""
    return World(organization, worlds.POOL, seed)


def registry(*vendors: Vendor, journal_size: int = 5000, **changes: Any) -> SandboxRegistry:
    """The sandbox registry of an app with these vendors and a default sandbox."""
    made = MemoryRegistry(RegistryParts(vendors, world, journal_size))
    made.make_default(config(**changes))
    return made


SENDERS = Senders(Hosts("127.0.0.1"))


class Aviary:
    """An app with some vendors, its sandboxes, and a client that sends the seeded token."""

    def __init__(self, *vendors: Vendor, senders: Senders = SENDERS, **changes: Any) -> None:
        self.registry = registry(*vendors, **changes)
        self.app = Flask("aviary", static_folder=None)
        self.app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
        self.app.url_map.merge_slashes = False
        routing.install(self.app, vendors, self.registry, senders)
        self.app.register_error_handler(Exception, lambda _: Response("nobody's", 404))

    @property
    def client(self) -> FlaskClient:
        """A new client of the app."""
        return self.app.test_client()

    def send(self, path: str = "/parrot/speak", token: str | None = "mock-parrot-small", **more: Any) -> TestResponse:
        """The answer to a request, by default with the seeded token."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.client.open(path, headers=headers | more.pop("headers", {}), **more)

    def advance(self, clock: Clock) -> None:
        """Set the clock of the default sandbox."""
        with self.registry.lock:
            self.registry.default.set_clock(clock)


ABLE = {socket_features.IS_GONE: bool}
"""The environ of a server that supports every effect."""

WHOLE = b'{"text":"hello","mood":"cheerful","at":"10:30:00"}'
"""The parrot's answer to a request without parameters."""

LATE: dict[str, Any] = {"delay_seconds": Decimal("0.25")}
"""An effect that only delays."""


def armed(aviary: Aviary, phase: FaultPhase = FaultPhase.BEFORE, **effect: Any) -> Aviary:
    """The same aviary with one more fault, for every request."""
    aviary.registry.default.faults.add(FaultRule(FaultEffect(**effect), phase=phase))
    return aviary


def send_with_effects(aviary: Aviary, path: str = "/parrot/speak", **more: Any) -> TestResponse:
    """An answer through a server that supports every effect."""
    return aviary.send(path, environ_overrides=dict(ABLE), **more)

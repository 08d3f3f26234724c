"""How a request is let into a sandbox: at one moment, under one policy, past the armed rules and the limit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from mockserver.gateway.armed_faults import FaultHit
from mockserver.gateway.faults import FaultPhase
from mockserver.gateway.journal import Record

if TYPE_CHECKING:
    from mockserver.gateway.sandbox import Policy, Sandbox
    from mockserver.gateway.store.registry import SandboxRegistry
    from mockserver.gateway.vendor import Memory, RequestContext

Result = TypeVar("Result")


class Admission(Protocol):
    """A request in a sandbox; what it sees of it does not change, whatever becomes of the sandbox meanwhile."""

    @property
    def sandbox(self) -> "Sandbox":
        """The sandbox that its token opens, or the default one."""

    @property
    def now(self) -> datetime:
        """The time in the sandbox."""

    @property
    def policy(self) -> "Policy":
        """The policy under which it is answered."""

    def meet(self, context: "RequestContext", phase: FaultPhase) -> FaultHit | None:
        """What the first rule of a phase that fires for the request does; the rules count the request."""

    def take(self, context: "RequestContext") -> int | None:
        """Spend one request of the limit: None if the request passes, else the microseconds until one would."""

    def begin_record(self, context: "RequestContext") -> Record:
        """The record of the request in the journal of the sandbox, where it is in progress from now on."""

    def respond(self, context: "RequestContext", view: "Callable[[Memory | None], Result]") -> "Result":
        """The result of a view, which gets what clients have written at the vendor, and may write more."""


@dataclass(slots=True, eq=False)
class LocalAdmission:
    """An admission to a sandbox whose counters are in this process."""

    registry: "SandboxRegistry"
    sandbox: "Sandbox"
    now: datetime
    policy: "Policy"

    def meet(self, context: "RequestContext", phase: FaultPhase) -> FaultHit | None:
        rules = self.sandbox.faults
        if not rules.armed:
            return None
        match_input = context.match_input
        with self.registry.lock:
            return rules.match(match_input, phase)

    def begin_record(self, context: "RequestContext") -> Record:
        record = context.new_record(self, Record)
        self.sandbox.journal.add(record)
        return record

    def respond(self, context: "RequestContext", view: "Callable[[Memory | None], Result]") -> "Result":
        return view(self.sandbox.memory_of(context.vendor))

    def take(self, context: "RequestContext") -> int | None:
        sandbox = self.sandbox
        if sandbox.allowance(context.limit) is None:
            return None
        with self.registry.lock:
            return sandbox.take(
                context.limit, context.bucket_scope, context.limit_block, sandbox.clock.now_ns() // 1000
            )

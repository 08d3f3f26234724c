"""Answers which faults are armed in a test's sandbox: adds, lists and clears them.

What a fault does stays out; a rule that makes no sense, or that the server cannot do, is refused by the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol, TypedDict, Unpack

from mockserver.pytest_plugin import bodies


class Ask(Protocol):
    """Asks a resource of one sandbox."""

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """What it answers, decoded; `path` is below the sandbox."""


class Effect(TypedDict, total=False):
    """What happens to a request: a failure in the vendor's shape, a delay, a connection that breaks."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str]
    html: int
    rate_limited: bool
    reset: bool
    delay_seconds: float | Decimal
    truncate_bytes: int
    stall_seconds: float | Decimal
    after_bytes: int
    malformed_json: bool


class Rule(Effect, total=False):
    """Which requests meet it, beside what happens to them: those that have everything that is stated."""

    vendor: str
    operation: str
    path: str
    query: Mapping[str, str]
    times: int
    skip: int
    share: float | Decimal
    phase: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Fault:
    """An armed rule as it was when it was read: `hits` requests had met it."""

    id: str
    hits: int
    rule: Mapping[str, Any]


class Faults:
    """The rules of a sandbox, in order; a request meets the first that fires."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def add(self, **rule: Unpack[Rule]) -> Fault:
        """Arm one rule behind the others: which requests meet it, and what then happens to them."""
        __tracebackhide__ = True
        body: dict[str, Any] = {name: value for name, value in rule.items() if name not in Effect.__annotations__}
        body["effect"] = {name: value for name, value in rule.items() if name in Effect.__annotations__}
        if "vendor" in body:
            body["vendor"] = bodies.vendor(body["vendor"])
        return _read(self._ask("POST", "/faults", body))

    def remove(self, fault: Fault) -> None:
        """Disarm one rule."""
        __tracebackhide__ = True
        self._ask("DELETE", f"/faults/{fault.id}")

    def clear(self) -> None:
        """Disarm every rule, also those that the sandbox was made with; `sandbox.reset("faults")` brings these back."""
        __tracebackhide__ = True
        self._ask("PUT", "/faults", {"rules": []})

    def list(self) -> Sequence[Fault]:
        """Every rule, spent ones too, with the hits up to now."""
        __tracebackhide__ = True
        return [_read(told) for told in self._ask("GET", "/faults")["rules"]]


def _read(told: Mapping[str, Any]) -> Fault:
    rule = {name: value for name, value in told.items() if name not in ("id", "hits")}
    return Fault(told["id"], told["hits"], rule)

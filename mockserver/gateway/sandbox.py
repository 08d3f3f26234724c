"""Sandboxes: everything that changes between two requests, in one place, with one lock and one reset."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from mockserver.gateway import switches
from mockserver.gateway.armed_faults import ArmedRule, FaultRules
from mockserver.gateway.defects import ArmedDefect, in_order
from mockserver.gateway.faults import FaultRule
from mockserver.gateway.limits import Allowance, BucketState, Limit, LimitBlock, Limiter, LimitMode
from mockserver.gateway.switches import Options, Switches
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Memory, Vendor
from mockserver.products.world import World
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization

if TYPE_CHECKING:
    from mockserver.gateway.store.registry import SandboxRegistry

DEFAULT = "default"
"""The id of the sandbox that the seeded tokens open."""

RESETTABLE = ("clock", "limits", "policy", "faults", "journal", "defects", "audits", "memory")
"""The parts that a reset can restore on their own."""


class TooManySandboxes(Exception):
    """There are as many sandboxes as there may be."""


@dataclass(frozen=True, slots=True)
class SandboxProfile:
    """A named bundle that a sandbox can have beside its own settings, which win; `seed` is that of its rules' draws."""

    name: str
    seed: int
    faults: tuple[FaultRule, ...] = ()
    policy: Mapping[str, Options] = field(default_factory=dict)
    defects: tuple[ArmedDefect, ...] = ()


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How a sandbox is made, and what a reset restores.

    With `clock_given`, the clock was chosen; otherwise it is the one with which the organization starts. The `initial`
    properties include what is of the profile.
    """

    organization: Organization
    seed: int
    clock: Clock = field(default_factory=Clock)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    policy: Mapping[str, Options] = field(default_factory=dict)
    faults: tuple[FaultRule, ...] = ()
    defects: tuple[ArmedDefect, ...] = ()
    clock_given: bool = False
    profile: SandboxProfile | None = None

    @property
    def fault_seed(self) -> int:
        """The seed by which the shares of fault rules are drawn."""
        return self.seed if self.profile is None else self.profile.seed

    @property
    def initial_faults(self) -> tuple[FaultRule, ...]:
        """Its own fault rules, then those of the profile: the first that fires counts."""
        return self.faults if self.profile is None else (*self.faults, *self.profile.faults)

    @property
    def initial_defects(self) -> tuple[ArmedDefect, ...]:
        """The defects that are armed from the start."""
        return self.defects if self.profile is None else in_order((*self.defects, *self.profile.defects))

    def initial_options(self, group: str) -> Options:
        """The options that the switches of a vendor or other group have from the start, where they are set."""
        own = self.policy.get(group, {})
        return own if self.profile is None else {**self.profile.policy.get(group, {}), **own}

    def clock_of(self, organization: Organization) -> Clock:
        """The clock of a sandbox that is made like this one, but simulates an organization."""
        if self.clock_given or organization is self.organization:
            return self.clock
        if organization.clock is not None:
            return organization.clock.clock()
        return self.clock if self.organization.clock is None else Clock()


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides how a request is answered: the options in force, by vendor, and the armed defects.

    Each policy of a sandbox has its own `generation`. A policy is replaced as a whole, so that a reader without the
    lock gets parts that belong together.
    """

    generation: int
    switches: Mapping[str, Switches]
    defects: tuple[ArmedDefect, ...] = ()


class Sandbox:
    """One client's own server: clock, buckets, journal and switches over one world.

    `switches` are the known switches, by vendor or other group. `grants` are the tokens that open the sandbox, by id.
    Everything but the journal changes under the registry's lock.
    """

    def __init__(self, sandbox_id: str, config: SandboxConfig, registry: "SandboxRegistry") -> None:
        self.id = sandbox_id
        self.config = config
        self.profiles = registry.profiles
        self.switches = registry.switches
        self.grants: dict[str, Grant] = {}
        self.journal = registry.new_journal(sandbox_id)
        self.faults = FaultRules(config.fault_seed)
        self.audits = registry.audits_of(sandbox_id)
        self.clock = config.clock
        self._documented = {name: each for vendor in self.profiles.values() for name, each in vendor.limits.items()}
        self.limits: dict[str, Limit] = {}
        self.policy = Policy(registry.first_generation(), {})
        self.limiters: dict[str, Limiter] = {}
        self._memories: dict[str, Memory] = {}
        self._worlds = registry.worlds
        self.reset(part for part in RESETTABLE if part != "audits")

    @property
    def world(self) -> World:
        """The world of its organization and seed, which other sandboxes may share."""
        return self._worlds.get(self.config.organization, self.config.seed)

    def reset(self, parts: Iterable[str] = RESETTABLE) -> None:
        """Restore parts to how the sandbox was made."""
        restore: dict[str, Callable[[], object]] = {
            "clock": lambda: self.set_clock(self.config.clock),
            "limits": lambda: self.set_limits({}),
            "policy": lambda: self.set_policy({}),
            "faults": lambda: self.faults.reset(self.config.initial_faults),
            "journal": self.journal.clear,
            "defects": lambda: self.set_defects(self.config.initial_defects),
            "audits": self.audits.clear,
            "memory": self._forget,
        }
        for part in parts:
            restore[part]()

    def set_clock(self, clock: Clock) -> None:
        self.clock = clock

    def set_limits(self, given: Mapping[str, Limit], *, keep: bool = False) -> None:
        """Set limits by name; those left out go back to how the sandbox was made, or are kept. Buckets are filled."""
        initial = {name: self.config.limits.get(name, LimitMode.DOCUMENTED) for name in self._documented}
        self.limits = {**(self.limits if keep else initial), **given}
        self.limiters |= {name: Limiter() for name in (given if keep else self._documented)}

    def set_policy(self, given: Mapping[str, Options], *, keep: bool = False) -> None:
        """Set switches by group; those left out go back to how the sandbox was made, or keep their options.

        SwitchError for an unknown switch or option.
        """
        in_force = {
            name: Switches(
                {
                    **switches.defaults(known),
                    **switches.parse(known, self.config.initial_options(name)),
                    **(self.policy.switches[name].by_name if keep else {}),
                    **switches.parse(known, given.get(name, {})),
                }
            )
            for name, known in self.switches.items()
        }
        self.policy = replace(self.policy, generation=self.policy.generation + 1, switches=in_force)

    def set_defects(self, armed: tuple[ArmedDefect, ...]) -> None:
        """Arm these defects and no others; the same request may then get another answer."""
        if armed != self.policy.defects:
            self.policy = replace(self.policy, generation=self.policy.generation + 1, defects=armed)

    def memory_of(self, vendor: Vendor) -> Memory | None:
        """What clients have written at a vendor; made when it is first needed. None where they cannot write."""
        if vendor.memory is None:
            return None
        memories = self._memories
        found = memories.get(vendor.name)
        # Of two threads that make it at the same time, one gets what the other made.
        return memories.setdefault(vendor.name, vendor.memory(self.world)) if found is None else found

    def _forget(self) -> None:
        self._memories = {}

    def allowance(self, name: str) -> Allowance | None:
        """The allowance in force under the limit with this name; None where nothing is limited."""
        limit = self.limits[name]
        if isinstance(limit, Allowance):
            return limit
        return self._documented[name] if limit is LimitMode.DOCUMENTED else None

    def take(self, name: str, scope: str, block: LimitBlock, at: int) -> int | None:
        """Spend one request under a limit: None if it passes, else the microseconds until one would.

        `at`, in microseconds since 1970, is read under the registry's lock, so that requests that overtake each other
        are counted in order of time.
        """
        allowance = self.allowance(name)
        return None if allowance is None else self.limiters[name].take(scope, allowance, at, block)

    def counted_rules(self) -> tuple[ArmedRule, ...]:
        """The armed rules, in order, each with its hits until now."""
        return self.faults.armed

    def buckets(self, name: str) -> list[BucketState]:
        """The buckets under a limit now."""
        allowance = self.allowance(name)
        return [] if allowance is None else self.limiters[name].states(allowance, self.clock.now())


@dataclass(frozen=True, slots=True)
class SandboxMoment:
    """A sandbox at one time, under one policy, whatever becomes of its clock and policy meanwhile."""

    sandbox: Sandbox
    now: datetime
    policy: Policy

    @classmethod
    def of(cls, sandbox: Sandbox) -> Self:
        """The present moment of a sandbox; it needs the registry's lock, so that its parts belong together."""
        return cls(sandbox, sandbox.clock.now(), sandbox.policy)

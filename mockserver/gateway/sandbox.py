"""Sandboxes: everything that changes between two requests, in one place, with one lock and one reset."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from secrets import token_hex
from threading import RLock
from typing import Any, Self

from mockserver.gateway import dates, switches, tokens
from mockserver.gateway.armed_faults import FaultRules
from mockserver.gateway.background import JobList
from mockserver.gateway.defects import ArmedDefect, in_order
from mockserver.gateway.faults import FaultRule
from mockserver.gateway.journal import Journal
from mockserver.gateway.limits import Allowance, BucketState, Limit, LimitBlock, Limiter, LimitMode
from mockserver.gateway.redaction import Redactor
from mockserver.gateway.response_cache import REQUESTS_MAXIMUM, RequestMemory, ResponseCache
from mockserver.gateway.switches import Known, Options, Switches
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor
from mockserver.gateway.world_cache import Make, WorldCache
from mockserver.products.world import World
from mockserver.simulation import clock as clocks
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization

DEFAULT = "default"
"""The id of the sandbox that the seeded tokens open."""

RESETTABLE = ("clock", "limits", "policy", "faults", "journal", "defects", "audits", "memory")
"""The parts that a reset can restore on their own."""

AUDITS_KEPT = 5
"""How many audits a sandbox keeps after they ended: the newest."""

_NEVER = sys.maxsize
"""Nanoseconds of `clock.elapsed` that never pass."""


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
    `expires_at_ns` is when it is deleted, in nanoseconds of `clock.elapsed`. Everything but the journal changes under
    the registry's lock.
    """

    def __init__(self, sandbox_id: str, config: SandboxConfig, registry: "SandboxRegistry", expires_at_ns: int) -> None:
        self.id = sandbox_id
        self.config = config
        self.profiles = registry.profiles
        self.switches = registry.switches
        self.expires_at_ns = expires_at_ns
        self.grants: dict[str, Grant] = {}
        self.journal = Journal(registry.journal_size, registry.redactor)
        self.faults = FaultRules(config.fault_seed)
        self.audits: JobList[Any] = JobList("audit", AUDITS_KEPT)
        self.clock = config.clock
        self._documented = {name: each for vendor in self.profiles.values() for name, each in vendor.limits.items()}
        self.limits: dict[str, Limit] = {}
        self.policy = Policy(0, {})
        self._limiters: dict[str, Limiter] = {}
        self._memories: dict[str, object] = {}
        self._worlds = registry.worlds
        self.reset()

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
        self._limiters |= {name: Limiter() for name in (given if keep else self._documented)}

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

    def memory_of(self, vendor: Vendor) -> object | None:
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

    def take(self, name: str, scope: str, block: LimitBlock, now: datetime) -> int | None:
        """Spend one request under a limit: None if it passes, else the microseconds until one would.

        `now` is read under the registry's lock, so that requests that overtake each other are counted in order of time.
        """
        allowance = self.allowance(name)
        return None if allowance is None else self._limiters[name].take(scope, allowance, now, block)

    def buckets(self, name: str) -> list[BucketState]:
        """The buckets under a limit now."""
        allowance = self.allowance(name)
        return [] if allowance is None else self._limiters[name].states(allowance, self.clock.now())


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


class SandboxRegistry:
    """All sandboxes of one app and the tokens that open them, behind one lock.

    Ids and tokens made while it runs contain a `mark` of this app, so that a token from another server opens nothing
    here; none is used twice. `maximum` is how many sandboxes there may be beside the first. `known_switches` are by
    default those of the vendors; those of the server are always known.

    `answers` are the cached replies, and `requests` is how the `fastpath` answers those that were sent before.

    `redactor` knows a part of every token and of every client's secret, past or present. There are only as many parts
    as the first sandbox has tokens, however many were made since.
    """

    def __init__(
        self,
        profiles: Iterable[Vendor],
        world: Make,
        journal_size: int,
        maximum: int = 1000,
        known_switches: Known | None = None,
    ) -> None:
        self.lock = RLock()
        self.profiles = {profile.name: profile for profile in profiles}
        of_vendors = {name: each.switches for name, each in self.profiles.items()}
        self.switches = {**(known_switches or of_vendors), dates.NAME: dates.SWITCHES}
        self.answers = ResponseCache()
        self.requests: RequestMemory[Any] = RequestMemory(REQUESTS_MAXIMUM)
        self.worlds = WorldCache(world)
        self.journal_size = journal_size
        self.maximum = maximum
        self.mark = token_hex(4)
        self.redactor = Redactor()
        self.redactor.learn(*(tokens.token_for(name, self.mark, permitted=True) for name in self.profiles))
        self._numbers = count(1)
        self._sandboxes: dict[str, Sandbox] = {}
        self._opened: dict[tuple[str, str], tuple[Sandbox, Grant]] = {}
        self._next_expiry = _NEVER

    def make(
        self, sandbox_id: str, config: SandboxConfig, grants: Iterable[Grant], seconds: Decimal | None = None
    ) -> Sandbox:
        """A sandbox that replaces any with the same id, and the tokens that open it; deleted after `seconds`."""
        with self.lock:
            expires_at_ns = _NEVER if seconds is None else clocks.elapsed() + int(seconds * 10**9)
            sandbox = Sandbox(sandbox_id, config, self, expires_at_ns)
            replaced, self._sandboxes[sandbox_id] = self._sandboxes.get(sandbox_id), sandbox
            if replaced is not None:
                self.delete(replaced)
            for grant in grants:
                self._add(sandbox, grant)
            self._next_expiry = min(expires_at_ns, self._next_expiry)
            return sandbox

    def make_default(self, config: SandboxConfig) -> Sandbox:
        """The first sandbox, opened by the seeded tokens of its organization."""
        return self.make(DEFAULT, config, self._seeded(config, config.organization.slug))

    def make_sandbox(self, config: SandboxConfig, seconds: Decimal | None = None) -> Sandbox:
        """A sandbox with an id and tokens of its own; TooManySandboxes at the maximum."""
        with self.lock:
            if len(self.sandboxes) > self.maximum:
                raise TooManySandboxes
            name = f"{self.mark}-{next(self._numbers)}"
            return self.make(name, config, self._seeded(config, name), seconds)

    def _seeded(self, config: SandboxConfig, name: str) -> list[Grant]:
        """The tokens that a sandbox is made with, with a name in them."""
        grants: list[Grant] = []
        for vendor in self.profiles.values():
            groups = config.organization.role_groups if vendor.has_group_roles else ()
            writes = vendor.has_writes
            grants += tokens.seeded(vendor.name, name, secret=vendor.secret, groups=groups, writes=writes)
        return grants

    @property
    def default(self) -> Sandbox:
        """The sandbox that the seeded tokens open."""
        return self._sandboxes[DEFAULT]

    @property
    def sandboxes(self) -> list[Sandbox]:
        """Every sandbox, in order of creation."""
        self._delete_expired()
        return list(self._sandboxes.values())

    def find(self, sandbox_id: str) -> Sandbox | None:
        """The sandbox with an id; None if it does not exist, or no longer."""
        self._delete_expired()
        return self._sandboxes.get(sandbox_id)

    def delete(self, sandbox: Sandbox) -> None:
        """Delete a sandbox: its tokens open nothing any more, and nothing of it is kept."""
        with self.lock:
            if self._sandboxes.get(sandbox.id) is sandbox:
                del self._sandboxes[sandbox.id]
            for grant in sandbox.grants.values():
                self._remove(sandbox, grant)
            self.answers.forget(sandbox.id)
            self.requests.forget(sandbox.id)
            sandbox.faults.reset()
            sandbox.audits.clear()

    def _delete_expired(self) -> None:
        """Delete expired sandboxes; it costs next to nothing when there are none."""
        if clocks.elapsed() < self._next_expiry:
            return
        with self.lock:
            now = clocks.elapsed()
            for sandbox in tuple(self._sandboxes.values()):
                if sandbox.expires_at_ns <= now:
                    self.delete(sandbox)
            self._next_expiry = min((each.expires_at_ns for each in self._sandboxes.values()), default=_NEVER)

    def grant(self, sandbox: Sandbox, vendor: str, *, permitted: bool) -> Grant:
        """A new token that opens a sandbox at a vendor; where clients have secrets, the id of a new client."""
        with self.lock:
            number = next(self._numbers)
            token = tokens.token_for(vendor, f"{self.mark}-{number}", permitted=permitted)
            grant = Grant(f"{vendor}-{number}", vendor, token, permitted, self.profiles[vendor].secret)
            self._add(sandbox, grant)
            return grant

    def _add(self, sandbox: Sandbox, grant: Grant) -> None:
        """Let the grant's token open the sandbox, unless the sandbox was deleted in the meantime."""
        sandbox.grants[grant.id] = grant
        if self._sandboxes.get(sandbox.id) is sandbox:
            self._opened[grant.vendor, grant.token] = sandbox, grant
            secrets = [text for text in (grant.token, grant.secret) if text and self.mark not in text]
            self.redactor.learn(*secrets)

    def _remove(self, sandbox: Sandbox, grant: Grant) -> None:
        """Let the grant's token no longer open the sandbox; it may open another one by now."""
        if self._opened.get((grant.vendor, grant.token), (None,))[0] is sandbox:
            del self._opened[grant.vendor, grant.token]

    def revoke(self, sandbox: Sandbox, grant_id: str) -> bool:
        """Revoke the token with an id; False for an unknown id."""
        with self.lock:
            grant = sandbox.grants.pop(grant_id, None)
            if grant is not None:
                self._remove(sandbox, grant)
            return grant is not None

    def opened(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The same as `resolve_token`, but None where an expired sandbox would have to be deleted first."""
        if clocks.elapsed() >= self._next_expiry:
            return None
        return self._opened.get((vendor, token))

    def resolve_token(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox that a token opens at a vendor, and what it grants there; None for an unknown token."""
        self._delete_expired()
        return self._opened.get((vendor, token))

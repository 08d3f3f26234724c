"""Sandboxes: everything that changes between two requests, in one place, with one lock and one reset."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import count
from secrets import token_hex
from threading import RLock

from mockserver.gateway import limits, switches, tokens
from mockserver.gateway.defects import Defect
from mockserver.gateway.faults import FaultRule, FaultRules
from mockserver.gateway.journal import Journal
from mockserver.gateway.limits import Allowance, BucketState, Limit, LimitBlock, Limiter, LimitMode
from mockserver.gateway.response_cache import ResponseCache
from mockserver.gateway.switches import AnySwitch, Known, Options, Switches
from mockserver.gateway.tokens import Grant, TokenRegistry
from mockserver.gateway.world_cache import Make, WorldCache
from mockserver.products.world import World
from mockserver.simulation import clock as clocks
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization

DEFAULT = "default"
"""The id of the sandbox that the seeded tokens open."""

RESETTABLE = ("clock", "limits", "policy", "faults", "journal", "defects")
"""The parts that a reset can restore on their own."""

SANDBOXES_MAXIMUM = 1000
"""How many sandboxes there may be beside the first, unless a setting changes it."""

_SECOND = 10**9


class TooManySandboxes(Exception):
    """There are as many sandboxes as there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorProfile:
    """What a sandbox must know of a vendor: its name, switches, documented allowance, kind of tokens, and defects.

    * `secret` is the seeded clients' and `token_path` the endpoint's, where clients exchange a secret for tokens.
    * `has_group_roles`: a role can be bound to groups.
    * `defects` can be armed in its answers.
    * `accepted_schemes`: which of the `schemes` some switches accept, where a switch rules any out.
    """

    name: str
    switches: tuple[AnySwitch, ...]
    allowance: Allowance | None
    schemes: tuple[str, ...]
    secret: str | None = None
    token_path: str | None = None
    has_group_roles: bool = False
    defects: tuple[Defect, ...] = ()
    accepted_schemes: Callable[[Switches], tuple[str, ...]] | None = None

    def schemes_under(self, switches: Switches) -> tuple[str, ...]:
        """The schemes of the Authorization header that these switches accept, the preferred one first."""
        return self.schemes if self.accepted_schemes is None else self.accepted_schemes(switches)

    def seeded_grants(self, organization: Organization, name: str) -> tuple[Grant, ...]:
        """The tokens at the vendor that a sandbox is made with, with a name in them."""
        groups = organization.role_groups if self.has_group_roles else ()
        return tokens.seeded(self.name, name, secret=self.secret, groups=groups)


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How a sandbox is made, and what a reset restores."""

    organization: Organization
    seed: int
    clock: Clock = field(default_factory=Clock)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    policy: Mapping[str, Options] = field(default_factory=dict)
    faults: tuple[FaultRule, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides how a request is answered: the options in force, by vendor, and the armed defects.

    `generation` tells one policy of a sandbox from another. A policy is replaced as a whole, so that a reader without
    the lock gets parts that belong together.
    """

    generation: int
    switches: Mapping[str, Switches]
    defects: tuple[str, ...] = ()


class Sandbox:
    """One client's own server: clock, buckets, journal and switches over one world.

    `switches` are the known switches, by vendor, and by the name of each group that belongs to no vendor. `grants` are
    the tokens that open the sandbox, by their ids. `expires_at_ns` is when it is deleted, in nanoseconds of
    `clock.elapsed`; None is never. Everything but the journal changes under the registry's lock.
    """

    def __init__(
        self,
        sandbox_id: str,
        config: SandboxConfig,
        world: Callable[[], World],
        profiles: Mapping[str, VendorProfile],
        switches: Known,
        journal_size: int,
        expires_at_ns: int | None = None,
    ) -> None:
        self.id = sandbox_id
        self.config = config
        self.profiles = profiles
        self.expires_at_ns = expires_at_ns
        self.grants: dict[str, Grant] = {}
        self._world = world
        self.switches = switches
        self.journal = Journal(journal_size)
        self.faults = FaultRules(config.seed)
        self.clock = config.clock
        self.limits: dict[str, Limit] = {}
        self.policy = Policy(0, {})
        self._limiters: dict[str, Limiter] = {}
        self.reset()

    @property
    def world(self) -> World:
        """The world that it shows; sandboxes of the same organization and seed share it."""
        return self._world()

    def reset(self, parts: Iterable[str] = RESETTABLE) -> None:
        """Restore parts to how the sandbox was made."""
        restore: dict[str, Callable[[], object]] = {
            "clock": lambda: self.set_clock(self.config.clock),
            "limits": lambda: self.set_limits({}),
            "policy": lambda: self.set_policy({}),
            "faults": self._rearm,
            "journal": self.journal.clear,
            "defects": lambda: self.set_defects(self.config.defects),
        }
        for part in parts:
            restore[part]()

    def _rearm(self) -> None:
        """Arm the rules that the sandbox was made with, as if no request had met them yet."""
        self.faults.clear()
        self.faults.replace(self.config.faults)

    def set_clock(self, clock: Clock) -> None:
        """Set the clock."""
        self.clock = clock

    def set_limits(self, given: Mapping[str, Limit], *, keep: bool = False) -> None:
        """Set limits by vendor; those left out go back to how the sandbox was made, or are kept. Buckets are filled."""
        initial = {name: self.config.limits.get(name, LimitMode.DOCUMENTED) for name in self.profiles}
        self.limits = (self.limits if keep else initial) | dict(given)
        self._limiters = {
            name: self._limiters.get(name, Limiter()) if keep and name not in given else Limiter()
            for name in self.profiles
        }

    def set_policy(self, given: Mapping[str, Options], *, keep: bool = False) -> None:
        """Set switches by group; those left out go back to how the sandbox was made, or keep their options.

        SwitchError for an unknown switch or option.
        """
        in_force = {
            name: Switches(
                {
                    **switches.defaults(known),
                    **switches.parse(known, self.config.policy.get(name, {})),
                    **(self.policy.switches[name].by_name if keep else {}),
                    **switches.parse(known, given.get(name, {})),
                }
            )
            for name, known in self.switches.items()
        }
        self.policy = Policy(self.policy.generation + 1, in_force, self.policy.defects)

    def set_defects(self, armed: tuple[str, ...]) -> None:
        """Arm these defects and no others; the same request may then get another answer."""
        if armed != self.policy.defects:
            self.policy = Policy(self.policy.generation + 1, self.policy.switches, armed)

    def allowance(self, vendor: str) -> Allowance | None:
        """The allowance in force at a vendor; None where nothing is limited."""
        return limits.effective_allowance(self.limits[vendor], self.profiles[vendor].allowance)

    def take(self, vendor: str, scope: str, block: LimitBlock) -> int | None:
        """Spend one request at a vendor: None if it passes, else the microseconds until one would.

        It reads the clock itself, so that requests that overtake each other are counted in order of time.
        """
        allowance = self.allowance(vendor)
        return None if allowance is None else self._limiters[vendor].take(scope, allowance, self.clock.now(), block)

    def buckets(self, vendor: str) -> list[BucketState]:
        """The buckets of a vendor now."""
        allowance = self.allowance(vendor)
        return [] if allowance is None else self._limiters[vendor].states(allowance, self.clock.now())


class SandboxRegistry:
    """All sandboxes of one app and the tokens that open them, behind one lock.

    Ids and tokens made while it runs contain a `mark` of this app, so that a token from another server opens nothing
    here; none is used twice. `other_switches` are those that belong to no vendor, by the name of their group.
    """

    def __init__(
        self,
        profiles: Iterable[VendorProfile],
        world: Make,
        journal_size: int,
        maximum: int = SANDBOXES_MAXIMUM,
        other_switches: Known | None = None,
    ) -> None:
        self.lock = RLock()
        self.profiles = {profile.name: profile for profile in profiles}
        self.switches: Known = {name: each.switches for name, each in self.profiles.items()} | dict(
            other_switches or {}
        )
        self.answers = ResponseCache()
        self.worlds = WorldCache(world)
        self.journal_size = journal_size
        self.maximum = maximum
        self.mark = token_hex(4)
        self._numbers = count(1)
        self._sandboxes: dict[str, Sandbox] = {}
        self._tokens: TokenRegistry[Sandbox] = TokenRegistry(self.mark)
        self._next_expiry: int | None = None

    def make(
        self, sandbox_id: str, config: SandboxConfig, grants: Iterable[Grant], seconds: Decimal | None = None
    ) -> Sandbox:
        """A sandbox and the tokens that open it, in place of any with the same id; deleted after so many seconds."""
        with self.lock:
            ends = None if seconds is None else clocks.elapsed() + int(seconds * _SECOND)
            world = partial(self.worlds.get, config.organization, config.seed)
            sandbox = Sandbox(sandbox_id, config, world, self.profiles, self.switches, self.journal_size, ends)
            replaced, self._sandboxes[sandbox_id] = self._sandboxes.get(sandbox_id), sandbox
            if replaced is not None:
                self.delete(replaced)
            for grant in grants:
                self._add(sandbox, grant)
            if ends is not None:
                self._next_expiry = ends if self._next_expiry is None else min(ends, self._next_expiry)
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
        return [
            grant for profile in self.profiles.values() for grant in profile.seeded_grants(config.organization, name)
        ]

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
                self._tokens.remove(sandbox, grant)
            self.answers.forget(sandbox.id)
            sandbox.faults.clear()

    def _delete_expired(self) -> None:
        """Delete expired sandboxes; it costs next to nothing when there are none."""
        if self._next_expiry is None or clocks.elapsed() < self._next_expiry:
            return
        with self.lock:
            now = clocks.elapsed()
            for sandbox in tuple(self._sandboxes.values()):
                if sandbox.expires_at_ns is not None and sandbox.expires_at_ns <= now:
                    self.delete(sandbox)
            ends = [each.expires_at_ns for each in self._sandboxes.values() if each.expires_at_ns is not None]
            self._next_expiry = min(ends, default=None)

    def grant(self, sandbox: Sandbox, vendor: str, *, permitted: bool) -> Grant:
        """A new token that opens a sandbox at a vendor; where clients have secrets, the id of a new client."""
        with self.lock:
            number = next(self._numbers)
            token = tokens.token_for(vendor, f"{self.mark}-{number}", permitted=permitted)
            grant = Grant(f"{vendor}-{number}", vendor, token, permitted, self.profiles[vendor].secret)
            self._add(sandbox, grant)
            return grant

    def _add(self, sandbox: Sandbox, grant: Grant) -> None:
        """Let the grant's token open the sandbox, unless the sandbox was deleted meanwhile."""
        sandbox.grants[grant.id] = grant
        if self._sandboxes.get(sandbox.id) is sandbox:
            self._tokens.add(sandbox, grant)

    def revoke(self, sandbox: Sandbox, grant_id: str) -> bool:
        """Revoke the token with an id; False for an unknown id."""
        with self.lock:
            grant = sandbox.grants.pop(grant_id, None)
            if grant is not None:
                self._tokens.remove(sandbox, grant)
            return grant is not None

    def resolve_token(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox that a token opens at a vendor, and what it grants there; None for an unknown token."""
        self._delete_expired()
        return self._tokens.find(vendor, token)

    @property
    def redaction_markers(self) -> list[str]:
        """Texts of which every token and every client's secret contains at least one."""
        return self._tokens.redaction_markers

    def tokens_of(self, sandbox: Sandbox) -> list[Grant]:
        """Every token that opens a sandbox."""
        return list(sandbox.grants.values())

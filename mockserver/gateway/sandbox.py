"""Answers everything that changes between two requests, and is the only place where it changes: one lock, one reset.

What the numbers are stays out (`simulation`), and so does every word of HTTP.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import count
from secrets import token_hex
from threading import RLock

from mockserver.gateway import limits, switches, tokens
from mockserver.gateway.defects import Defect
from mockserver.gateway.faults import Faults, Rule
from mockserver.gateway.journal import Journal
from mockserver.gateway.limits import Allowance, Block, BucketState, Limit, Limiter, LimitMode
from mockserver.gateway.response_cache import ResponseCache
from mockserver.gateway.switches import AnySwitch, Known, Options, Switches
from mockserver.gateway.tokens import Grant, TokenRegistry
from mockserver.gateway.world_cache import Make, WorldCache
from mockserver.simulation import clock as clocks
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization
from mockserver.simulation.world import World

DEFAULT = "default"
"""The id of the sandbox that the seeded tokens open."""

RESETTABLE = ("clock", "limits", "policy", "faults", "journal", "defects")
"""What a reset can put back on its own."""

SANDBOXES_MAXIMUM = 1000
"""How many sandboxes there may be beside the first, unless a setting says otherwise."""

_SECOND = 10**9


class TooManySandboxes(Exception):
    """There are as many sandboxes as there may be."""


@dataclass(frozen=True, slots=True)
class VendorProfile:
    """What a sandbox must know of a vendor: its name, switches, documented allowance, what its tokens are like.

    `defects` are what can be armed in its answers.
    """

    name: str
    switches: tuple[AnySwitch, ...]
    allowance: Allowance | None
    secret: str | None = None
    token_path: str | None = None
    has_group_roles: bool = False
    defects: tuple[Defect, ...] = ()

    def seeded_grants(self, organization: Organization, name: str) -> tuple[Grant, ...]:
        """The tokens at the vendor that a sandbox is made with; they bear a name."""
        groups = organization.console_groups if self.has_group_roles else ()
        return tokens.seeded(self.name, name, secret=self.secret, groups=groups)


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How a sandbox was made, and what a reset goes back to."""

    organization: Organization
    seed: int
    clock: Clock = field(default_factory=Clock)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    policy: Mapping[str, Options] = field(default_factory=dict)
    faults: tuple[Rule, ...] = ()
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
    """One client's own server: clock, buckets, journal, switches over one world.

    `switches` are the choices there are, by vendor, and by the name of each group that is no vendor's. All but the
    journal changes under the state's lock. `grants` are the tokens that open it, by their ids; `ends` is the nanosecond
    (of `clock.elapsed`) at which it is forgotten, None: never.
    """

    def __init__(
        self,
        sandbox_id: str,
        made: SandboxConfig,
        world: Callable[[], World],
        surfaces: Mapping[str, VendorProfile],
        choices: Known,
        journal_size: int,
        expires_at_ns: int | None = None,
    ) -> None:
        self.id = sandbox_id
        self.config = made
        self.profiles = surfaces
        self.expires_at_ns = expires_at_ns
        self.grants: dict[str, Grant] = {}
        self._world = world
        self.switches = choices
        self.journal = Journal(journal_size)
        self.faults = Faults(made.seed)
        self.clock = made.clock
        self.limits: dict[str, Limit] = {}
        self.policy = Policy(0, {})
        self._limiters: dict[str, Limiter] = {}
        self.reset()

    @property
    def world(self) -> World:
        """The world that it shows; two sandboxes of one organisation and seed share it."""
        return self._world()

    def reset(self, parts: Iterable[str] = RESETTABLE) -> None:
        """Put parts back to how the sandbox was made."""
        put_back: dict[str, Callable[[], object]] = {
            "clock": lambda: self.set_clock(self.config.clock),
            "limits": lambda: self.set_limits({}),
            "policy": lambda: self.set_policy({}),
            "faults": self._rearm,
            "journal": self.journal.clear,
            "defects": lambda: self.set_defects(self.config.defects),
        }
        for part in parts:
            put_back[part]()

    def _rearm(self) -> None:
        """The rules that the sandbox was made with, as if no request had met them yet."""
        self.faults.clear()
        self.faults.replace(self.config.faults)

    def set_clock(self, clock: Clock) -> None:
        """Show another time from now on."""
        self.clock = clock

    def set_limits(self, stated: Mapping[str, Limit], *, keep: bool = False) -> None:
        """Set limits by vendor; those left out go back to how the sandbox was made, or keep theirs; buckets fill."""
        made = {name: self.config.limits.get(name, LimitMode.DOCUMENTED) for name in self.profiles}
        self.limits = (self.limits if keep else made) | dict(stated)
        self._limiters = {
            name: self._limiters.get(name, Limiter()) if keep and name not in stated else Limiter()
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
        """Arm these defects and no other; the same question may then have another answer."""
        if armed != self.policy.defects:
            self.policy = Policy(self.policy.generation + 1, self.policy.switches, armed)

    def allowance(self, vendor: str) -> Allowance | None:
        """The allowance in force at a vendor; None where nothing is limited."""
        return limits.effective_allowance(self.limits[vendor], self.profiles[vendor].allowance)

    def take(self, vendor: str, scope: str, block: Block) -> int | None:
        """Spend one request at a vendor: None when it may pass, else the microseconds until one would.

        It reads the clock itself, so that requests which overtake each other are counted in the order of time.
        """
        allowance = self.allowance(vendor)
        return None if allowance is None else self._limiters[vendor].take(scope, allowance, self.clock.now(), block)

    def buckets(self, vendor: str) -> list[BucketState]:
        """The buckets of a vendor as they stand now."""
        allowance = self.allowance(vendor)
        return [] if allowance is None else self._limiters[vendor].states(allowance, self.clock.now())


class SandboxRegistry:
    """All sandboxes of one app and the tokens that open them, behind one lock.

    What is made while it runs bears a `mark` of this app: a token that a client kept from another server opens
    nothing here. An id or token is never used twice. `others` are switches that belong to no vendor, by the name of
    their group.
    """

    def __init__(
        self,
        surfaces: Iterable[VendorProfile],
        world: Make,
        journal_size: int,
        maximum: int = SANDBOXES_MAXIMUM,
        others: Known | None = None,
    ) -> None:
        self.lock = RLock()
        self.profiles = {surface.name: surface for surface in surfaces}
        self.switches: Known = {name: each.switches for name, each in self.profiles.items()} | dict(others or {})
        self.answers = ResponseCache()
        self.worlds = WorldCache(world)
        self.journal_size = journal_size
        self.maximum = maximum
        self.mark = token_hex(4)
        self._numbers = count(1)
        self._sandboxes: dict[str, Sandbox] = {}
        self._keys: TokenRegistry[Sandbox] = TokenRegistry(self.mark)
        self._next_expiry: int | None = None

    def make(
        self, sandbox_id: str, made: SandboxConfig, grants: Iterable[Grant], seconds: Decimal | None = None
    ) -> Sandbox:
        """A sandbox and the tokens that open it, in place of any of the same id; forgotten after so many seconds."""
        with self.lock:
            ends = None if seconds is None else clocks.elapsed() + int(seconds * _SECOND)
            world = partial(self.worlds.get, made.organization, made.seed)
            sandbox = Sandbox(sandbox_id, made, world, self.profiles, self.switches, self.journal_size, ends)
            replaced, self._sandboxes[sandbox_id] = self._sandboxes.get(sandbox_id), sandbox
            if replaced is not None:
                self.delete(replaced)
            for grant in grants:
                self._add(sandbox, grant)
            if ends is not None:
                self._next_expiry = ends if self._next_expiry is None else min(ends, self._next_expiry)
            return sandbox

    def make_default(self, made: SandboxConfig) -> Sandbox:
        """The first sandbox, opened by the seeded tokens of its organisation."""
        return self.make(DEFAULT, made, self._seeded(made, made.organization.slug))

    def make_sandbox(self, made: SandboxConfig, seconds: Decimal | None = None) -> Sandbox:
        """A sandbox with an id and tokens of its own; Full when there are as many as there may be."""
        with self.lock:
            if len(self.sandboxes) > self.maximum:
                raise TooManySandboxes
            name = f"{self.mark}-{next(self._numbers)}"
            return self.make(name, made, self._seeded(made, name), seconds)

    def _seeded(self, made: SandboxConfig, name: str) -> list[Grant]:
        return [grant for surface in self.profiles.values() for grant in surface.seeded_grants(made.organization, name)]

    @property
    def default(self) -> Sandbox:
        """The sandbox that the seeded tokens open."""
        return self._sandboxes[DEFAULT]

    @property
    def sandboxes(self) -> list[Sandbox]:
        """Every sandbox, in the order in which they were made."""
        self._delete_expired()
        return list(self._sandboxes.values())

    def find(self, sandbox_id: str) -> Sandbox | None:
        """The sandbox with an id; None where there is none, or no longer."""
        self._delete_expired()
        return self._sandboxes.get(sandbox_id)

    def delete(self, sandbox: Sandbox) -> None:
        """Forget a sandbox: its tokens open nothing from now on, and nothing of it is kept."""
        with self.lock:
            if self._sandboxes.get(sandbox.id) is sandbox:
                del self._sandboxes[sandbox.id]
            for grant in sandbox.grants.values():
                self._keys.remove(sandbox, grant)
            self.answers.forget(sandbox.id)
            sandbox.faults.clear()

    def _delete_expired(self) -> None:
        """Delete what lived as long as it should; it costs next to nothing when there is nothing to delete."""
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
        """A new token that opens a sandbox at a vendor; where clients have a secret there, the id of a new client."""
        with self.lock:
            number = next(self._numbers)
            token = tokens.token_for(vendor, f"{self.mark}-{number}", permitted=permitted)
            grant = Grant(f"{vendor}-{number}", vendor, token, permitted, self.profiles[vendor].secret)
            self._add(sandbox, grant)
            return grant

    def _add(self, sandbox: Sandbox, grant: Grant) -> None:
        """The grant's token opens the sandbox, unless it was forgotten while somebody still asked about it."""
        sandbox.grants[grant.id] = grant
        if self._sandboxes.get(sandbox.id) is sandbox:
            self._keys.add(sandbox, grant)

    def revoke(self, sandbox: Sandbox, grant_id: str) -> bool:
        """The token with this id opens the sandbox no more; False where the sandbox has none of this id."""
        with self.lock:
            grant = sandbox.grants.pop(grant_id, None)
            if grant is not None:
                self._keys.remove(sandbox, grant)
            return grant is not None

    def resolve_token(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox that a token opens at a vendor, and what it grants there; None for a token nobody knows."""
        self._delete_expired()
        return self._keys.find(vendor, token)

    @property
    def redaction_markers(self) -> list[str]:
        """Texts of which one stands in every token that opens anything, and in every secret behind one."""
        return self._keys.redaction_markers

    def tokens_of(self, sandbox: Sandbox) -> list[Grant]:
        """Every token that opens a sandbox."""
        return list(sandbox.grants.values())

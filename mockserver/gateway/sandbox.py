"""Answers everything that changes between two requests, and is the only place where it changes: one lock, one reset.

What the numbers are stays out (`simulation`), and so does every word of HTTP.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import RLock

from mockserver.gateway import limits, switches, tokens
from mockserver.gateway.answers import Answers
from mockserver.gateway.journal import Journal
from mockserver.gateway.limits import Allowance, Block, BucketState, Limit, Limiter, Setting
from mockserver.gateway.switches import Switch, Values
from mockserver.gateway.tokens import Grant
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization
from mockserver.simulation.world import World

DEFAULT = "default"
"""The id of the sandbox that the seeded tokens open."""

PARTS = ("clock", "limits", "policy", "journal", "defects")
"""What a reset can put back on its own."""

_WORLDS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Surface:
    """What a sandbox must know of a vendor: its name, switches, documented allowance, and what its tokens are like."""

    name: str
    switches: tuple[Switch, ...]
    allowance: Allowance | None
    secret: str | None = None
    grouped: bool = False

    def seeded(self, organization: Organization) -> tuple[Grant, ...]:
        """The seeded tokens at the vendor."""
        groups = organization.console_groups if self.grouped else ()
        return tokens.seeded(self.name, organization.slug, secret=self.secret, groups=groups)


@dataclass(frozen=True, slots=True)
class Made:
    """How a sandbox was made, and what a reset goes back to."""

    organization: Organization
    seed: int
    clock: Clock = field(default_factory=Clock)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    policy: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The values of every switch, by vendor; `generation` tells one policy of a sandbox from another.

    It is replaced as a whole, so that whoever reads it without the lock has values and generation that belong together.
    """

    generation: int
    values: Mapping[str, Values]


class Sandbox:
    """One client's own server: clock, buckets, journal, switches over one world.

    All but the journal changes under the state's lock.
    """

    def __init__(
        self, sandbox_id: str, made: Made, world: World, surfaces: Mapping[str, Surface], journal_size: int
    ) -> None:
        self.id = sandbox_id
        self.made = made
        self.world = world
        self.surfaces = surfaces
        self.journal = Journal(journal_size)
        self.clock = made.clock
        self.limits: dict[str, Limit] = {}
        self.policy = Policy(0, {})
        self.defects: tuple[str, ...] = ()
        self._limiters: dict[str, Limiter] = {}
        self.reset()

    def reset(self, parts: Iterable[str] = PARTS) -> None:
        """Put parts back to how the sandbox was made."""
        put_back: dict[str, Callable[[], object]] = {
            "clock": lambda: self.set_clock(self.made.clock),
            "limits": lambda: self.set_limits({}),
            "policy": lambda: self.set_policy({}),
            "journal": self.journal.clear,
            "defects": lambda: setattr(self, "defects", ()),
        }
        for part in parts:
            put_back[part]()

    def set_clock(self, clock: Clock) -> None:
        """Show another time from now on."""
        self.clock = clock

    def set_limits(self, stated: Mapping[str, Limit], *, keep: bool = False) -> None:
        """Set limits by vendor; those left out go back to how the sandbox was made, or keep theirs; buckets fill."""
        made = {name: self.made.limits.get(name, Setting.DOCUMENTED) for name in self.surfaces}
        self.limits = (self.limits if keep else made) | dict(stated)
        self._limiters = {
            name: self._limiters.get(name, Limiter()) if keep and name not in stated else Limiter()
            for name in self.surfaces
        }

    def set_policy(self, stated: Mapping[str, Values], *, keep: bool = False) -> None:
        """Set switches by vendor; what is left out goes back to how the sandbox was made, or keeps its value."""
        values = {
            name: {
                **switches.defaults(surface.switches),
                **self.made.policy.get(name, {}),
                **(self.policy.values[name] if keep else {}),
                **stated.get(name, {}),
            }
            for name, surface in self.surfaces.items()
        }
        self.policy = Policy(self.policy.generation + 1, values)

    def allowance(self, vendor: str) -> Allowance | None:
        """The allowance in force at a vendor; None where nothing is limited."""
        return limits.effective(self.limits[vendor], self.surfaces[vendor].allowance)

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


class State:
    """All sandboxes of one app and the tokens that open them, behind one lock."""

    def __init__(
        self, surfaces: Iterable[Surface], world: Callable[[Organization, int], World], journal_size: int
    ) -> None:
        self.lock = RLock()
        self.surfaces = {surface.name: surface for surface in surfaces}
        self.answers = Answers()
        self.journal_size = journal_size
        self._world = lru_cache(maxsize=_WORLDS_KEPT)(world)
        self._sandboxes: dict[str, Sandbox] = {}
        self._grants: dict[tuple[str, str], tuple[Sandbox, Grant]] = {}

    def make(self, sandbox_id: str, made: Made, grants: Iterable[Grant]) -> Sandbox:
        """A new sandbox and the tokens that open it."""
        with self.lock:
            world = self._world(made.organization, made.seed)
            sandbox = Sandbox(sandbox_id, made, world, self.surfaces, self.journal_size)
            self._sandboxes[sandbox_id] = sandbox
            for grant in grants:
                self._grants[grant.vendor, grant.token] = sandbox, grant
            return sandbox

    def make_default(self, made: Made) -> Sandbox:
        """The first sandbox, opened by the seeded tokens of its organisation."""
        seeded = [grant for surface in self.surfaces.values() for grant in surface.seeded(made.organization)]
        return self.make(DEFAULT, made, seeded)

    @property
    def default(self) -> Sandbox:
        """The sandbox that the seeded tokens open."""
        return self._sandboxes[DEFAULT]

    def opened_by(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox that a token opens at a vendor, and what it grants there; None for a token nobody knows."""
        return self._grants.get((vendor, token))

    @property
    def secrets(self) -> list[str]:
        """Every token that opens anything, and every secret behind one."""
        grants = [grant for _, grant in tuple(self._grants.values())]
        return list(dict.fromkeys(text for grant in grants for text in (grant.token, grant.secret) if text))

    def tokens_of(self, sandbox: Sandbox) -> list[Grant]:
        """Every token that opens a sandbox."""
        return [grant for owner, grant in self._grants.values() if owner is sandbox]

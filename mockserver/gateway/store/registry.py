"""The sandboxes of an app, as the gateway and the control plane use them, wherever they are kept."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from decimal import Decimal
from threading import RLock
from typing import Any, NamedTuple, TypeVar

from mockserver.gateway import dates, tokens
from mockserver.gateway.admission import Admission
from mockserver.gateway.background import JobList
from mockserver.gateway.journal import Journal
from mockserver.gateway.redaction import Redactor
from mockserver.gateway.response_cache import REQUESTS_MAXIMUM, RequestMemory, ResponseCache
from mockserver.gateway.sandbox import DEFAULT, Sandbox, SandboxConfig
from mockserver.gateway.switches import Known
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import RequestContext, Vendor
from mockserver.gateway.world_cache import Make, WorldCache

AUDITS_KEPT = 5
"""How many audits a sandbox keeps after they ended: the newest."""

Result = TypeVar("Result")


class RegistryParts(NamedTuple):
    """What an app makes its registry with.

    `world` makes the world of an organization and a seed. `journal_size` is how many requests a journal keeps, and
    `maximum` how many sandboxes there may be beside the default one. `known_switches` are by default those of the
    vendors; those of the server are always known.
    """

    profiles: Iterable[Vendor]
    world: Make
    journal_size: int
    maximum: int = 1000
    known_switches: Known | None = None


class SandboxRegistry(ABC):
    """All sandboxes and the tokens that open them.

    Ids and tokens made while it runs contain a `mark`, so that a token from another server opens nothing here; none is
    used twice.

    `answers` are the cached replies, and `requests` is how the `fastpath` answers those that were sent before. What
    several threads change is changed under the `lock`.

    `restored_jobs` make a job from the report of another server, by the noun of its list.

    `redactor` knows a part of every token and of every client's secret, past or present. There are only as many parts
    as the first sandbox has tokens, however many were made since.
    """

    def __init__(self, parts: RegistryParts) -> None:
        self.lock = RLock()
        self.profiles = {profile.name: profile for profile in parts.profiles}
        of_vendors = {name: each.switches for name, each in self.profiles.items()}
        self.switches = {**(parts.known_switches or of_vendors), dates.NAME: dates.SWITCHES}
        self.answers = ResponseCache()
        self.requests: RequestMemory[Any] = RequestMemory(REQUESTS_MAXIMUM)
        self.worlds = WorldCache(parts.world)
        self.journal_size = parts.journal_size
        self.maximum = parts.maximum
        self.redactor = Redactor()
        self.restored_jobs: dict[str, Callable[[dict[str, Any]], Any]] = {}

    def mark_tokens(self, mark: str) -> None:
        """Have this mark in every id and token that is made from now on."""
        self.mark = mark
        self.redactor.learn(*(tokens.token_for(name, mark, permitted=True) for name in self.profiles))

    @abstractmethod
    def make(
        self, sandbox_id: str, config: SandboxConfig, grants: Iterable[Grant], seconds: Decimal | None = None
    ) -> Sandbox:
        """A sandbox that replaces any with the same id, and the tokens that open it; deleted after `seconds`."""

    def make_default(self, config: SandboxConfig) -> Sandbox:
        """The default sandbox, opened by the seeded tokens of its organization."""
        return self.make(DEFAULT, config, self.seeded_grants(config, config.organization.slug))

    @abstractmethod
    def make_sandbox(self, config: SandboxConfig, seconds: Decimal | None = None) -> Sandbox:
        """A sandbox with an id and tokens of its own, deleted after `seconds`; TooManySandboxes at the maximum."""

    @property
    @abstractmethod
    def ids(self) -> list[str]:
        """The id of every sandbox, in order of creation."""

    @property
    @abstractmethod
    def sandboxes(self) -> list[Sandbox]:
        """Every sandbox, in order of creation."""

    @property
    def default(self) -> Sandbox:
        """The sandbox that the seeded tokens open."""
        found = self.find(DEFAULT)
        assert found is not None  # noqa: S101 (it is never deleted)
        return found

    @abstractmethod
    def find(self, sandbox_id: str) -> Sandbox | None:
        """The sandbox with an id; None if it does not exist, or no longer."""

    def last_known(self, sandbox_id: str) -> Sandbox | None:
        """The sandbox as this server knows it, where it waits for nothing; None if it knows none."""
        return self.find(sandbox_id)

    def may_exist(self, sandbox_id: str) -> bool:
        """Whether there may be a sandbox with an id, as far as is known without waiting."""
        return self.find(sandbox_id) is not None

    def check(self) -> None:  # noqa: B027 (there is nothing to reach by default)
        """StoreUnavailable where the sandboxes cannot be reached or changed now."""

    @abstractmethod
    def delete(self, sandbox: Sandbox) -> None:
        """Delete a sandbox: its tokens open nothing any more, and nothing of it is kept."""

    @abstractmethod
    def change(self, sandbox: Sandbox, make_change: Callable[[Sandbox], Result]) -> Result:
        """Change a sandbox, as a whole or not at all; nobody sees a part. The change may be made more than once."""

    @abstractmethod
    def admit(self, context: RequestContext, sandbox: Sandbox | None) -> Admission:
        """Let a request into a sandbox at the present moment, with the grant that the context has; None: the default.

        UnknownToken where the grant was revoked in the meantime.
        """

    def open(self, context: RequestContext, token: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox that the token of a request opens, and what it grants there; None for an unknown token."""
        return self.resolve_token(context.vendor.name, token)

    @abstractmethod
    def grant(self, sandbox: Sandbox, vendor: str, *, permitted: bool) -> Grant:
        """A new token that opens a sandbox at a vendor; where clients have secrets, the id of a new client."""

    @abstractmethod
    def revoke(self, sandbox: Sandbox, grant_id: str) -> bool:
        """Revoke the token with an id; False for an unknown id."""

    @abstractmethod
    def resolve_token(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox that a token opens at a vendor, and what it grants there; None for an unknown token."""

    @abstractmethod
    def opened(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        """The same as `resolve_token`, but it waits for nothing: None where it would have to."""

    def audits_of(self, sandbox_id: str) -> JobList[Any]:
        """The audits of a sandbox."""
        return self.job_list("audit", AUDITS_KEPT, sandbox_id)

    def job_list(self, noun: str, kept: int, owner: str) -> JobList[Any]:  # noqa: ARG002 (other registries need it)
        """A new list of jobs, of which those that ended are `kept` in part; `owner` is what has the list."""
        return JobList(noun, kept)

    def first_generation(self) -> int:
        """The generation before the first policy of a sandbox that is made now."""
        return 0

    @abstractmethod
    def new_journal(self, sandbox_id: str) -> Journal:
        """The journal of a new sandbox."""

    def learn_tokens(self, grants: Iterable[Grant]) -> None:
        """Have the redactor know these tokens."""
        for grant in grants:
            self.redactor.learn(*(text for text in (grant.token, grant.secret) if text and self.mark not in text))

    def seeded_grants(self, config: SandboxConfig, name: str) -> list[Grant]:
        """The tokens that a sandbox is made with, with a name in them."""
        grants: list[Grant] = []
        for vendor in self.profiles.values():
            groups = config.organization.role_groups if vendor.has_group_roles else ()
            writes = vendor.has_writes
            grants += tokens.seeded(vendor.name, name, secret=vendor.secret, groups=groups, writes=writes)
        return grants

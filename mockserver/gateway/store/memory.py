"""Sandboxes in this process: everything that changes between two requests, behind one lock."""

import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import count
from secrets import token_hex

from mockserver.gateway import tokens
from mockserver.gateway.admission import LocalAdmission
from mockserver.gateway.journal import Journal
from mockserver.gateway.sandbox import DEFAULT, Sandbox, SandboxConfig, TooManySandboxes
from mockserver.gateway.store.registry import RegistryParts, Result, SandboxRegistry
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import RequestContext
from mockserver.simulation import clock as clocks

_NEVER = sys.maxsize
"""Nanoseconds of `clock.elapsed` that never pass."""


class MemoryRegistry(SandboxRegistry):
    """The sandboxes of one process. `expires_at_ns` is when each is deleted, in nanoseconds of `clock.elapsed`."""

    def __init__(self, parts: RegistryParts) -> None:
        super().__init__(parts)
        self.mark_tokens(token_hex(4))
        self._numbers = count(1)
        self._sandboxes: dict[str, Sandbox] = {}
        self._expiries: dict[str, int] = {}
        self._opened: dict[tuple[str, str], tuple[Sandbox, Grant]] = {}
        self._next_expiry = _NEVER

    def make(
        self, sandbox_id: str, config: SandboxConfig, grants: Iterable[Grant], seconds: Decimal | None = None
    ) -> Sandbox:
        with self.lock:
            expires_at_ns = _NEVER if seconds is None else clocks.elapsed() + int(seconds * 10**9)
            sandbox = Sandbox(sandbox_id, config, self)
            replaced, self._sandboxes[sandbox_id] = self._sandboxes.get(sandbox_id), sandbox
            if replaced is not None:
                self.delete(replaced)
            for grant in grants:
                self._add(sandbox, grant)
            self._expiries[sandbox_id] = expires_at_ns
            self._next_expiry = min(expires_at_ns, self._next_expiry)
            return sandbox

    def make_sandbox(self, config: SandboxConfig, seconds: Decimal | None = None) -> Sandbox:
        with self.lock:
            if len(self.sandboxes) > self.maximum:
                raise TooManySandboxes
            name = f"{self.mark}-{next(self._numbers)}"
            return self.make(name, config, self.seeded_grants(config, name), seconds)

    @property
    def ids(self) -> list[str]:
        self._delete_expired()
        return list(self._sandboxes)

    @property
    def sandboxes(self) -> list[Sandbox]:
        self._delete_expired()
        return list(self._sandboxes.values())

    @property
    def default(self) -> Sandbox:
        return self._sandboxes[DEFAULT]

    def find(self, sandbox_id: str) -> Sandbox | None:
        self._delete_expired()
        return self._sandboxes.get(sandbox_id)

    def delete(self, sandbox: Sandbox) -> None:
        with self.lock:
            if self._sandboxes.get(sandbox.id) is sandbox:
                del self._sandboxes[sandbox.id], self._expiries[sandbox.id]
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
            for sandbox_id, expires_at_ns in tuple(self._expiries.items()):
                if expires_at_ns <= now:
                    self.delete(self._sandboxes[sandbox_id])
            self._next_expiry = min(self._expiries.values(), default=_NEVER)

    def change(self, sandbox: Sandbox, make_change: Callable[[Sandbox], Result]) -> Result:
        with self.lock:
            return make_change(sandbox)

    def admit(self, _: RequestContext, sandbox: Sandbox | None) -> LocalAdmission:
        entered = sandbox or self.default
        return LocalAdmission(self, entered, entered.clock.now(), entered.policy)

    def grant(self, sandbox: Sandbox, vendor: str, *, permitted: bool) -> Grant:
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
            self.learn_tokens((grant,))

    def _remove(self, sandbox: Sandbox, grant: Grant) -> None:
        """Let the grant's token no longer open the sandbox; it may open another one by now."""
        if self._opened.get((grant.vendor, grant.token), (None,))[0] is sandbox:
            del self._opened[grant.vendor, grant.token]

    def revoke(self, sandbox: Sandbox, grant_id: str) -> bool:
        with self.lock:
            grant = sandbox.grants.pop(grant_id, None)
            if grant is not None:
                self._remove(sandbox, grant)
            return grant is not None

    def opened(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        if clocks.elapsed() >= self._next_expiry:
            return None
        return self._opened.get((vendor, token))

    def resolve_token(self, vendor: str, token: str) -> tuple[Sandbox, Grant] | None:
        self._delete_expired()
        return self._opened.get((vendor, token))

    def new_journal(self, _: str) -> Journal:
        return Journal(self.journal_size, self.redactor)

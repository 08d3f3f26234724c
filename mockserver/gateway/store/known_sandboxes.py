"""The sandboxes as a server has read them last, and the tokens that open them."""

from collections import OrderedDict
from collections.abc import Callable
from threading import RLock

from mockserver.gateway.sandbox import DEFAULT
from mockserver.gateway.store.shared_sandbox import SharedSandbox
from mockserver.gateway.tokens import Grant

KNOWN_MAXIMUM = 2000
"""How many sandboxes a server keeps; it reads the others again."""


class KnownSandboxes:
    """Sandboxes by their ids, each in the newest version that was read; `on_drop` is called with an id."""

    def __init__(self, lock: RLock, on_drop: Callable[[str], object]) -> None:
        self._lock = lock
        self._on_drop = on_drop
        self._by_id: OrderedDict[str, SharedSandbox] = OrderedDict()
        self._opened: dict[tuple[str, str], tuple[str, Grant]] = {}

    def get(self, sandbox_id: str) -> SharedSandbox | None:
        return self._by_id.get(sandbox_id)

    def opened(self, vendor: str, token: str) -> tuple[SharedSandbox, Grant] | None:
        """The sandbox that a token opens at a vendor, and what it grants there."""
        with self._lock:
            sandbox_id, grant = self._opened.get((vendor, token), ("", None))
            known = self._by_id.get(sandbox_id)
        return None if known is None or grant is None else (known, grant)

    def keep(self, sandbox: SharedSandbox, *, evicts: bool = True) -> SharedSandbox:
        """Keep what was read, unless a newer version is known; the newest.

        Where there is no room, another sandbox is dropped, or this one is not kept.
        """
        with self._lock:
            before = self._by_id.get(sandbox.id)
            if before is not None and before.version >= sandbox.version:
                return before
            sandbox.succeed(before)
            if before is None and not evicts and len(self._by_id) >= KNOWN_MAXIMUM:
                return sandbox
            self._close(before)
            for each in sandbox.grants.values():
                self._opened[each.vendor, each.token] = sandbox.id, each
            self._by_id[sandbox.id] = sandbox
            if len(self._by_id) > KNOWN_MAXIMUM:
                self.drop(next(each for each in self._by_id if each != DEFAULT))
        return sandbox

    def drop(self, sandbox_id: str) -> SharedSandbox | None:
        """Forget a sandbox; the one that was known."""
        with self._lock:
            known = self._by_id.pop(sandbox_id, None)
            self._close(known)
            self._on_drop(sandbox_id)
        return known

    def _close(self, sandbox: SharedSandbox | None) -> None:
        for each in () if sandbox is None else sandbox.grants.values():
            self._opened.pop((each.vendor, each.token), None)

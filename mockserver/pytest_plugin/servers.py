"""Answers what a test can have of a server: where it is, whom it simulates, and any number of sandboxes.

Starting and finding it stays out (`home`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from mockserver.pytest_plugin import bodies
from mockserver.pytest_plugin.control import Control
from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused
from mockserver.pytest_plugin.sandboxes import Sandbox

if TYPE_CHECKING:
    from flask import Flask


class Server:
    """A server at `url`, simulating `vendors`.

    `lifetime`: seconds after which what was left behind in it is forgotten; None for a server that ends with pytest.
    """

    def __init__(
        self, url: str, control: Control, vendors: tuple[str, ...], app: "Flask | None", lifetime: int | None
    ) -> None:
        self.url = url
        self.vendors = vendors
        self._control = control
        self._app = app
        self._lifetime = lifetime

    @classmethod
    def found(cls, url: str, control: Control, *, app: "Flask | None" = None, lifetime: int | None = None) -> Self:
        """The server behind a control plane; MockserverGone when there is none, or another program."""
        try:
            health = control.call("GET", "/health")
            return cls(url, control, tuple(health["vendors"]), app, lifetime)
        except (MockserverRefused, TypeError, KeyError) as error:
            hint = "; set MOCKSERVER_ADMIN_TOKEN to the server's --admin-token" if _unknown(error) else ""
            raise MockserverGone(f"what answers at {url} cannot be used as a mock server: {error}{hint}") from error

    @contextmanager
    def sandbox(
        self,
        *,
        case: str | None = None,
        organization: str | None = None,
        now: datetime | str | None = None,
        frozen: bool | None = None,
        seed: int | None = None,
        limits: str | Mapping[str, Any] | None = None,
        policy: Mapping[str, Mapping[str, Any]] | None = None,
        faults: Sequence[Mapping[str, Any]] | None = None,
        defects: Sequence[str] | None = None,
    ) -> Iterator[Sandbox]:
        """One more sandbox, until the block ends; what is left out is as the server was started."""
        who = {"case": case, "organization": organization, "seed": seed}
        when = {"now": now, "frozen": frozen}
        how = {"limits": limits, "policy": policy, "faults": faults, "defects": defects}
        made = self.made([{**who, **when, **how}])
        try:
            yield made
        finally:
            self.forget(made)

    def made(self, stated: Iterable[Mapping[str, Any]]) -> Sandbox:
        """A new sandbox, which lives until `forget`; of several statements about one thing, the last wins."""
        body = bodies.world(stated, self.vendors)
        if self._lifetime is not None:
            body["ttl_seconds"] = self._lifetime
        return Sandbox(self.url, self._control, self._control.call("POST", "/sandboxes", body), self._app)

    def forget(self, sandbox: Sandbox) -> None:
        """Delete a sandbox; one that a test deleted itself is no error."""
        try:
            self._control.call("DELETE", f"/sandboxes/{sandbox.id}")
        except MockserverRefused as refused:
            if refused.status != 404:
                raise


def _unknown(error: Exception) -> bool:
    return isinstance(error, MockserverRefused) and error.status == 401

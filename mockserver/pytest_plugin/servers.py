"""The server that tests use, wherever it runs, and the sandboxes that are created and deleted on it.

Finding its URL and starting it is the job of `server_process`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from mockserver.pytest_plugin.control import ControlPlane
from mockserver.pytest_plugin.errors import MockserverGone, MockserverRefused
from mockserver.pytest_plugin.sandbox import SandboxFixture, vendor_name

if TYPE_CHECKING:
    from flask import Flask

IN_PROCESS_URL = "http://localhost"
"""The base URL for clients of an app in this process; nothing connects to it."""


def create_app() -> "Flask":
    """An app with the defaults of `mockserver serve`."""
    from mockserver.app import create_app as create
    from mockserver.settings import Settings

    return create(Settings())


def in_process_server(app: "Flask") -> "MockserverFixture":
    """The server in the form of an app."""

    def transport(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        with app.test_client().open(path, method=method, data=body or None, headers=dict(headers)) as response:
            return response.status_code, response.data

    control = ControlPlane(transport, IN_PROCESS_URL, None, lambda: "it is an app in this process")
    return MockserverFixture.connect(IN_PROCESS_URL, control, app=app)


class MockserverFixture:
    """A mock server at `url` that simulates `vendors`."""

    def __init__(
        self,
        url: str,
        control: ControlPlane,
        vendors: tuple[str, ...],
        app: "Flask | None",
        sandbox_lifetime: int | None,
    ) -> None:
        self.url = url
        self.vendors = vendors
        self._control = control
        self._app = app
        self._sandbox_lifetime = sandbox_lifetime

    @classmethod
    def connect(
        cls, url: str, control: ControlPlane, *, app: "Flask | None" = None, sandbox_lifetime: int | None = None
    ) -> Self:
        """The server at a URL; MockserverGone if there is none, or if it is some other program.

        `sandbox_lifetime`: seconds until a sandbox left behind expires; None if the server ends with pytest.
        """
        try:
            health = control.call("GET", "/health")
            return cls(url, control, tuple(health["vendors"]), app, sandbox_lifetime)
        except (MockserverRefused, TypeError, KeyError) as error:
            unauthorized = isinstance(error, MockserverRefused) and error.status == 401
            hint = "; set MOCKSERVER_ADMIN_TOKEN to the server's --admin-token" if unauthorized else ""
            raise MockserverGone(f"the server at {url} is not a usable mock server: {error}{hint}") from error

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
    ) -> Iterator[SandboxFixture]:
        """One more sandbox, until the end of the block; what is not given is as the server was started."""
        start = {"case": case, "organization": organization, "seed": seed, "now": now, "frozen": frozen}
        behavior = {"limits": limits, "policy": policy, "faults": faults, "defects": defects}
        sandbox = self.create_sandbox([{**start, **behavior}])
        try:
            yield sandbox
        finally:
            self.delete_sandbox(sandbox)

    def create_sandbox(self, settings: Iterable[Mapping[str, Any]]) -> SandboxFixture:
        """A new sandbox; later settings take precedence over earlier ones."""
        __tracebackhide__ = True
        body = merge_settings(settings, self.vendors)
        if self._sandbox_lifetime is not None:
            body["ttl_seconds"] = self._sandbox_lifetime
        created = self._control.call("POST", "/sandboxes", body)
        call = partial(_call_below, self._control, f"/sandboxes/{created['id']}")
        return SandboxFixture(self.url, call, self._control.access_token, created, self._app)

    def delete_sandbox(self, sandbox: SandboxFixture) -> None:
        """Delete a sandbox, unless a test has deleted it already."""
        try:
            self._control.call("DELETE", f"/sandboxes/{sandbox.id}")
        except MockserverRefused as error:
            if error.status != 404:
                raise


def merge_settings(settings: Iterable[Mapping[str, Any]], vendors: Sequence[str]) -> dict[str, Any]:
    """The body that creates a sandbox: later settings win, but limits and policy are merged per vendor.

    A single word as limits applies to every vendor.
    """
    body: dict[str, Any] = {}
    for each in settings:
        given = {name: value for name, value in each.items() if value is not None}
        limits, policy = given.pop("limits", {}), given.pop("policy", {})
        body |= given
        if limits:
            by_vendor = dict.fromkeys(vendors, limits) if isinstance(limits, str) else limits
            body["limits"] = body.get("limits", {}) | {vendor_name(name): limit for name, limit in by_vendor.items()}
        for name, switches in policy.items():
            merged = body.setdefault("policy", {})
            merged[vendor_name(name)] = {**merged.get(vendor_name(name), {}), **switches}
    return body


def _call_below(control: ControlPlane, prefix: str, method: str, path: str, body: Any = None) -> Any:
    __tracebackhide__ = True
    return control.call(method, prefix + path, body)

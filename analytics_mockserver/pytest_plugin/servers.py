"""The server that tests use, wherever it runs, and the sandboxes that are created and deleted on it.

Finding its URL and starting it is the job of `server_process`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analytics_mockserver import ownership
from analytics_mockserver.client import Client, HttpTransport, NoAnswer, Refused, Response, in_process
from analytics_mockserver.pytest_plugin.sandboxes import SandboxFixture, vendor_name
from analytics_mockserver.pytest_plugin.server_process import MockserverGone

if TYPE_CHECKING:
    from flask import Flask

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback


def create_app() -> "Flask":
    """An app with the defaults of `mockserver serve`; PackageUnusable where the server cannot run in this process."""
    ownership.check()
    try:
        from mockserver.app import create_app as create
        from mockserver.settings import Settings

        return create(Settings())
    except ModuleNotFoundError as error:
        raise ownership.PackageUnusable(ownership.missing(str(error.name))) from error


def in_process_server(app: "Flask") -> "MockserverFixture":
    """The server in the form of an app."""
    return MockserverFixture(Client("http://localhost", transport=in_process(app)), app)  # nothing connects to it


class MonitoredTransport(HttpTransport):
    """HTTP requests that raise MockserverGone without a response. After the first such request, no more are sent.

    `status_text` returns what is known about a server that does not respond. A server counts as gone after `timeout`
    seconds without a byte; it usually responds within milliseconds.
    """

    def __init__(self, url: str, status_text: Callable[[], str], timeout: float = 10.0) -> None:
        super().__init__(url, timeout)
        self._status_text = status_text
        self._gone: str | None = None

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        if self._gone is not None:
            raise MockserverGone(self._gone)
        try:
            return super().__call__(method, target, headers, body)
        except NoAnswer as error:
            self._gone = f"the mock server does not respond ({error}): {self._status_text()}"
            raise MockserverGone(self._gone) from None


class MockserverFixture:
    """A mock server at `url` that simulates `vendors`; MockserverGone if there is none, or some other program.

    `sandbox_lifetime`: seconds until a sandbox left behind expires; None if the server ends with pytest.
    """

    def __init__(self, client: Client, app: "Flask | None" = None, sandbox_lifetime: int | None = None) -> None:
        self.url = client.url
        self._client = client
        self._app = app
        self._sandbox_lifetime = sandbox_lifetime
        try:
            self.vendors = self._read_vendors()
        except MockserverGone:
            client.close()
            raise

    def _read_vendors(self) -> tuple[str, ...]:
        unusable = f"the server at {self.url} cannot be used: "
        try:
            health = self._client.health()
        except Refused as error:
            raise MockserverGone(f"{unusable}{error}") from error
        except NoAnswer as error:
            raise MockserverGone(f"the server at {self.url} is not a mock server, by its /_mock/health") from error
        if "organizations" not in health:
            raise MockserverGone(f"{unusable}set MOCKSERVER_ADMIN_TOKEN or MOCKSERVER_ADMIN_TOKEN_FILE to the server's")
        return tuple(health["vendors"])

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
        profile: str | None = None,
        faults: Sequence[Mapping[str, Any]] | None = None,
        defects: Sequence[str | Mapping[str, str]] | None = None,
    ) -> Iterator[SandboxFixture]:
        """One more sandbox, until the end of the block; what is not given is as the server was started."""
        start = {"case": case, "organization": organization, "seed": seed, "now": now, "frozen": frozen}
        behavior = {"limits": limits, "policy": policy, "profile": profile, "faults": faults, "defects": defects}
        sandbox = self.create_sandbox([{**start, **behavior}])
        try:
            yield sandbox
        finally:
            self.delete_sandbox(sandbox)

    def create_sandbox(self, settings: Iterable[Mapping[str, Any]]) -> SandboxFixture:
        """A new sandbox; later settings take precedence over earlier ones."""
        body = merge_settings(settings, self.vendors)
        if self._sandbox_lifetime is not None:
            body["ttl_seconds"] = self._sandbox_lifetime
        return SandboxFixture(self.url, self._client.create_sandbox(**body), self._app)

    def close(self) -> None:
        self._client.close()

    def delete_sandbox(self, sandbox: SandboxFixture) -> None:
        """Delete a sandbox, unless a test has deleted it already."""
        try:
            self._client.delete_sandbox(sandbox.id)
        except Refused as error:
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

"""The HTTP client of this product: requests to the simulated vendors, and every resource of the control plane.

    client = Client("http://127.0.0.1:8080")
    sandbox = client.create_sandbox(organization="globex", now="2025-10-21T10:30:00Z", frozen=True)
    sandbox.clock.advance(days=1)

It needs only the standard library. Each method returns decoded JSON; `openapi/admin.yaml` describes it. Refused is
raised for an answer other than a success, NoAnswer if no complete answer comes.
"""

from collections.abc import Mapping
from typing import Any, Self

from analytics_mockserver.client import resources
from analytics_mockserver.client.http import TIMEOUT, HttpTransport, NoAnswer, Refused, Response, Transport, in_process
from analytics_mockserver.client.resources import Caller, segment

__all__ = ["Client", "HttpTransport", "NoAnswer", "Refused", "Response", "SandboxClient", "Transport", "in_process"]

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback

MOUNT = "/_mock"


class SandboxClient:
    """One sandbox's clock, limits, policy, faults, defects, journal, tokens, audits and expected values.

    `audits.start()` starts an audit of the sandbox, and `audits.wait(id)` returns it with its findings.

    `info` is the server's record of it when it was created or looked up: its id, organization, profile and tokens.
    """

    def __init__(self, transport: Transport, headers: Mapping[str, str], info: Mapping[str, Any]) -> None:
        self.id = str(info["id"])
        self.info = dict(info)
        prefix = MOUNT if self.id == "default" else f"{MOUNT}/sandboxes/{segment(self.id)}"
        self.call = Caller(transport, prefix, headers)
        self.clock = resources.ClockResource(self.call)
        self.limits = resources.PerVendorResource(self.call, "/limits")
        self.policy = resources.PerVendorResource(self.call, "/policy")
        self.faults = resources.FaultsResource(self.call)
        self.defects = resources.DefectsResource(self.call)
        self.requests = resources.RequestsResource(self.call)
        self.metrics = resources.MetricsResource(self.call)
        self.totals = resources.TotalsResource(self.call)
        self.charts = resources.ChartsResource(self.call)
        self.tokens = resources.TokensResource(self.call)
        self.audits = resources.JobsResource(self.call, "audits")

    def lint(self, ignore: tuple[str, ...] = ()) -> dict[str, Any]:
        """The findings of the client lint: `{requests_checked, findings: [...]}`; rules in `ignore` are left out."""
        return self.call("GET", "/lint", query={"ignore": ",".join(ignore) or None})

    def reset(self, *only: str) -> dict[str, Any]:
        """Restore parts of the sandbox to their state after creation; all of them if none is named."""
        return self.call("POST", "/reset", {"only": [*only]} if only else {})

    def openapi(self, vendor: str) -> str:
        """A vendor's OpenAPI file as YAML text, with the sandbox's response names."""
        return self.call.send("GET", f"/openapi/{segment(vendor)}.yaml").text

    def organization(self, slug: str) -> dict[str, Any]:
        """What an organization has: people, teams, seats, products, ids."""
        return self.call("GET", f"/organizations/{segment(slug)}")


class Client(SandboxClient):
    """A server: its default sandbox, the other sandboxes, and requests to the vendors.

    `admin_token` is what the server's `/_mock` requires, if anything; `timeout` is in seconds. `transport` replaces
    HTTP, as for an app in the same process. A client may be used by several threads at once, and closes its
    connections as a context manager or by `close`. `case_runs.start(case="C001")` lets the server run a case.
    """

    def __init__(
        self,
        url: str,
        *,
        admin_token: str | None = None,
        timeout: float = TIMEOUT,
        transport: Transport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._transport: Transport = HttpTransport(url, timeout) if transport is None else transport
        # http.client encodes headers in Latin-1; decoding the bytes of UTF-8 so sends these bytes.
        sent = None if admin_token is None else admin_token.encode().decode("latin-1")
        self._headers = {} if sent is None else {"Authorization": f"Bearer {sent}"}
        super().__init__(self._transport, self._headers, {"id": "default"})
        self.case_runs = resources.JobsResource(self.call, "case_runs")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if isinstance(self._transport, HttpTransport):
            self._transport.close()

    def request(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Send any request, such as one to a vendor; the answer is returned whatever its status is."""
        return self._transport(method, target, headers or {}, body)

    def health(self) -> dict[str, Any]:
        """The server's version, data version, vendors and organizations; NoAnswer from anything but a mock server."""
        health = self.call("GET", "/health")
        if not isinstance(health.get("vendors"), list):
            raise NoAnswer(f"GET {MOUNT}/health is not answered by a mock server: {health!r:.80}")
        return health

    def ready(self) -> None:
        """Do nothing if the server would answer vendor requests; Refused with the status 503 if it would not."""
        if self.call("GET", "/ready") != {"status": "ready"}:
            raise NoAnswer(f"GET {MOUNT}/ready is not answered by a mock server")

    def create_sandbox(self, **body: object) -> SandboxClient:
        """Create a sandbox: `organization`, `seed`, `now`, `frozen`, `limits`, `policy`, `case`, `profile`, ..."""
        return SandboxClient(self._transport, self._headers, self.call("POST", "/sandboxes", body))

    def sandbox(self, sandbox_id: str) -> SandboxClient:
        """Look up a sandbox; Refused with status 404 if there is none."""
        return SandboxClient(self._transport, self._headers, self.call("GET", f"/sandboxes/{segment(sandbox_id)}"))

    def sandboxes(self) -> list[SandboxClient]:
        """Every sandbox, the oldest first."""
        found = self.call("GET", "/sandboxes")["sandboxes"]
        return [SandboxClient(self._transport, self._headers, each) for each in found]

    def delete_sandbox(self, sandbox_id: str) -> None:
        """Delete a sandbox: its tokens are unknown from now on."""
        self.call("DELETE", f"/sandboxes/{segment(sandbox_id)}")

    def cases(self, vendor: str | None = None) -> list[dict[str, Any]]:
        """The catalogue of cases, or one vendor's."""
        return list(self.call("GET", "/cases", query={"vendor": vendor})["cases"])

    def case(self, case_id: str) -> dict[str, Any]:
        """One case."""
        return self.call("GET", f"/cases/{segment(case_id)}")

    def profiles(self) -> list[dict[str, Any]]:
        """The profiles: named bundles of failures, each with what a good client does under it, and its rules."""
        return list(self.call("GET", "/profiles")["profiles"])

    def profile(self, name: str) -> dict[str, Any]:
        """One profile."""
        return self.call("GET", f"/profiles/{segment(name)}")

    def organizations(self) -> list[str]:
        """The slugs of the organizations that a sandbox can have."""
        return [str(each["slug"]) for each in self.call("GET", "/organizations")["organizations"]]

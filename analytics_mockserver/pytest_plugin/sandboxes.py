"""What a test can do with its sandbox: one object whose attributes are the resources of the control plane.

Creating and deleting a sandbox is the job of `servers`. The server checks all values that a test passes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

from analytics_mockserver.client import SandboxClient
from analytics_mockserver.pytest_plugin.requests import SandboxLint, SandboxRequests

if TYPE_CHECKING:
    from flask import Flask

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback


def vendor_name(name: str) -> str:
    """A vendor's name as the server spells it: Python code may write underscores for the hyphens."""
    return name.replace("_", "-")


class SandboxFixture:
    """A sandbox of a test's own at `url`, opened by `tokens`; `organization` and `seed` determine its people.

    `profile` is the name of its profile, None for none.
    """

    def __init__(self, url: str, client: SandboxClient, app: "Flask | None") -> None:
        self.url = url
        self.id = client.id
        self.organization: str = client.info["organization"]
        self.seed: int = client.info["seed"]
        self.profile: str | None = client.info.get("profile")  # An older server does not say.
        self.tokens = SandboxTokens(client)
        self.clock = SandboxClock(client)
        self.limits = SandboxLimits(client)
        self.policy = SandboxPolicy(client)
        self.faults = SandboxFaults(client)
        self.defects = SandboxDefects(client)
        self.requests = SandboxRequests(client, url)
        self.lint = self.conduct = SandboxLint(client, self.requests)  # `conduct` is its former name
        self._client = client
        self._app = app

    def __repr__(self) -> str:
        return f"<sandbox {self.id} of {self.organization} at {self.url}>"

    @property
    def app(self) -> "Flask":
        """The WSGI app that contains this sandbox, if the test is marked with in_process=True."""
        if self._app is None:
            raise RuntimeError(
                "this sandbox is on a server behind a socket; mark the test with "
                "@pytest.mark.mockserver(in_process=True), or have it use the fixture mockserver_app"
            )
        return self._app

    def headers(self, vendor: str, *, forbidden: bool = False) -> dict[str, str]:
        """The Authorization header for a vendor, with a token that grants access, or with one that leads to a 403.

        Where clients exchange credentials for an access token, this makes the exchange first.
        """
        credentials = self.tokens[vendor]
        chosen = credentials.forbidden if forbidden else credentials
        token = chosen.access_token() if isinstance(chosen, ClientCredentials) else chosen
        return {"Authorization": f"Bearer {token}"}

    def metric(
        self,
        name: str,
        first: date | str,
        last: date | str,
        *,
        bucket: str = "day",
        vendors: Sequence[str] = (),
        team: str | None = None,
        dimension: str = "all",
        final: bool = False,
    ) -> dict[str, Any]:
        """A metric's expected values, to compare with the client's: `headline`, and `points` with `date` and `value`.

        The names are "ai-active-users", "total-ai-actions", "total-lines-added" and "total-lines-accepted". With
        `final`, days that are still restated, or not over, count as they will be in the end.
        """
        query: dict[str, Any] = {"from": first, "to": last, "bucket": bucket, "dimension": dimension, "team": team}
        query["final"] = final or None
        return self._client.metrics.get(name, vendor=[vendor_name(vendor) for vendor in vendors], **query)

    def reset(self, *parts: str) -> None:
        """Restore the state after creation, or parts of it.

        The parts are clock, limits, policy, faults, journal, defects, audits and memory.
        """
        self._client.reset(*parts)


class Token(str):
    """A token; it is a string. `forbidden` is another one, which the vendor knows but answers with a 403.

    `readonly` is one that may only read, where clients can write; else it is None.
    """

    forbidden: str
    readonly: str | None

    def __new__(cls, text: str, forbidden: str, readonly: str | None = None) -> Self:
        token = super().__new__(cls, text)
        token.forbidden, token.readonly = forbidden, readonly
        return token


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Credentials that a client exchanges for an access token at `token_path`, by `exchange` (id, secret, path).

    `forbidden` are others, whose access tokens lead to a 403; those have no further counterpart.
    """

    client_id: str
    client_secret: str
    token_path: str
    exchange: Callable[[str, str, str], str]
    forbidden: "ClientCredentials | None" = None

    def access_token(self) -> str:
        """An access token from the vendor's token endpoint; this request, like any other, appears in the journal."""
        return self.exchange(self.client_id, self.client_secret, self.token_path)


class SandboxTokens:
    """What opens a sandbox, by vendor: `tokens.some_vendor`, or `tokens["some-vendor"]`."""

    def __init__(self, client: SandboxClient) -> None:
        exchange = client.tokens.access_token
        self._by_vendor = {vendor: _read_token(entry, exchange) for vendor, entry in client.info["tokens"].items()}

    def __getitem__(self, vendor: str) -> Token | ClientCredentials:
        """A vendor's token, or credentials where clients exchange these; KeyError for an unknown vendor."""
        try:
            return self._by_vendor[vendor_name(vendor)]
        except KeyError:
            from analytics_mockserver.suggestions import unknown_name

            raise KeyError(unknown_name("vendor", vendor_name(vendor), self._by_vendor)) from None

    def __getattr__(self, vendor: str) -> Any:
        """The same; Any, because which kind a vendor has is known only to the server."""
        if vendor.startswith("_"):
            raise AttributeError(vendor)
        try:
            return self[vendor]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None


def _read_token(entry: Mapping[str, str], exchange: Callable[[str, str, str], str]) -> Token | ClientCredentials:
    if "client_id" not in entry:
        return Token(entry["token"], entry["forbidden"], entry.get("readonly"))
    path = entry["token_path"]
    forbidden = ClientCredentials(entry["forbidden_client_id"], entry["forbidden_client_secret"], path, exchange)
    return ClientCredentials(entry["client_id"], entry["client_secret"], path, exchange, forbidden)


class _SandboxPart:
    """A part of a sandbox that a test can change."""

    def __init__(self, client: SandboxClient) -> None:
        self._client = client


class SandboxClock(_SandboxPart):
    """The clock of a sandbox, which decides when data arrive, limits refill and tokens expire."""

    @property
    def now(self) -> datetime:
        """The current time, with a time zone."""
        return datetime.fromisoformat(self._client.clock.get()["now"])

    @property
    def frozen(self) -> bool:
        """Whether the clock is stopped."""
        return bool(self._client.clock.get()["frozen"])

    def set(self, now: datetime | str, *, frozen: bool | None = None) -> None:
        """Set the time, as in "2026-11-02T02:00:00Z"; unless `frozen` is given, a stopped clock stays stopped."""
        self._client.clock.set(now, frozen=self.frozen if frozen is None else frozen)

    def advance(
        self,
        by: timedelta | None = None,
        *,
        seconds: float = 0,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
    ) -> datetime:
        """Move the clock forward by the sum of these, and return the new time. It cannot go back."""
        whole = by or timedelta()
        seconds += whole.seconds + whole.microseconds / 10**6
        advanced = self._client.clock.advance(seconds=seconds, minutes=minutes, hours=hours, days=days + whole.days)
        return datetime.fromisoformat(advanced["now"])

    def freeze(self, at: datetime | str | None = None) -> None:
        """Stop the clock, at the given or the current time."""
        self._client.clock.freeze(at)

    def run(self) -> None:
        """Let the clock run on from its current time."""
        self._client.clock.run()


class SandboxLimits(_SandboxPart):
    """The vendors' rate limits in a sandbox."""

    def set(self, **limits: str | Mapping[str, int]) -> None:
        """Set limits by name: "documented", "off", or {"per_minute": 5, "burst": 5}. Their buckets become full.

        The name is a vendor's or, for a class of its operations, as in `set(**{"some_vendor.some_class": "off"})`.
        """
        self._client.limits.update({vendor_name(vendor): limit for vendor, limit in limits.items()})

    def off(self, *vendors: str) -> None:
        """Lift every limit of these vendors, or of all."""
        self.set(**dict.fromkeys(self._names(vendors), "off"))

    def documented(self, *vendors: str) -> None:
        """Restore the documented limits of these vendors, or of all."""
        self.set(**dict.fromkeys(self._names(vendors), "documented"))

    def values(self) -> dict[str, Any]:
        """By name: setting, per_minute, burst, and buckets (scope, remaining, full_in_seconds)."""
        return self._client.limits.get()

    def _names(self, vendors: Sequence[str]) -> list[str]:
        """The names of all limits of some vendors, or of all; an unknown vendor stays, for the server to refuse."""
        names = list(self.values())
        wanted = [vendor_name(each) for each in vendors]
        known = [name for name in names if not wanted or name in wanted or name.partition(".")[0] in wanted]
        return known + [each for each in wanted if each not in names]


class SandboxPolicy(_SandboxPart):
    """The switches of a sandbox, which decide what the vendors leave undocumented; `mockserver switches` lists them."""

    def set(self, vendor: str, **switches: Any) -> None:
        """Set switches of a vendor; the others keep their options."""
        self._client.policy.update({vendor_name(vendor): switches})

    def values(self, vendor: str) -> dict[str, Any]:
        """The options in force, by switch of a vendor."""
        switches = self._client.policy.get()[vendor_name(vendor)]
        return {name: switch["value"] for name, switch in switches.items()}


class EffectArguments(TypedDict, total=False):
    """What happens to a request: an error of the vendor's, a delay, headers, a corrupted body, a lost connection.

    "Simulate failures" in the documentation explains each of them.
    """

    status: int
    code: str
    message: str
    empty: bool
    error: bool
    headers: Mapping[str, str | Sequence[str]]
    html: int
    rate_limited: bool
    reset: bool
    delay_seconds: float | Decimal
    gzip: bool
    chunked: bool
    cut_after_bytes: int
    truncate_bytes: int
    short_length: int
    stall_seconds: float | Decimal
    after_bytes: int
    drip_seconds: float | Decimal
    malformed_json: bool
    json_nan: bool
    json_duplicate_key: bool
    byte_order_mark: bool
    close_idle: bool
    retry_after_date: int


class FaultArguments(EffectArguments, total=False):
    """An effect or a sequence, and the requests that it applies to: those that match all of the other arguments.

    A step is an effect or "pass", which is the genuine answer. `then` is what follows the last step. `from_` and
    `until` are on the sandbox's clock.
    """

    vendor: str
    operation: str
    path: str
    query: Mapping[str, str]
    request_headers: Mapping[str, str]
    from_: datetime | str
    until: datetime | str
    times: int
    skip: int
    share: float | Decimal
    share_by: Literal["request", "client"]
    phase: Literal["before", "after"]
    steps: Sequence[EffectArguments | Literal["pass"]]
    then: Literal["repeat", "pass", "last"]


@dataclass(frozen=True, slots=True)
class Fault:
    """An armed rule at the time when it was read: `hits` requests had met it by then."""

    id: str
    hits: int
    rule: Mapping[str, Any]


class SandboxFaults(_SandboxPart):
    """The fault rules of a sandbox, in order: a request meets the first that fires."""

    def add(self, **rule: Unpack[FaultArguments]) -> Fault:
        """Arm one more rule, after the others: which requests meet it, and what happens to them.

        As in `add(vendor="some-vendor", steps=[{"status": 503}, "pass", {"rate_limited": True}], then="repeat")`; its
        arguments are those of FaultArguments.
        """
        for name in rule:
            if name not in FaultArguments.__annotations__:
                from analytics_mockserver.suggestions import unknown_name

                raise TypeError(f"faults.add: {unknown_name('argument', name, FaultArguments.__annotations__)}")
        effect = {name: value for name, value in rule.items() if name in EffectArguments.__annotations__}
        body: dict[str, Any] = {name: value for name, value in rule.items() if name not in effect}
        if "from_" in body:
            body["from"] = body.pop("from_")
        if effect or "steps" not in body:
            body["effect"] = effect
        if "vendor" in body:
            body["vendor"] = vendor_name(body["vendor"])
        return _read_fault(self._client.faults.add(body))

    def remove(self, fault: Fault) -> None:
        """Disarm one rule."""
        self._client.faults.remove(fault.id)

    def clear(self) -> None:
        """Disarm all rules, also those that the sandbox was created with; `sandbox.reset("faults")` restores these."""
        self._client.faults.replace([])

    def list(self) -> Sequence[Fault]:
        """All rules, including exhausted ones, with their hits so far."""
        return [_read_fault(entry) for entry in self._client.faults.list_all()]


def _read_fault(entry: dict[str, Any]) -> Fault:
    return Fault(id=entry.pop("id"), hits=entry.pop("hits"), rule=entry)


class SandboxDefects(_SandboxPart):
    """The inconsistencies that are armed in a sandbox's answers."""

    def arm(
        self,
        defects: str | Sequence[str | Mapping[str, str]],
        *,
        at: str | None = None,
        vendor: str | None = None,
        operation: str | None = None,
    ) -> None:
        """Arm one defect or several, and no others.

        One may be armed at one `vendor`, at one `operation`, and if it is in a field at a path, as in
        `arm("field-null", at="users[0].user_email")`. Of several, each is a name, or an object with a `name` and any of
        `at`, `vendor` and `operation`.
        """
        vendor = None if vendor is None else vendor_name(vendor)
        self._client.defects.arm(defects, at=at, vendor=vendor, operation=operation)

    def clear(self) -> None:
        """Disarm all, also those that the sandbox was created with; `sandbox.reset("defects")` restores these."""
        self._client.defects.arm([])

    def list(self) -> Sequence[str | Mapping[str, str]]:
        """Those that are armed: a name, or an object with a name and where it is."""
        armed: Sequence[str | Mapping[str, str]] = self._client.defects.get()["armed"]
        return armed

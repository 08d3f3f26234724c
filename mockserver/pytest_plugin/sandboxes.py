"""Answers what a test can do with its sandbox: one object, whose parts are the resources of the control plane.

What each part means stays out (the server's words say it), and so does making and forgetting one (`servers`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from mockserver.pytest_plugin import bodies
from mockserver.pytest_plugin.conduct import Conduct
from mockserver.pytest_plugin.control import Control
from mockserver.pytest_plugin.faults import Ask, Faults
from mockserver.pytest_plugin.journal import Requests
from mockserver.pytest_plugin.tokens import Client, Tokens

if TYPE_CHECKING:
    from flask import Flask


class Sandbox:
    """A world of a test's own at `url`, opened by `tokens`; `seed` and `organization` say which people are in it."""

    def __init__(self, url: str, control: Control, told: Mapping[str, Any], app: "Flask | None") -> None:
        ask: Ask = partial(_below, control, f"/sandboxes/{told['id']}")
        self.url = url
        self.id: str = told["id"]
        self.organization: str = told["organization"]
        self.seed: int = told["seed"]
        self.tokens = Tokens(told["tokens"], control.access_token)
        self.clock = Clock(ask)
        self.limits = Limits(ask, tuple(told["tokens"]))
        self.policy = Policy(ask)
        self.faults = Faults(ask)
        self.requests = Requests(ask, f"{url}, with the tokens of sandbox.tokens")
        self.conduct = Conduct(ask, self.requests)
        self._ask = ask
        self._app = app

    def __repr__(self) -> str:
        return f"<sandbox {self.id} of {self.organization} at {self.url}>"

    @property
    def app(self) -> "Flask":
        """The WSGI app that it lives in, where the test is marked with in_process=True."""
        if self._app is None:
            raise RuntimeError(
                "this sandbox is behind a socket; mark the test with @pytest.mark.mockserver(in_process=True), or have "
                "it ask for the fixture mockserver_app"
            )
        return self._app

    def headers(self, vendor: str, *, forbidden: bool = False) -> dict[str, str]:
        """The Authorization header for a vendor: of a token that may read, or of the one that is forbidden to.

        Where clients get access tokens for their credentials, one is asked for first.
        """
        __tracebackhide__ = True
        held = self.tokens[vendor]
        if isinstance(held, Client):
            client = held.forbidden if forbidden and held.forbidden else held
            return {"Authorization": f"Bearer {client.access_token()}"}
        return {"Authorization": f"Bearer {held.forbidden if forbidden else held}"}

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
    ) -> dict[str, Any]:
        """What a client should make of the vendors' numbers: `headline`, and `points` with a `date` and `value` each.

        The names are "ai-active-users", "total-ai-actions", "total-lines-added" and "total-lines-accepted".
        """
        __tracebackhide__ = True
        asked: dict[str, Any] = {"from": first, "to": last, "bucket": bucket, "dimension": dimension, "team": team}
        asked["vendor"] = [bodies.vendor(vendor) for vendor in vendors]
        given = {member: value for member, value in asked.items() if value is not None}
        told: dict[str, Any] = self._ask("GET", f"/metrics/{quote(name, safe='')}?{urlencode(given, doseq=True)}")
        return told

    def reset(self, *parts: str) -> None:
        """Everything back to how it was made, or parts: clock, limits, policy, faults, journal, defects."""
        __tracebackhide__ = True
        self._ask("POST", "/reset", {"only": parts} if parts else {})


class Clock:
    """What time it is in a sandbox, for data that arrive, limits that refill and tokens that expire."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    @property
    def now(self) -> datetime:
        """The instant that it shows, aware."""
        return datetime.fromisoformat(self._ask("GET", "/clock")["now"])

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        shown: bool = self._ask("GET", "/clock")["frozen"]
        return shown

    def set(self, now: datetime | str, *, frozen: bool | None = None) -> None:
        """Show another instant, as in "2026-11-02T02:00:00Z"; a frozen clock stays frozen unless told otherwise."""
        __tracebackhide__ = True
        self._ask("PUT", "/clock", {"now": now, "frozen": self.frozen if frozen is None else frozen})

    def advance(
        self,
        by: timedelta | None = None,
        *,
        seconds: float = 0,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
    ) -> datetime:
        """Move on by a span, or by the sum of these; the instant that it then shows. It never goes back."""
        __tracebackhide__ = True
        whole = by or timedelta()
        seconds += whole.seconds + whole.microseconds / 10**6
        span = {"seconds": seconds, "minutes": minutes, "hours": hours, "days": days + whole.days}
        return datetime.fromisoformat(self._ask("POST", "/clock/advance", span)["now"])

    def freeze(self, at: datetime | str | None = None) -> None:
        """Stand still, at an instant or at the one that it shows."""
        __tracebackhide__ = True
        self.set(self.now if at is None else at, frozen=True)

    def run(self) -> None:
        """Go on from the instant that it shows."""
        __tracebackhide__ = True
        self.set(self.now, frozen=False)


class Limits:
    """How many requests each vendor lets through in a sandbox."""

    def __init__(self, ask: Ask, vendors: tuple[str, ...]) -> None:
        self._ask = ask
        self._vendors = vendors

    def set(self, **limits: str | Mapping[str, int]) -> None:
        """Set limits by vendor: "documented", "off", or {"per_minute": 5, "burst": 5}; their buckets are full again."""
        __tracebackhide__ = True
        self._ask("PATCH", "/limits", bodies.by_vendor(limits))

    def off(self, *vendors: str) -> None:
        """Let everything through, at these vendors or at all."""
        __tracebackhide__ = True
        self.set(**dict.fromkeys(vendors or self._vendors, "off"))

    def documented(self, *vendors: str) -> None:
        """Let through what the vendors document, at these or at all."""
        __tracebackhide__ = True
        self.set(**dict.fromkeys(vendors or self._vendors, "documented"))

    def shown(self) -> dict[str, Any]:
        """By vendor: setting, per_minute, burst, and buckets (scope, remaining, full_in_seconds)."""
        shown: dict[str, Any] = self._ask("GET", "/limits")
        return shown


class Policy:
    """What a sandbox does where a vendor's documentation is silent; `mockserver switches` lists the choices."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def set(self, vendor: str, **switches: Any) -> None:
        """Set switches of a vendor; the others keep their values."""
        __tracebackhide__ = True
        self._ask("PATCH", "/policy", {bodies.vendor(vendor): switches})

    def values(self, vendor: str) -> dict[str, Any]:
        """The switches of a vendor, with the values in force."""
        __tracebackhide__ = True
        shown = self._ask("GET", "/policy")[bodies.vendor(vendor)]
        return {name: switch["value"] for name, switch in shown.items()}


def _below(control: Control, place: str, method: str, path: str, body: Any = None) -> Any:
    __tracebackhide__ = True
    return control.call(method, place + path, body)

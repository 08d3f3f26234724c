"""The resources of the control plane as methods: each sends one request and returns the decoded JSON.

Every method raises Refused for an answer that is no success, and NoAnswer where none comes. `openapi/admin.yaml`
describes the JSON in full.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.client.http import NoAnswer, Refused, Response, Transport

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends requests to one sandbox's part of the control plane and decodes the answers."""

    transport: Transport
    prefix: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()
    ) -> Any:
        """The decoded answer of a resource, None for one without a body; Refused unless it is a success."""
        sent = b"" if body is None else json.dumps(body, default=_plain).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        pairs = [(name, value) for name, value in dict(query).items() if value is not None]
        target = self.prefix + path + (f"?{urlencode(pairs, doseq=True)}" if pairs else "")
        answer = self.transport(method, target, {**self.headers, **kind}, sent)
        if answer.status >= 300:
            raise _refused(f"{method} {self.prefix}{path}", answer)
        if answer.status == 204 or "yaml" in answer.headers.get("content-type", ""):
            return answer.text or None
        return _object(f"{method} {self.prefix}{path}", answer)


def _object(request: str, answer: Response) -> dict[str, Any]:
    try:
        decoded = answer.json()
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise NoAnswer(f"{request} is not answered by a mock server: {answer.text[:80]!r}")
    return decoded


def _refused(request: str, answer: Response) -> Refused:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return Refused(request, answer.status, answer.text[:200] or "no reason is given")
    return Refused(request, answer.status, str(problem.get("detail", problem)), problem.get("errors"))


def _plain(value: object) -> object:
    """What JSON has for times, dates and exact numbers."""
    isoformat = getattr(value, "isoformat", None)
    if isoformat is not None:
        return isoformat()
    if hasattr(value, "is_finite"):
        return float(value)  # type: ignore[arg-type]
    raise TypeError(f"{value!r} has no form in JSON")


@dataclass(frozen=True, slots=True)
class _Resource:
    """A resource below one sandbox's part of the control plane."""

    _call: Caller


class ClockResource(_Resource):
    """The sandbox's clock: `{now: RFC 3339, frozen: bool}`."""

    __slots__ = ()

    def get(self) -> dict[str, Any]:
        """The time in the sandbox, and whether it stands still."""
        return dict(self._call("GET", "/clock"))

    def set(self, now: object = None, *, frozen: bool | None = None) -> dict[str, Any]:
        """Set what is given and put the rest back to how the sandbox was made."""
        given = {"now": now, "frozen": frozen}
        return dict(self._call("PUT", "/clock", {name: value for name, value in given.items() if value is not None}))

    def advance(self, **amounts: float) -> dict[str, Any]:
        """Move the clock on by the sum of `seconds`, `minutes`, `hours` and `days`."""
        return dict(self._call("POST", "/clock/advance", amounts))

    def freeze(self, now: object = None) -> dict[str, Any]:
        """Stop the clock, now or at another time."""
        return self.set(now if now is not None else self.get()["now"], frozen=True)

    def run(self) -> dict[str, Any]:
        """Let the clock run on from where it stands."""
        return self.set(self.get()["now"], frozen=False)


class LimitsResource(_Resource):
    """Rate limits by vendor: "documented", "off", or `{per_minute, burst}`."""

    __slots__ = ()

    def get(self) -> dict[str, Any]:
        """The limits in force and how full their buckets are."""
        return dict(self._call("GET", "/limits"))

    def replace(self, limits: Mapping[str, object]) -> dict[str, Any]:
        """Set these limits and put the others back to how the sandbox was made."""
        return dict(self._call("PUT", "/limits", dict(limits)))

    def update(self, limits: Mapping[str, object]) -> dict[str, Any]:
        """Set these limits and leave the others alone."""
        return dict(self._call("PATCH", "/limits", dict(limits)))


class PolicyResource(_Resource):
    """Switches by vendor, each with its value, options and evidence."""

    __slots__ = ()

    def get(self) -> dict[str, Any]:
        """Every switch: `{<vendor>: {<switch>: {value, default, options, grade, evidence, description}}}`."""
        return dict(self._call("GET", "/policy"))

    def replace(self, policy: Mapping[str, object]) -> dict[str, Any]:
        """Set these switches and put the others back to how the sandbox was made."""
        return dict(self._call("PUT", "/policy", dict(policy)))

    def update(self, policy: Mapping[str, object]) -> dict[str, Any]:
        """Set these switches and leave the others alone."""
        return dict(self._call("PATCH", "/policy", dict(policy)))


class FaultsResource(_Resource):
    """Armed fault rules, each with an `id` and its `hits`."""

    __slots__ = ()

    def list_all(self) -> list[dict[str, Any]]:
        """The rules, in the order in which they are met."""
        return list(self._call("GET", "/faults")["rules"])

    def replace(self, rules: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Arm these rules and no others."""
        return list(self._call("PUT", "/faults", {"rules": [dict(rule) for rule in rules]})["rules"])

    def add(self, rule: Mapping[str, object]) -> dict[str, Any]:
        """Arm one more rule, behind the others."""
        return dict(self._call("POST", "/faults", dict(rule)))

    def remove(self, fault_id: str) -> None:
        """Disarm a rule."""
        self._call("DELETE", f"/faults/{quote(fault_id, safe='')}")

    def clear(self) -> list[dict[str, Any]]:
        """Put the rules back to how the sandbox was made."""
        return list(self._call("PUT", "/faults", {})["rules"])


class DefectsResource(_Resource):
    """Inconsistencies that can be armed in the vendors' answers."""

    __slots__ = ()

    def get(self) -> dict[str, Any]:
        """The known defects, and the names of those that are armed."""
        return dict(self._call("GET", "/defects"))

    def arm(self, names: Iterable[str]) -> dict[str, Any]:
        """Arm these defects and no others."""
        return dict(self._call("PUT", "/defects", {"armed": [*names]}))


class RequestsResource(_Resource):
    """The journal of vendor requests."""

    __slots__ = ()

    def list_all(self, **filters: object) -> list[dict[str, Any]]:
        """The entries, oldest first; filters are `vendor`, `operation`, `path`, `status`, `limit` and `after`."""
        return list(self._call("GET", "/requests", query=filters)["requests"])

    def clear(self) -> None:
        """Empty the journal."""
        self._call("DELETE", "/requests")


class MetricsResource(_Resource):
    """Expected values: what a client that aggregates the vendors' numbers should have computed."""

    __slots__ = ()

    def list_all(self) -> dict[str, Any]:
        """The metrics and dimensions there are."""
        return dict(self._call("GET", "/metrics"))

    def get(self, metric: str, **query: object) -> dict[str, Any]:
        """A metric over a range, with its points; the query's `from` is written `**{"from": ...}`."""
        return dict(self._call("GET", f"/metrics/{quote(metric, safe='')}", query=query))

    def people(self, metric: str, **query: object) -> dict[str, Any]:
        """The people behind a point of a metric, a page at a time."""
        return dict(self._call("GET", f"/metrics/{quote(metric, safe='')}/people", query=query))


class TokensResource(_Resource):
    """The tokens that open a sandbox."""

    __slots__ = ()

    def list_all(self) -> list[dict[str, Any]]:
        """Every token, with its vendor and permission; a client has `client_id`, `client_secret` and `token_path`."""
        return list(self._call("GET", "/tokens")["tokens"])

    def create(self, vendor: str, permission: str = "granted") -> dict[str, Any]:
        """One more token; `permission` is "granted" or "forbidden"."""
        return dict(self._call("POST", "/tokens", {"vendor": vendor, "permission": permission}))

    def revoke(self, token_id: str) -> None:
        """Revoke a token: it is unknown from the next request on."""
        self._call("DELETE", f"/tokens/{quote(token_id, safe='')}")

    def access_token(self, client_id: str, client_secret: str, token_path: str) -> str:
        """An access token for a client's credentials, from the path that the control plane gives with them."""
        pair = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": _FORM}
        answer = self._call.transport("POST", token_path, headers, b"grant_type=client_credentials")
        if answer.status != 200:
            raise Refused(f"POST {token_path}", answer.status, f"no access token for {client_id}: {answer.text}")
        return str(answer.json()["access_token"])

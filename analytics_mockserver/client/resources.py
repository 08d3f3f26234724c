"""The resources of the control plane as methods: each sends one request and returns the decoded JSON.

Every method raises Refused for an answer other than a success, and NoAnswer if none comes. `openapi/admin.yaml`
describes the JSON in full.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any
from urllib.parse import quote, urlencode

from analytics_mockserver.client.http import NoAnswer, Refused, Response, Transport

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback


POLL_SECONDS = 0.1
"""How long `JobsResource.wait` waits before it looks again."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends requests to one sandbox's part of the control plane and decodes the answers."""

    transport: Transport
    prefix: str
    headers: Mapping[str, str]

    def __call__(
        self, method: str, path: str, body: object = None, query: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        """The JSON object that a resource answers, empty for an answer without a body; Refused unless a success."""
        answer = self.send(method, path, body, query)
        decoded = {} if answer.status == 204 else _json_object(answer)
        if decoded is None:
            raise NoAnswer(f"{method} {self.prefix}{path} is not answered by a mock server: {answer.text[:80]!r}")
        return decoded

    def send(self, method: str, path: str, body: object = None, query: Mapping[str, object] | None = None) -> Response:
        """The answer of a resource; Refused unless it is a success. Parameters that are None are not sent."""
        sent = b"" if body is None else json.dumps(body, default=_json_value).encode()
        content_type = {} if body is None else {"Content-Type": "application/json"}
        given = {name: _parameter(value) for name, value in (query or {}).items() if value is not None}
        target = self.prefix + path + (f"?{urlencode(given, doseq=True)}" if given else "")
        answer = self.transport(method, target, {**self.headers, **content_type}, sent)
        if answer.status < 300:
            return answer
        request, problem = f"{method} {self.prefix}{path}", _json_object(answer)
        if problem is None:
            raise Refused(request, answer.status, " ".join(answer.text.split())[:200] or "no reason is given")
        raise Refused(request, answer.status, str(problem.get("detail", problem)), problem.get("errors"))


def _parameter(value: object) -> object:
    """A parameter of a query; a boolean is written as in JSON."""
    return str(value).lower() if isinstance(value, bool) else value


def _json_object(answer: Response) -> dict[str, Any] | None:
    try:
        decoded = answer.json()
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) else None


def _json_value(value: object) -> object:
    """The JSON form of times, dates and exact numbers."""
    isoformat = getattr(value, "isoformat", None)
    if isoformat is not None:
        return isoformat()
    if hasattr(value, "is_finite"):
        return float(value)  # type: ignore[arg-type]
    raise TypeError(f"{value!r} has no form in JSON")


def segment(text: str) -> str:
    """One segment of a path: all but unreserved characters are escaped, slashes too."""
    return quote(text, safe="")


class Resource:
    """A resource below one sandbox's part of the control plane."""

    def __init__(self, call: Caller) -> None:
        self._call = call


class ClockResource(Resource):
    """The sandbox's clock: `{now: RFC 3339, frozen: bool}`."""

    def get(self) -> dict[str, Any]:
        """The time in the sandbox, and whether it is frozen."""
        return self._call("GET", "/clock")

    def set(self, now: object = None, *, frozen: bool | None = None) -> dict[str, Any]:
        """Set what is given, and restore the rest to its state after creation."""
        given = {"now": now, "frozen": frozen}
        return self._call("PUT", "/clock", {name: value for name, value in given.items() if value is not None})

    def advance(self, **amounts: float) -> dict[str, Any]:
        """Move the clock forward by the sum of `seconds`, `minutes`, `hours` and `days`."""
        return self._call("POST", "/clock/advance", amounts)

    def freeze(self, now: object = None) -> dict[str, Any]:
        """Stop the clock, at the current or at another time."""
        return self.set(now if now is not None else self.get()["now"], frozen=True)

    def run(self) -> dict[str, Any]:
        """Let the clock run on from its current time."""
        return self.set(self.get()["now"], frozen=False)


class PerVendorResource(Resource):
    """Rate limits or switches, by vendor.

    A limit is "documented", "off" or `{per_minute, burst}`. A switch is set to one of its options, and shown as
    `{value, default, options, grade, evidence, description}` by its name.
    """

    def __init__(self, call: Caller, path: str) -> None:
        super().__init__(call)
        self._path = path

    def get(self) -> dict[str, Any]:
        """What is in force; limits with how full their buckets are."""
        return self._call("GET", self._path)

    def replace(self, by_vendor: Mapping[str, object]) -> dict[str, Any]:
        """Set these, and restore the others to their state after creation."""
        return self._call("PUT", self._path, dict(by_vendor))

    def update(self, by_vendor: Mapping[str, object]) -> dict[str, Any]:
        """Set these and leave the others alone."""
        return self._call("PATCH", self._path, dict(by_vendor))


class FaultsResource(Resource):
    """Armed fault rules, each with an `id` and its `hits`."""

    def list_all(self) -> list[dict[str, Any]]:
        """The rules in order: a request meets the first that fires."""
        return list(self._call("GET", "/faults")["rules"])

    def replace(self, rules: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Arm these rules and no others."""
        return list(self._call("PUT", "/faults", {"rules": [dict(rule) for rule in rules]})["rules"])

    def add(self, rule: Mapping[str, object]) -> dict[str, Any]:
        """Arm one more rule, after the others: one `effect`, or `steps` that the requests get in turn."""
        return self._call("POST", "/faults", dict(rule))

    def remove(self, fault_id: str) -> None:
        """Disarm a rule."""
        self._call("DELETE", f"/faults/{segment(fault_id)}")

    def clear(self) -> list[dict[str, Any]]:
        """Restore the rules to their state after creation."""
        return list(self._call("PUT", "/faults", {})["rules"])


class DefectsResource(Resource):
    """Inconsistencies that can be armed in the vendors' answers."""

    def get(self) -> dict[str, Any]:
        """The known defects, and those that are armed: names, or objects with a name and where it is."""
        return self._call("GET", "/defects")

    def arm(
        self,
        defects: "str | Iterable[str | Mapping[str, str]]",
        *,
        at: str | None = None,
        vendor: str | None = None,
        operation: str | None = None,
    ) -> dict[str, Any]:
        """Arm one defect or several, and no others.

        One may be armed at one `vendor`, at one `operation`, and if it is in a field at a path, as in
        `arm("field-null", at="users[0].user_email")`. Of several, each is a name, or an object with a `name` and any of
        `at`, `vendor` and `operation`. TypeError for one of these beside several.
        """
        where = {"at": at, "vendor": vendor, "operation": operation}
        given = {name: value for name, value in where.items() if value is not None}
        if isinstance(defects, str):
            return self._call("PUT", "/defects", {"armed": [{"name": defects, **given} if given else defects]})
        for name in given:
            raise TypeError(f"{name!r} belongs to one defect; of several, give each as {{'name': ..., {name!r}: ...}}")
        return self._call("PUT", "/defects", {"armed": [*defects]})


class RequestsResource(Resource):
    """The journal of vendor requests."""

    def list_all(self, **filters: object) -> list[dict[str, Any]]:
        """The entries, oldest first; filters are `vendor`, `operation`, `path`, `status`, `limit` and `after`.

        With `include="body"`, each entry has its `body`, if that is not larger than 4 kB.
        """
        return list(self._call("GET", "/requests", query=filters)["requests"])

    def clear(self) -> None:
        """Empty the journal."""
        self._call("DELETE", "/requests")


class MetricsResource(Resource):
    """Expected values: what a client that aggregates the vendors' numbers should have computed."""

    def list_all(self) -> dict[str, Any]:
        """The metrics and dimensions there are."""
        return self._call("GET", "/metrics")

    def get(self, metric: str, **query: object) -> dict[str, Any]:
        """A metric over a range, with its points; the query's `from` is written `**{"from": ...}`."""
        return self._call("GET", f"/metrics/{segment(metric)}", query=query)

    def people(self, metric: str, **query: object) -> dict[str, Any]:
        """The people behind a point of a metric, a page at a time."""
        return self._call("GET", f"/metrics/{segment(metric)}/people", query=query)


class TotalsResource(Resource):
    """What a client that adds up a report of one vendor should have got."""

    def list_all(self) -> list[dict[str, Any]]:
        """The totals there are, each with its vendor, its unit and what its parts are about."""
        return list(self._call("GET", "/totals")["totals"])

    def get(self, total: str, **query: object) -> dict[str, Any]:
        """A total over a range, with its parts; the query's `from` is written `**{"from": ...}`."""
        return self._call("GET", f"/totals/{segment(total)}", query=query)


class ChartsResource(Resource):
    """The numbers behind charts, as the vendors' own reports have them."""

    def list_all(self) -> list[dict[str, Any]]:
        """The charts there are, with their series, parameters and default periods."""
        return list(self._call("GET", "/charts")["charts"])

    def get(self, chart: str, **query: object) -> dict[str, Any]:
        """The rows of a chart, and the requests for the same numbers; `from` is written `**{"from": ...}`."""
        return self._call("GET", f"/charts/{segment(chart)}", query=query)


class JobsResource(Resource):
    """Jobs of the server: audits of a sandbox, or runs of cases.

    A job has an `id`, a `state` ("waiting", "running", "finished" or "failed"), and `done` of `total` steps.
    """

    def __init__(self, call: Caller, name: str) -> None:
        super().__init__(call)
        self._name = name
        self._path = "/" + name.replace("_", "-")

    def start(self, **body: object) -> dict[str, Any]:
        """Start a job; `openapi/admin.yaml` has the fields. `from` is written `**{"from": ...}`."""
        return self._call("POST", self._path, body)

    def list_all(self) -> list[dict[str, Any]]:
        """The unfinished jobs, and the newest of those that ended, the oldest first."""
        return list(self._call("GET", self._path)[self._name])

    def get(self, job_id: str) -> dict[str, Any]:
        """A job, with its results so far."""
        return self._call("GET", f"{self._path}/{segment(job_id)}")

    def wait(self, job_id: str) -> dict[str, Any]:
        """A job with all its results, once it has ended."""
        pause = Event()
        while (job := self.get(job_id))["state"] in {"waiting", "running"}:
            pause.wait(POLL_SECONDS)
        return job

    def remove(self, job_id: str) -> None:
        """Remove a job; one that is unfinished ends."""
        self._call("DELETE", f"{self._path}/{segment(job_id)}")


class TokensResource(Resource):
    """The tokens that open a sandbox."""

    def list_all(self) -> list[dict[str, Any]]:
        """Every token, with its vendor and permission; a client has `client_id`, `client_secret` and `token_path`."""
        return list(self._call("GET", "/tokens")["tokens"])

    def create(self, vendor: str, permission: str = "granted") -> dict[str, Any]:
        """One more token; `permission` is "granted" or "forbidden"."""
        return self._call("POST", "/tokens", {"vendor": vendor, "permission": permission})

    def revoke(self, token_id: str) -> None:
        """Revoke a token, from the next request on."""
        self._call("DELETE", f"/tokens/{segment(token_id)}")

    def access_token(self, client_id: str, client_secret: str, token_path: str) -> str:
        """An access token for a client's credentials, from the `token_path` that the control plane lists with them."""
        pair = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._call.transport("POST", token_path, headers, b"grant_type=client_credentials")
        if answer.status != 200:
            raise Refused(f"POST {token_path}", answer.status, f"no access token for {client_id}: {answer.text}")
        return str(answer.json()["access_token"])

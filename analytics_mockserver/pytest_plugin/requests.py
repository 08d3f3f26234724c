"""The requests in a sandbox's journal, assertions about them that explain why they fail, and the client lint over them.

The rules of the client lint are on the server, which applies them to the requests in the journal.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypedDict, Unpack, overload
from urllib.parse import parse_qs

from analytics_mockserver.client import Refused, SandboxClient
from analytics_mockserver.pytest_plugin.server_process import MockserverGone

__tracebackhide__ = True  # pytest leaves these functions out of a failed test's traceback

REQUESTS_SHOWN = 5
"""How many requests a failed assertion shows at most, of each kind or finding."""

REPORT_LENGTH = 50
"""How many requests the report of a failed test shows at most."""

ParameterValues = str | Sequence[str] | None
"""An expectation of a query parameter: one of its values, all of them in order, or None for no such parameter."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without credentials. `query` has each parameter's decoded values; `at` is on the sandbox's clock.

    `operation` is an operationId, or None for an unknown path; `refusal` the reason for one; `fault` a rule's id,
    as in "fault-1", with the step of a sequence, as in "fault-1 step 2".
    `outcome` is "in_progress", "answered", or "abandoned" if the client left before the answer was written, or a server
    with a shared store ended. `status` is None unless the request was answered, `duration_ms` while it is in progress.
    `body_digest` is the SHA-256 of the body, of JSON in canonical form; None without a body. `defects` are those that
    changed the answer, by name.
    """

    id: int
    at: datetime
    vendor: str
    operation: str | None
    method: str
    path: str
    query_string: str
    query: Mapping[str, Sequence[str]]
    body_digest: str | None
    status: int | None
    duration_ms: float | None
    organization: str
    fault: str | None
    refusal: str | None
    outcome: str
    defects: Sequence[str] = ()

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Self:
        at = datetime.fromisoformat(entry["at"])
        query = parse_qs(entry["query"], keep_blank_values=True)
        known = {name: entry[name] for name in cls.__slots__ if name in entry}  # A newer server may send more.
        defects = tuple(entry.get("defects", ()))
        return cls(**{**known, "at": at, "query_string": entry["query"], "query": query, "defects": defects})

    def __str__(self) -> str:
        target = f"{self.path}?{self.query_string}" if self.query_string else self.path
        notes = [f"refused: {self.refusal}"] if self.refusal else []
        notes += [f"met {self.fault}"] if self.fault else []
        notes += [f"with {name}" for name in self.defects]
        note = f" ({', '.join(notes)})" if notes else ""
        return f"#{self.id} {self.at:%Y-%m-%d %H:%M:%S} {self.vendor} {self.method} {target} -> {self.result}{note}"

    @property
    def result(self) -> str:
        """The status, or why there is none: "in progress" or "abandoned"."""
        return self.outcome.replace("_", " ") if self.status is None else str(self.status)


class RequestFilters(TypedDict, total=False):
    """What requests must match; None is the same as no filter."""

    vendor: str | None
    operation: str | None
    method: str | None
    path: str | None
    query: Mapping[str, Any] | None
    status: int | str | None


class SandboxRequests:
    """The requests of a sandbox, oldest first; every access reads the journal anew."""

    def __init__(self, client: SandboxClient, url: str) -> None:
        self._journal = client.requests
        self._url = url

    def newest(self, limit: int) -> list[Request]:
        """The newest requests, at most so many, oldest first."""
        return [Request.from_json(entry) for entry in self._journal.list_all(limit=limit)]

    def __iter__(self) -> Iterator[Request]:
        return map(Request.from_json, self._journal.list_all())

    def __len__(self) -> int:
        return len(self._journal.list_all())

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> list[Request]: ...
    def __getitem__(self, index: int | slice) -> Request | list[Request]:
        return list(self)[index]

    def where(self, **filters: Unpack[RequestFilters]) -> list[Request]:
        """The requests that match all the given filters.

        In `path`, `*` stands for any characters; `status` may be a class, as in "4xx". In `query`, a value must be one
        of the parameter's values, a list must be all of them in order, and None means that the parameter is absent;
        other parameters are ignored. A request that is in progress, or whose client has left, has no status.
        """
        pattern = RequestPattern(**filters)
        return [request for request in self if not pattern.mismatches(request)]

    def assert_made(self, *, count: int | None = None, **filters: Unpack[RequestFilters]) -> list[Request]:
        """The requests that `where` finds: exactly `count` of them, or at least one when `count` is not given.

        A request counts from the moment it is authenticated, whether or not it is answered. Raises AssertionError
        otherwise, with the nearest requests and how they differ.
        """
        pattern = RequestPattern(**filters)
        mismatches = [(request, pattern.mismatches(request)) for request in self]
        found = [request for request, differences in mismatches if not differences]
        if len(found) == count or (count is None and found):
            return found
        raise AssertionError("\n".join(_explain(mismatches, pattern, count, self._url)))

    def clear(self) -> None:
        """Empty the journal."""
        self._journal.clear()


class RequestPattern:
    """What a request must match, by the filters of `SandboxRequests.where`."""

    def __init__(
        self,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        query: Mapping[str, Any] | None = None,
        status: int | str | None = None,
    ) -> None:
        exact = {"vendor": vendor and vendor.replace("_", "-"), "operation": operation, "method": method}
        fields = {name: (text, re.compile(re.escape(text))) for name, text in exact.items() if text is not None}
        if path is not None:
            fields["path"] = path, _path_regex(path)
        if status is not None:
            fields["status"] = str(status), re.compile(re.escape(str(status)).replace("x", "[0-9]"))
        self._fields = fields
        self._query = {name: _parameter_values(value) for name, value in (query or {}).items()}

    def __str__(self) -> str:
        fields = [(name, text) for name, (text, _) in self._fields.items()]
        parameters = [(name, _format_values(values)) for name, values in self._query.items()]
        return " and ".join(f"{name} {text}" for name, text in [*fields, *parameters])

    def __len__(self) -> int:
        return len(self._fields) + len(self._query)

    def mismatches(self, request: Request) -> list[str]:
        """Everything in which a request differs, as in "page_size (sent 100, expected 50)"; empty if it matches."""
        found = []
        for name, (text, regex) in self._fields.items():
            sent = request.result if name == "status" else str(getattr(request, name))
            if not regex.fullmatch(sent):
                found.append((name, sent, text))
        for name, expected in self._query.items():
            values = request.query.get(name)
            if not _values_match(values, expected):
                found.append((name, _format_values(values), _format_values(expected)))
        return [f"{name} (sent {sent}, expected {expected})" for name, sent, expected in found]


def _path_regex(pattern: str) -> re.Pattern[str]:
    """A path, in which `*` stands for any characters; each part is searched once, so matching takes linear time."""
    first, *others = map(re.escape, pattern.split("*"))
    inner = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{inner}.*{others[-1]}" if others else first, re.DOTALL)


def _parameter_values(value: Any) -> ParameterValues:
    if value is None:
        return None
    return [str(each) for each in value] if isinstance(value, list | tuple) else str(value)


def _values_match(sent: Sequence[str] | None, expected: ParameterValues) -> bool:
    if expected is None or sent is None:
        return sent is expected
    return expected in sent if isinstance(expected, str) else list(sent) == list(expected)


def _format_values(values: ParameterValues) -> str:
    if values is None:
        return "nothing"
    return repr(values) if values == "" else values if isinstance(values, str) else ", ".join(values)


def _explain(
    mismatches: Sequence[tuple[Request, list[str]]], pattern: RequestPattern, count: int | None, url: str
) -> Iterator[str]:
    """Why an assertion failed: how many requests match, and which of the others have the fewest mismatches.

    These are called similar unless everything in them differs.
    """
    found = [request for request, differences in mismatches if not differences]
    expected = "at least 1 request" if count is None else _count(count)
    condition = f" with {pattern}" if len(pattern) else ""
    matching = f"{len(found)} of {len(mismatches)} in this sandbox {'matches' if len(found) == 1 else 'match'}"
    yield f"expected {expected}{condition}; {matching}"
    if not mismatches:
        yield f"no request was made in this sandbox: does the client use {url}, with a token of sandbox.tokens?"
    for request in found[:REQUESTS_SHOWN]:
        yield f"  {request}"
    fewest = min((len(differences) for _, differences in mismatches if differences), default=None)
    if fewest is not None:
        nearest = [(request, differences) for request, differences in mismatches if len(differences) == fewest]
        cut = f" (the newest {REQUESTS_SHOWN})" if len(nearest) > REQUESTS_SHOWN else ""
        yield f"{_count(len(nearest), 'similar ' if fewest < len(pattern) else 'other ')}{cut}:"
        for request, differences in nearest[-REQUESTS_SHOWN:]:
            yield f"  {request}, differing in {', '.join(differences)}"


def _count(count: int, kind: str = "") -> str:
    return f"{count} {kind}request{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A violated rule at an operation: `requests` are ids of sandbox.requests, and `truncated` counts those left out.

    `source` is where the advice comes from, `observed` what the client did, `advice` what to do instead. `operation`
    is None for an unknown path.
    """

    rule: str
    source: str
    vendor: str
    operation: str | None
    requests: Sequence[int]
    truncated: int
    observed: str
    advice: str


class SandboxLint:
    """The findings over the requests of a sandbox; every call runs the lint anew.

    Call it when the client is done: a list whose last page has not been fetched counts as abandoned.
    """

    def __init__(self, client: SandboxClient, requests: SandboxRequests) -> None:
        self._client = client
        self._requests = requests

    def findings(self, ignore: Collection[str] = ()) -> list[LintFinding]:
        """All findings, except those of the ignored rules; MockserverRefused for an unknown rule."""
        if isinstance(ignore, str):
            raise TypeError(f"ignore is a collection of rules, as in ignore=({ignore!r},)")
        return [LintFinding(**finding) for finding in self._client.lint(tuple(ignore))["findings"]]

    def assert_clean(self, ignore: Collection[str] = ()) -> None:
        """Raise AssertionError if there are findings, except of the ignored rules; it lists them and their requests."""
        findings = self.findings(ignore)
        if findings:
            requests = {request.id: request for request in self._requests}
            rules = list(dict.fromkeys(finding.rule for finding in findings))
            head = f"the client violates {len(rules)} {'rule' if len(rules) == 1 else 'rules'}: {', '.join(rules)}"
            raise AssertionError("\n".join([head, *(line for each in findings for line in _describe(each, requests))]))


def _describe(finding: LintFinding, requests: Mapping[int, Request]) -> Iterator[str]:
    where = " ".join(filter(None, (finding.vendor, finding.operation)))
    yield f"{finding.rule} ({where}; source: {finding.source})"
    yield f"  observed: {finding.observed}"
    for number in finding.requests[:REQUESTS_SHOWN]:
        yield f"  {requests.get(number, f'#{number}')}"
    omitted = len(finding.requests[REQUESTS_SHOWN:]) + finding.truncated
    if omitted:
        yield f"  and {omitted} more"
    yield f"  advice: {finding.advice}"


class FailureReport:
    """The section in a failed test's report that lists the requests of its sandbox."""

    def __init__(self, sandbox_id: str, requests: SandboxRequests) -> None:
        self._title = f"requests in sandbox {sandbox_id} (the newest {REPORT_LENGTH})"
        self._requests = requests
        self._saved: str | None = None

    def save(self) -> None:
        """Read the requests before the sandbox is deleted, for a failure that comes later."""
        self._saved = self._read()

    def section(self) -> tuple[str, str]:
        """The section's title and text."""
        return self._title, self._read() if self._saved is None else self._saved

    def _read(self) -> str:
        try:
            requests = self._requests.newest(REPORT_LENGTH)
        except (MockserverGone, Refused) as error:
            return f"the requests cannot be read: {error}"
        return "\n".join(map(str, requests)) or "no request was made with the tokens of this sandbox"

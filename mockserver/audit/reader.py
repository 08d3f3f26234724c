"""A client that reads from every vendor: it sends each request once, and paginates lists to the end."""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from mockserver.client import Client, NoAnswer, Response

PAGES, USERS, DAYS = 150, 100, 7
"""The size of a sample: pages of one list, people one by one, and days whose lists are paginated."""


class ServerUnusable(Exception):
    """The server cannot be reached, or refuses what the audit needs to know."""


class NotApplicable(Exception):
    """There is nothing to check; the text says why."""


class VendorRefused(Exception):
    """A vendor refuses a request that any client may send."""


class VendorRequest(NamedTuple):
    """A request to a vendor: a path with its query, and the JSON text in the body of a POST."""

    vendor: str
    path: str
    body: str | None = None

    @property
    def method(self) -> str:
        """GET, or POST for a request with a body."""
        return "GET" if self.body is None else "POST"


Send = Callable[[VendorRequest], Response]
"""Gets the answer to a request, which is sent with a token that may read everything."""


@dataclass(slots=True)
class Reader:
    """Reads from every vendor over a range of days; without `full` it samples.

    `options` are the values of switches, by vendor and switch, and `names` the documented names of response fields, by
    vendor and by the name that the server uses instead. `describe` returns a vendor's OpenAPI file, as YAML with the
    names that the server uses. `requests` counts the requests, and `used` are those whose
    answers were used since it was cleared.
    """

    send: Send
    first: date
    last: date
    full: bool
    options: Mapping[str, Mapping[str, object]]
    names: Mapping[str, Mapping[str, str]]
    describe: Callable[[str], str]
    requests: int = 0
    used: dict[VendorRequest, None] = field(default_factory=dict)
    _answers: dict[VendorRequest, Response] = field(default_factory=dict)

    def answers(self, vendor: str) -> Iterator[tuple[VendorRequest, Response]]:
        """Every answer that a vendor has given so far, with its request."""
        return ((request, answer) for request, answer in self._answers.items() if request.vendor == vendor)

    @property
    def days(self) -> list[date]:
        """Every day of the range."""
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]

    @property
    def since(self) -> date:
        """The first day for comparing weeks and months: the whole month before the end of the range is included."""
        return min(self.first, (self.last.replace(day=1) - timedelta(days=1)).replace(day=1))

    @property
    def sampled_days(self) -> list[date]:
        """The days whose lists are paginated: in a sample, the last ones of the range."""
        return self.days if self.full else self.days[-DAYS:]

    def get(self, vendor: str, path: str, **query: object) -> Any:
        """The body of a vendor's answer under the documented names; VendorRefused for a 404 or another refusal."""
        body = self.find(vendor, path, **query)
        if body is None:
            raise VendorRefused(f"GET {path}?{urlencode(query)} returned 404")
        return body

    def find(self, vendor: str, path: str, **query: object) -> Any:
        """The same; None if the vendor does not know it (404) or has no content for it (204)."""
        answer = self.answer(vendor, path, **query)
        return renamed(answer.json(), self.names.get(vendor, {})) if answer.status == 200 else None

    def answer(self, vendor: str, path: str, **query: object) -> Response:
        """A vendor's whole answer, headers included, with status 200, 204 or 404; a repeated request is not sent."""
        return self._send(VendorRequest(vendor, f"{path}?{urlencode(query)}" if query else path), (200, 204, 404))

    def post(self, vendor: str, path: str, **fields: object) -> Any:
        """The body of the answer to a POST that only reads, with a JSON body; VendorRefused for a refusal."""
        answer = self._send(VendorRequest(vendor, path, json.dumps(fields, default=str)), (200,))
        return renamed(answer.json(), self.names.get(vendor, {}))

    def _send(self, request: VendorRequest, allowed: Container[int]) -> Response:
        """An answer with an allowed status; a repeated request is not sent."""
        self.used.pop(request, None)
        self.used[request] = None
        if request not in self._answers:
            self.requests += 1
            answer = self.send(request)
            if answer.status not in allowed:
                raise VendorRefused(f"{request.method} {request.path} returned {answer.status}: {answer.text}")
            self._answers[request] = answer
        return self._answers[request]

    def pages(
        self, next_query: Callable[[Any], Mapping[str, object] | None], fetch: Callable[..., Any]
    ) -> Iterator[Any]:
        """Every page of a list: `fetch` gets one, and `next_query` has the query of the next one (None after the last).

        NotApplicable beyond the sample; VendorRefused where a page leads back to an earlier one.
        """
        query: Mapping[str, object] | None = {}
        numbers: dict[tuple[tuple[str, object], ...], int] = {}
        while query is not None:
            key = tuple(sorted(query.items()))
            if key in numbers:
                raise VendorRefused(f"page {len(numbers)} of a list leads back to page {numbers[key]}: {dict(query)}")
            numbers[key] = len(numbers) + 1
            if len(numbers) > PAGES and not self.full:
                raise NotApplicable(f"the list has more than {PAGES} pages; --full reads them all")
            page = fetch(**query)
            yield page
            query = next_query(page)


def renamed(body: Any, names: Mapping[str, str]) -> Any:
    """The body with its keys under other names."""
    if isinstance(body, dict):
        return {names.get(key, key): renamed(value, names) for key, value in body.items()}
    return [renamed(each, names) for each in body] if isinstance(body, list) else body


def original_names(names: Iterable[str], renamed_fields: Mapping[str, str]) -> dict[str, str]:
    """The documented names by the new ones. Of fields in different bodies with the same name, the first counts."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(renamed_fields.get(name, name), name)
    return {new: old for new, old in found.items() if new != old}


def summed(rows: Iterable[Mapping[str, Any]], *names: str) -> Counter[str]:
    """The sums over rows of the named numbers, or of every number; zeros are kept."""
    sums: Counter[str] = Counter()
    for row in rows:
        for name in names or row:
            sums[name] += row[name]
    return sums


@dataclass(slots=True)
class HttpSender:
    """Sends requests over HTTP, with an Authorization header for each vendor."""

    client: Client
    authorizations: Mapping[str, str]

    def __call__(self, request: VendorRequest) -> Response:
        headers = {"Authorization": self.authorizations[request.vendor]}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            return self.client.request(request.method, request.path, headers, (request.body or "").encode())
        except NoAnswer as error:
            raise ServerUnusable(str(error)) from error


def authorizations(client: Client) -> dict[str, str]:
    """An Authorization header for each vendor, from the tokens that may read everything."""
    found: dict[str, str] = {}
    for token in client.tokens.list_all():
        if token["permission"] == "granted" and not token.get("groups") and token["vendor"] not in found:
            text = token.get("token")
            if "token_path" in token:
                text = client.tokens.access_token(token["client_id"], token["client_secret"], token["token_path"])
            found[token["vendor"]] = f"{token['scheme']} {text}"
    return found

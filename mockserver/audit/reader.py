"""Answers what a server says: JSON over HTTP with the seeded tokens, each question asked once, pages walked to the end.

What must hold of the answers stays out (`identity` and its siblings).
"""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

PAGES, USERS, DAYS = 150, 100, 7
"""How much a sample reads: pages of one list, people asked for one by one, days whose lists are walked."""

_TIMEOUT = 60


class ServerUnusable(Exception):
    """The server cannot be reached, or refuses what the audit must know; the text says what it said."""


class NotApplicable(Exception):
    """There is nothing to judge, and why."""


class VendorRefused(Exception):
    """A vendor refuses a question that any client may ask."""


@dataclass(slots=True)
class Web:
    """A server at a URL; `admin_token` is what its /_mock asks for."""

    url: str
    admin_token: str | None = None
    asked: int = 0
    _connection: HTTPConnection | None = None

    def mock(self, method: str, path: str, body: object = None) -> Any:
        """What /_mock answers; Unread unless it is a success."""
        headers = {"Authorization": f"Bearer {self.admin_token}"} if self.admin_token else {}
        data = None if body is None else json.dumps(body)
        status, said = self.ask(method, f"/_mock{path}", {**headers, "Content-Type": "application/json"}, data)
        if status != 200:
            raise ServerUnusable(f"{method} /_mock{path} answers {status}: {said}")
        return said

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: str | None = None) -> tuple[int, Any]:
        """Status and decoded body of any request."""
        self.asked += 1
        try:
            return self._asked(method, path, headers, body)
        except (OSError, HTTPException, ValueError) as error:
            raise ServerUnusable(f"{method} {self.url}{path.partition('?')[0]} gives no answer: {error!r}") from error

    def _asked(self, method: str, path: str, headers: Mapping[str, str], body: str | None) -> tuple[int, Any]:
        whole = False
        try:
            connection = self._open()
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            read = answer.read()
            whole = True
        finally:
            # What breaks off in the middle, as by Ctrl-C, leaves a connection on which nothing more can be put back.
            if not whole:
                self.close()
        return answer.status, json.loads(read)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self.url)
            kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
            self._connection = kind(parts.netloc, timeout=_TIMEOUT)
        return self._connection


@dataclass(slots=True)
class Reader:
    """A client of every vendor, over a range of days; without `full` it samples, and Absent says where it gave up.

    `tokens` are Authorization headers by vendor, `names` the contract's response names by those the server speaks.
    """

    web: Web
    first: date
    last: date
    full: bool
    tokens: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """Every day of the range."""
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]

    @property
    def since(self) -> date:
        """From where on buckets are compared: the month before the range's end is in it, so that whole ones are."""
        return min(self.first, (self.last.replace(day=1) - timedelta(days=1)).replace(day=1))

    @property
    def sampled_days(self) -> list[date]:
        """The days whose lists are walked: the last of the range, in a sample."""
        return self.days if self.full else self.days[-DAYS:]

    def get(self, vendor: str, path: str, **query: object) -> Any:
        """A vendor's answer, under the contract's names; Refused unless it is a 200."""
        said = self.found(vendor, path, **query)
        if said is None:
            raise VendorRefused(f"GET {path}?{urlencode(query)} answers 404")
        return said

    def found(self, vendor: str, path: str, **query: object) -> Any:
        """The same; None for what the vendor does not know, which is a 404."""
        whole = f"{path}?{urlencode(query)}"
        if whole not in self._known:
            status, said = self.web.ask("GET", whole, {"Authorization": self.tokens[vendor]})
            if status not in {200, 404}:
                raise VendorRefused(f"GET {whole} answers {status}: {said}")
            self._known[whole] = renamed(said, self.names.get(vendor, {})) if status == 200 else None
        return self._known[whole]

    def paged(self, more: Callable[[Any], Mapping[str, object] | None], ask: Callable[..., Any]) -> Iterator[Any]:
        """Every page of a list, as `ask` gets it; `more` is what to ask the next with.

        Absent beyond the sample, Refused where a page leads back to one that was read: that walk would never end.
        """
        asked: Mapping[str, object] | None = {}
        known: dict[tuple[tuple[str, object], ...], int] = {}
        while asked is not None:
            place = tuple(sorted(asked.items()))
            if place in known:
                raise VendorRefused(f"page {len(known)} of a list leads back to page {known[place]}: {dict(asked)}")
            known[place] = len(known) + 1
            if len(known) > PAGES and not self.full:
                raise NotApplicable(f"the list has more than {PAGES} pages; --full reads them all")
            page = ask(**asked)
            yield page
            asked = more(page)


def renamed(body: Any, names: Mapping[str, str]) -> Any:
    """The body with its keys under other names."""
    if isinstance(body, dict):
        return {names.get(key, key): renamed(value, names) for key, value in body.items()}
    return [renamed(each, names) for each in body] if isinstance(body, list) else body


def summed(rows: Iterator[Mapping[str, Any]] | list[Any], *names: str) -> Counter[str]:
    """The sums of these numbers over rows; of every number, where none is named. Zeros are left in."""
    sums: Counter[str] = Counter()
    for row in rows:
        for name in names or row:
            sums[name] += row[name]
    return sums


def tokens(web: Web) -> dict[str, str]:
    """An Authorization header for each vendor, from the tokens that may read everything."""
    found: dict[str, str] = {}
    policy = web.mock("GET", "/policy")
    for token in web.mock("GET", "/tokens")["tokens"]:
        if token["permission"] == "granted" and not token.get("groups"):
            scheme = policy.get(token["vendor"], {}).get("schemes", {}).get("value")
            found.setdefault(
                token["vendor"], _bearing(web, token, "Automation" if scheme == "automation" else "Bearer")
            )
    return found


def _bearing(web: Web, token: Mapping[str, str], scheme: str) -> str:
    if "client_secret" not in token:
        return f"{scheme} {token['token']}"
    credentials = base64.b64encode(f"{token['token']}:{token['client_secret']}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"}
    status, said = web.ask("POST", "/api/rest/oauth2/token", headers, "grant_type=client_credentials")
    if status != 200:
        raise ServerUnusable(f"the exchange for an access token answers {status}: {said}")
    return f"Bearer {said['access_token']}"

"""A test client of a vendor's API, with credentials and access to the sandbox of its token.

`watch` checks every answer against the vendor's OpenAPI file.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import unquote_to_bytes, urlencode

from flask import Flask
from werkzeug.datastructures import Headers

from mockserver.admin import admin_context
from mockserver.gateway.limits import Limit, LimitMode
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.vendor import Vendor
from mockserver.simulation import clock
from mockserver.simulation.clock import Clock
from tests.contract import shared_store

Query = str | Mapping[str, str | int]
"""A raw query string, or parameters to encode."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as the client receives it."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of an error, if the vendor's errors have codes; None if the answer is no error."""
        error: dict[str, str] = self.json.get("error", {})
        return error.get("code")

    @property
    def message(self) -> str:
        """The message of an error, in `error` or beside it."""
        body = self.json
        message: str = (body["error"] if isinstance(body["error"], dict) else body)["message"]
        return message

    @property
    def faults(self) -> list[str]:
        """The list of errors in an answer, if the vendor's errors have one."""
        listed: list[str] = self.json["error"].get("errors", [])
        return listed


FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The token endpoint of a client, and the Authorization header with its id and secret."""

    path: str
    authorization: str


@dataclass(frozen=True, slots=True)
class Client:
    """A client with an Authorization header. Paths are percent-encoded, and relative to `mount`, except below `others`.

    `others` are the vendor's other mounts. `exchange` is set if clients of the vendor need an access token, which
    `opened` and `signed_in` get.
    """

    app: Flask
    mount: str
    authorization: str | None
    exchange: Exchange | None = None
    others: tuple[str, ...] = ()

    def send(
        self,
        method: str,
        path: str,
        query: Query = "",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        environ: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request, without normalization; `environ` adds variables to the WSGI environ."""
        query = query if isinstance(query, str) else urlencode(query)
        credentials = {} if self.authorization is None else {"Authorization": self.authorization}
        response = self.app.test_client().open(
            method=method,
            headers={**credentials, **(headers or {})},
            data=body or None,
            environ_overrides={
                "PATH_INFO": unquote_to_bytes(self.whole(path)).decode("latin-1"),
                "QUERY_STRING": query.encode().decode("latin-1"),
                **(environ or {}),
            },
        )
        return Answer(response.status_code, response.headers, response.data)

    def whole(self, path: str) -> str:
        """Return the whole of a path, with its mount."""
        return path if path.startswith(self.others) else self.mount + path

    def get(self, path: str, query: Query = "") -> Answer:
        """Send a GET request."""
        return self.send("GET", path, query)

    def got(self, path: str, **parameters: str | int) -> Any:
        """Send a GET request, require a 200, and return the decoded body."""
        answer = self.get(path, parameters)
        assert answer.status == 200, answer.body
        return answer.json

    def post(self, path: str, body: object, query: Query = "", content_type: str | None = "application/json") -> Answer:
        """Send a POST request with a JSON body, or with bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if content_type is None else {"Content-Type": content_type}
        return self.send("POST", path, query, headers=headers, body=data)

    def posted(self, path: str, **fields: Any) -> Any:
        """Send a POST request with these fields, require a 200, and return the decoded body."""
        answer = self.post(path, fields)
        assert answer.status == 200, answer.body
        return answer.json

    def pages(self, path: str, **parameters: str | int) -> Iterator[Any]:
        """Paginate, and yield the body of every page."""
        from tests.contract import probes

        next_page = probes.of(self.vendor).next_page
        query: Mapping[str, str | int] | None = {}
        while query is not None:
            page = self.got(path, **{**parameters, **query})
            yield page
            following = next_page(page)
            assert following is None or following != query, "the next page is this page"
            query = following

    def paginate(self, path: str, **parameters: str | int) -> list[Any]:
        """Paginate, and return the rows of all pages."""
        return [row for page in self.pages(path, **parameters) for row in rows(page)]

    def bearing(self, authorization: str | None) -> Self:
        """Return this client with another Authorization header, or without one."""
        return replace(self, authorization=authorization)

    def signed_in(self) -> Self:
        """Return this client with a new access token, if its vendor has access tokens."""
        if self.exchange is None:
            return self
        sender = replace(self, mount="", authorization=self.exchange.authorization)
        form = b"grant_type=client_credentials"
        answer = sender.send("POST", self.exchange.path, headers={"Content-Type": FORM}, body=form)
        assert answer.status == 200, answer.body
        return replace(self, authorization=f"Bearer {answer.json['access_token']}")

    @property
    def sandbox(self) -> Sandbox:
        """The default sandbox, which the seeded tokens open; it may be changed by calls of its methods."""
        return shared_store.changeable(self.state)

    @property
    def state(self) -> SandboxRegistry:
        """All sandboxes of the app."""
        with self.app.app_context():
            return admin_context.context().registry

    def at(self, now: str) -> Self:
        """Freeze the sandbox's clock at `now`, and return this client with a new token, in case the old one expired."""
        self.sandbox.set_clock(Clock.at(clock.parse(now), frozen=True))
        return self.signed_in()

    @property
    def vendor(self) -> Vendor:
        """The vendor of the mount."""
        with self.app.app_context():
            return next(each for each in admin_context.context().vendors if self.mount in each.mounts)

    def limited(self, limit: Limit = LimitMode.DOCUMENTED) -> Self:
        """Set the vendor's limit in the sandbox, with full buckets, and return this client."""
        self.sandbox.set_limits({self.vendor.name: limit})
        return self

    def switched(self, **options: str | int) -> Self:
        """Set the vendor's switches in the sandbox, all others to their defaults, and return this client."""
        self.sandbox.set_policy({self.vendor.name: options})
        return self


def basic(client: str, secret: str) -> str:
    """Return the Authorization header for an id and a secret."""
    return f"Basic {b64encode(f'{client}:{secret}'.encode()).decode()}"


def opened(app: Flask, vendor: Vendor, token: str, mount: str = "") -> Client:
    """Return a client with a token, which it sends itself, or exchanges for an access token if the vendor has these."""
    others = tuple(each for each in vendor.mounts if each != mount)
    if vendor.token_path is None:
        return Client(app, mount, f"{vendor.schemes[0]} {token}", None, others)
    return Client(app, mount, None, Exchange(vendor.token_path, basic(token, str(vendor.secret))), others).signed_in()


def rows(page: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a page: its only list, under whatever name."""
    [found] = [value for value in page.values() if isinstance(value, list)]
    return found

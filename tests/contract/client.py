"""A client of a vendor's API, for tests: it sends its credentials, and can change the sandbox behind the answers.

`watch` checks every answer against the vendor's OpenAPI file.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import unquote_to_bytes, urlencode

from flask import Flask
from werkzeug.datastructures import Headers

from mockserver.admin import admin_context
from mockserver.gateway.limits import Limit, LimitMode
from mockserver.gateway.sandbox import Sandbox, SandboxRegistry
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.clock import Clock

Query = str | Mapping[str, str | int]
"""A query string as it is sent, or parameters to make one of."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as a client sees it."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of an error, where the vendor's shape has one; None for an answer without an error."""
        error: dict[str, str] = self.json.get("error", {})
        return error.get("code")

    @property
    def message(self) -> str:
        """The message of an error, inside `error` or beside it."""
        body = self.json
        message: str = (body["error"] if isinstance(body["error"], dict) else body)["message"]
        return message

    @property
    def faults(self) -> list[str]:
        """The errors that an answer lists, where the vendor's shape has a list."""
        listed: list[str] = self.json["error"].get("errors", [])
        return listed


FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where a client gets its access tokens, and the Authorization header with its credentials."""

    path: str
    authorization: str


@dataclass(frozen=True, slots=True)
class Client:
    """A client with one credential. Paths are given below `mount`, percent-encoded as they are sent.

    `exchange` is set where the vendor's clients get a token first (`opened` and `signed_in` do so).
    """

    app: Flask
    mount: str
    authorization: str | None
    exchange: Exchange | None = None

    def ask(
        self,
        method: str,
        path: str,
        query: Query = "",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        environ: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send any request, without normalization; `environ` adds what a server would."""
        query = query if isinstance(query, str) else urlencode(query)
        sent = {} if self.authorization is None else {"Authorization": self.authorization}
        got = self.app.test_client().open(
            method=method,
            headers={**sent, **(headers or {})},
            data=body or None,
            environ_overrides={
                "PATH_INFO": unquote_to_bytes(self.mount + path).decode("latin-1"),
                "QUERY_STRING": query.encode().decode("latin-1"),
                **(environ or {}),
            },
        )
        return Answer(got.status_code, got.headers, got.data)

    def get(self, path: str, query: Query = "") -> Answer:
        """A GET."""
        return self.ask("GET", path, query)

    def got(self, path: str, **parameters: str | int) -> Any:
        """The body of a GET that must be answered with 200."""
        answer = self.get(path, parameters)
        assert answer.status == 200, answer.body
        return answer.json

    def pages(self, path: str, **parameters: str | int) -> Iterator[Any]:
        """The bodies of all pages, each found through the page before."""
        from tests.contract import probes

        next_page = probes.of(self.vendor).next_page
        more: Mapping[str, str | int] | None = {}
        while more is not None:
            page = self.got(path, **{**parameters, **more})
            yield page
            following = next_page(page)
            assert following is None or following != more, "a page that names itself as the next would never end"
            more = following

    def paginate(self, path: str, **parameters: str | int) -> list[Any]:
        """The rows of all pages."""
        return [row for page in self.pages(path, **parameters) for row in rows(page)]

    def bearing(self, authorization: str | None) -> Self:
        """The same client with another Authorization header, or without one."""
        return replace(self, authorization=authorization)

    def signed_in(self) -> Self:
        """The same client with a new access token, where its vendor has access tokens."""
        if self.exchange is None:
            return self
        sender = replace(self, mount="", authorization=self.exchange.authorization)
        form = b"grant_type=client_credentials"
        answer = sender.ask("POST", self.exchange.path, headers={"Content-Type": FORM}, body=form)
        assert answer.status == 200, answer.body
        return replace(self, authorization=f"Bearer {answer.json['access_token']}")

    @property
    def sandbox(self) -> Sandbox:
        """The first sandbox, which the seeded tokens open."""
        return self.state.default

    @property
    def state(self) -> SandboxRegistry:
        """All sandboxes of the app."""
        with self.app.app_context():
            return admin_context.context().registry

    def at(self, now: str) -> Self:
        """The same client, with the sandbox's clock frozen at `now`, and a new token, as the old one may expire."""
        self.sandbox.set_clock(Clock.at(datetime.fromisoformat(now), frozen=True))
        return self.signed_in()

    @property
    def vendor(self) -> Vendor:
        """The vendor whose mount this is."""
        with self.app.app_context():
            return next(each for each in admin_context.context().vendors if self.mount in each.mounts)

    def limited(self, limit: Limit = LimitMode.DOCUMENTED) -> Self:
        """The same client, with this limit at the vendor, and full buckets."""
        self.sandbox.set_limits({self.vendor.name: limit})
        return self

    def switched(self, **options: str | int) -> Self:
        """The same client, with these options of the vendor's switches, and the defaults of all others."""
        self.sandbox.set_policy({self.vendor.name: options})
        return self


def basic(client: str, secret: str) -> str:
    """The Authorization header of a client's credentials."""
    return f"Basic {b64encode(f'{client}:{secret}'.encode()).decode()}"


def opened(app: Flask, vendor: Vendor, token: str, mount: str = "") -> Client:
    """A client with a token, used as the vendor's clients do: directly, or to get an access token."""
    if vendor.token_path is None:
        return Client(app, mount, f"{vendor.schemes[0]} {token}")
    return Client(app, mount, None, Exchange(vendor.token_path, basic(token, str(vendor.secret)))).signed_in()


def rows(page: Mapping[str, Any]) -> list[Any]:
    """The rows of a page: its one list, whatever the vendor calls it."""
    [found] = [value for value in page.values() if isinstance(value, list)]
    return found

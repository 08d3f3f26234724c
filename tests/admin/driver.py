"""A client of the control plane of an app in this process; every answer is checked against openapi/admin.yaml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from flask import Flask
from werkzeug.datastructures import Headers

from mockserver import resources
from mockserver.admin import admin_context
from mockserver.gateway.journal import Journal
from tests.contract import oracle
from tests.contract.oracle import Oracle, Recorded

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as a client sees it."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        """The detail of a refusal."""
        detail: str = self.json["detail"]
        return detail

    @property
    def errors(self) -> dict[str, list[str]]:
        """The errors of a refusal, by field."""
        named: dict[str, list[str]] = self.json.get("errors", {})
        return named


@dataclass(frozen=True, slots=True)
class Admin:
    """A client of the control plane. Paths are given below /_mock; `headers` go with every request."""

    app: Flask
    headers: Mapping[str, str]

    def send(self, method: str, path: str, content: object = None, **headers: str) -> Answer:
        """Any request; content that is bytes is sent as it is, everything else as JSON."""
        data = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        sent = {**({"Content-Type": JSON} if content is not None else {}), **self.headers, **headers}
        return self.sent(method, f"/_mock{path}", data, sent)

    def sent(
        self, method: str, path: str, data: bytes, headers: Mapping[str, str], environ: Mapping[str, Any] | None = None
    ) -> Answer:
        """A request with exactly these headers; `environ` is what the server makes of it beside them."""
        got = self.app.test_client().open(
            path, method=method, headers=dict(headers), data=data, environ_overrides=dict(environ or {})
        )
        answer = Answer(got.status_code, got.headers, got.data)
        path = "/_mock/" if path == "/" else path  # the same resource under a shorter path
        _check(Recorded(method, path.partition("?")[0], answer.status, _lowercase(got.headers), answer.body))
        return answer

    def get(self, path: str) -> Any:
        """The body of a GET that is answered with 200."""
        answer = self.send("GET", path)
        assert answer.status == 200, answer.body
        return answer.json

    def done(self, method: str, path: str, content: object = None) -> Any:
        """The body of any other request that is answered with 200."""
        answer = self.send(method, path, content)
        assert answer.status == 200, answer.body
        return answer.json

    def refused(self, method: str, path: str, content: object = None, *, status: int = 400) -> Answer:
        """The refusal of a request, with this status."""
        answer = self.send(method, path, content)
        assert answer.status == status, answer.body
        return answer

    @property
    def journal(self) -> Journal:
        """The journal of the first sandbox."""
        with self.app.app_context():
            return admin_context.context().registry.default.journal

    def bearing(self, **headers: str) -> Self:
        """The same client with more headers."""
        return replace(self, headers={**self.headers, **headers})

    def vendor(self, path: str = "/analytics/v0/dau-count", token: str = "mock-augment-acme") -> int:
        """The status with which Augment answers a GET."""
        got = self.app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
        return got.status_code


def _lowercase(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _check(answer: Recorded) -> None:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert not [name for name in answer.headers if name.startswith("access-control-")], "no other origin may read"
    if kind in {JSON, PROBLEM}:
        assert described().faults(answer) == []


def described() -> Oracle:
    """The OpenAPI file that every answer is checked against."""
    return oracle.read(resources.openapi() / "admin.yaml")

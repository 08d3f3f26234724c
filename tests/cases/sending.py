"""How tests run cases: the catalogue, a valid case to change, and a client of an app in this process."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from mockserver import resources
from mockserver.cases import loading
from mockserver.client import Client, Response, Transport

CATALOGUE = loading.load(resources.cases())
"""The bundled cases."""

GOOD: dict[str, Any] = {
    "id": "C001",
    "title": "Two users on a page",
    "vendor": "augment",
    "rationale": "They mistake a page for the list.",
    "setup": {"organization": "acme", "now": "2025-10-21T10:30:00Z", "frozen": True},
    "steps": [
        {
            "request": "GET /analytics/v0/dau?page_size=2",
            "expect": {"status": 200, "body": {"users": {"length": 2}}},
            "keep": {"cursor": "pagination.next_cursor"},
        }
    ],
    "returns": "Two users.",
    "grade": "D",
    "source": "the vendor's page",
}
"""A valid case, as in a file."""


def client(app: Flask) -> Client:
    """A client of an app, without a socket."""
    return Client("http://localhost", transport=to(app))


def to(app: Flask) -> Transport:
    """Sends requests to an app without a socket."""

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        with app.test_client().open(target, method=method, headers=dict(headers), data=body or None) as got:
            named = {name.lower(): value for name, value in got.headers.items()}
            return Response(got.status_code, named, got.data)

    return send

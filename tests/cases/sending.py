"""How tests run cases: the catalogue, a valid case to change, and a client of an app in this process."""

from typing import Any

from flask import Flask

from mockserver import resources
from mockserver.cases import loading
from mockserver.client import Client, in_process

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
    return Client("http://localhost", transport=in_process(app))

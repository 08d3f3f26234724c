"""Answers how a case that is run by a test travels: to an app in this process, or to what a test makes of it.

What must come of it stays out (the tests say).
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from mockserver import resources
from mockserver.cases import reading
from mockserver.cases.running import Answer, Send

CATALOGUE = reading.catalogue(resources.cases())
"""The product's own cases."""

GOOD: dict[str, Any] = {
    "id": "C001",
    "title": "Two users on a page",
    "vendor": "augment",
    "breaks": "They take a page for the list.",
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
"""A case as a file has it."""


def to(app: Flask) -> Send:
    """What sends to an app, without a socket."""

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        with app.test_client().open(target, method=method, headers=dict(headers), data=body or None) as got:
            named = {name.lower(): value for name, value in got.headers.items()}
            return Answer(got.status_code, named, got.data)

    return send

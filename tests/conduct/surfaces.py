"""Answers how a program of a client's reaches all four surfaces: one app, a token for each vendor, JSON out.

How it behaves there stays out; `naive` and `careful` are two programs over this.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask

from tests.contract.client import FORM, basic

AUGMENT, TABNINE, IDE, CONSOLE = "/analytics/v0", "/api/v1", "/api/analytics/ai", "/metrics/api"
DAY = timedelta(days=1)
TODAY = date(2025, 10, 21)
FIRST, LAST = date(2025, 10, 6), date(2025, 10, 12)


@dataclass(frozen=True, slots=True)
class Surfaces:
    """All surfaces at acme; `wait` lets so many seconds pass on the sandbox's clock."""

    app: Flask
    wait: Callable[[float], None]

    def ask(self, path: str, authorization: str, **parameters: object) -> tuple[int, Any]:
        """Status and body of a GET."""
        got = self.app.test_client().get(
            path,
            headers={"Authorization": authorization},
            query_string={name: str(to) for name, to in parameters.items()},
        )
        return got.status_code, json.loads(got.data)

    def augment(self, path: str, **parameters: object) -> tuple[int, Any]:
        """A GET of Augment's."""
        return self.ask(AUGMENT + path, "Bearer mock-augment-acme", **parameters)

    def tabnine(self, path: str, **parameters: object) -> tuple[int, Any]:
        """A GET of Tabnine's."""
        return self.ask(TABNINE + path, "Bearer mock-tabnine-acme", **parameters)

    def ide(self, path: str, **parameters: object) -> tuple[int, Any]:
        """A GET of IDE Services'."""
        return self.ask(IDE + path, "Bearer mock-jetbrains-ide-acme", **parameters)

    def console(self, path: str, token: str, **parameters: object) -> tuple[int, Any]:
        """A GET of the Console's, with an access token."""
        return self.ask(f"{CONSOLE}/{path}/group-by/date", f"Bearer {token}", **parameters)

    def token(self) -> str:
        """Another access token of the Console's."""
        headers = {"Authorization": basic("mock-jetbrains-console-acme", "mock-secret"), "Content-Type": FORM}
        got = self.app.test_client().post(
            "/api/rest/oauth2/token", headers=headers, data=b"grant_type=client_credentials"
        )
        found: Mapping[str, str] = json.loads(got.data)
        return found["access_token"]
